/**
 * How each version of the protocol that is still spoken is read and written (docs/PROTOCOL.md, PR-V1 and PR-V4). The rest of
 * the code knows the messages of the newest version only: what comes is read into them, what goes is written from them, in the
 * version that both sides of the session or link speak. Knows no session and no link; pure.
 */
import type { GenericSchema } from 'valibot'
import { type DecodedFrame, decodePeerMessage, encodePeerMessage } from './peer/codec.ts'
import type { PeerMessage } from './peer/messages.ts'
import { type SignalDown, type SignalDownWire, signalDownSchema } from './signal/down.ts'
import { type SignalUp, type SignalUpWire, signalUpSchema } from './signal/up.ts'
import { PROTOCOL_VERSION } from './version.ts'

type Bytes = Uint8Array<ArrayBuffer>

/** `write…` and `encodePeer` answer null for a message that this version has no form for: it is not sent. */
export interface SpokenVersion {
  readonly version: number
  readonly signalUp: GenericSchema<unknown, SignalUp>
  readonly signalDown: GenericSchema<unknown, SignalDown>
  readonly writeSignalUp: (message: SignalUpWire) => object | null
  readonly writeSignalDown: (message: SignalDownWire) => object | null
  readonly decodePeer: (frame: Bytes) => DecodedFrame
  /** The frame lies in `memory` where it fits there. */
  readonly encodePeer: (message: PeerMessage, memory?: Bytes) => Bytes | null
}

const newest: SpokenVersion = {
  version: PROTOCOL_VERSION,
  signalUp: signalUpSchema,
  signalDown: signalDownSchema,
  writeSignalUp: message => message,
  writeSignalDown: message => message,
  decodePeer: decodePeerMessage,
  encodePeer: encodePeerMessage,
}

/**
 * Oldest first and without gaps, from `MIN_PROTOCOL_VERSION` on. A change of the wire puts an entry with the former schemas
 * before `newest`: they end in a transform that adds what the new messages have, and its `write…` take that away.
 */
export const spokenVersions: readonly SpokenVersion[] = [newest]

/** Spoken before the two sides have agreed: what is said until then has one form in every version (PR-V4). */
export function oldestOf(versions: readonly SpokenVersion[]): number {
  return versions[0]?.version ?? PROTOCOL_VERSION
}

export function newestOf(versions: readonly SpokenVersion[]): number {
  return versions.at(-1)?.version ?? PROTOCOL_VERSION
}

/** The lower of both sides' versions; null where they do not fit (PR-V1). */
export function agreedVersion(
  versions: readonly SpokenVersion[],
  other: { readonly protocolVersion: number; readonly minProtocolVersion: number },
): number | null {
  const newestHere = newestOf(versions)
  if (other.minProtocolVersion > newestHere || other.protocolVersion < oldestOf(versions)) return null
  return Math.min(newestHere, other.protocolVersion)
}

/** @param version as agreed on, so it is one of them. */
export function spokenVersion(versions: readonly SpokenVersion[], version: number): SpokenVersion {
  const spoken = versions.find(each => each.version === version)
  if (spoken === undefined) throw new RangeError(`version ${version} of the protocol is not spoken here`)
  return spoken
}
