/**
 * A version 2 of the protocol that does not exist, as the next one could be, and the entry that version 1 then has. In version 2
 * devices have a `floor`, requests for grants say how `urgent` they are, there is one more problem type,
 * `diagnostics` are a message of the device, and a peer has one more reason for a reject.
 */
import * as v from 'valibot'
import { decodePeerMessage, encodePeerMessage } from '../../protocol/peer/codec.ts'
import { problem } from '../../protocol/problem.ts'
import { type SignalDown, signalDownSchema } from '../../protocol/signal/down.ts'
import { type SignalUp, signalUpSchema } from '../../protocol/signal/up.ts'
import type { SpokenVersion } from '../../protocol/spoken-versions.ts'

/** What comes from the schemas of version 1, or is not looked at here. */
type Fields = Readonly<Record<string, unknown>>

export const MAINTENANCE = 'urn:larder:problem:under-maintenance'
/** A reject with this time stands for one with a reason that version 1 has no code for. */
export const NEW_REASON_RETRY_MS = 12_345

const withFloor = ({ device, ...rest }: Fields, floor: unknown): Fields =>
  device === undefined ? rest : { ...rest, device: { ...(device as Fields), floor } }

function withoutFloor(message: Fields): Fields {
  const { floor: _, ...device } = (message.device ?? {}) as Fields
  return message.device === undefined ? message : { ...message, device }
}

const withUrgency = (message: Fields, isUrgent: boolean): Fields =>
  message.type === 'grant' ? { ...message, isUrgent } : message

function withoutUrgency({ isUrgent: _, ...message }: Fields): Fields {
  return message
}

const inFirstProblems = (message: Fields): Fields => {
  const { type, detail } = (message.problem ?? {}) as Fields
  return type === MAINTENANCE ? { ...message, problem: problem('internal', String(detail)) } : message
}

const asDown = (message: Fields) => message as unknown as SignalDown
const asUp = (message: Fields) => message as unknown as SignalUp

const versionOne: SpokenVersion = {
  version: 1,
  signalUp: v.pipe(
    signalUpSchema,
    v.transform(message => asUp(withUrgency(message, false))),
  ),
  signalDown: v.pipe(
    signalDownSchema,
    v.transform(message => asDown(withFloor({ ...message }, null))),
  ),
  writeSignalUp: message => (message.type === 'diagnostics' ? null : withoutUrgency({ ...message })),
  writeSignalDown: message => inFirstProblems(withoutFloor({ ...message })),
  decodePeer: decodePeerMessage,
  encodePeer: (message, memory) =>
    message.type === 'reject' && message.retryAfterMs === NEW_REASON_RETRY_MS
      ? encodePeerMessage({ ...message, reason: 'busy', retryAfterMs: 0 }, memory)
      : encodePeerMessage(message, memory),
}

/** Strict as the schemas are: what is of version 1 is refused. */
const versionTwo: SpokenVersion = {
  version: 2,
  signalUp: v.pipe(
    v.looseObject({}),
    v.check(
      message => message.type !== 'grant' || typeof message.isUrgent === 'boolean',
      'isUrgent is missing',
    ),
    v.transform(message => asUp({ ...v.parse(signalUpSchema, withoutUrgency(message)), ...message })),
  ),
  signalDown: v.pipe(
    v.looseObject({}),
    v.check(
      ({ device }) => device === undefined || 'floor' in (device as Fields),
      'device.floor: Invalid key: Expected "floor"',
    ),
    v.transform(message => {
      const { floor } = (message.device ?? {}) as Fields
      return asDown(withFloor({ ...v.parse(signalDownSchema, withoutFloor(message)) }, floor))
    }),
  ),
  writeSignalUp: message => message,
  writeSignalDown: message => message,
  decodePeer: decodePeerMessage,
  encodePeer: encodePeerMessage,
}

/** What a side speaks that was made when there were two. */
export const twoVersions: readonly SpokenVersion[] = [versionOne, versionTwo]
/** What a side speaks whose oldest version has risen since. */
export const secondVersionOnly: readonly SpokenVersion[] = [versionTwo]
