/** The audit log in words: who, what, and from what to what, value by value. Pure. */

import { formatBytes } from '../../../presentation/sizes-and-spans.ts'
import { activationSchema, confirmationSchema } from '../../../protocol/assignment.ts'
import { parseWith } from '../../../protocol/parse.ts'
import { isSameValue } from '../../../protocol/same-value.ts'
import { activationWords, confirmationWords } from '../../../protocol/takeover-text.ts'
import { OPTIONS, type OptionField } from '../designer/options.ts'
import { formatInstant, localTimeZone } from '../words.ts'

/** Who did it; never shows more of a session than the log has. */
export function actorWords(actor: string): string {
  const [kind, ...rest] = actor.split(':')
  const name = rest.join(':')
  if (kind === 'session') return `Session ${name.slice(0, 8)}`
  if (kind === 'token') return `API token “${name}”`
  if (kind === 'enrolment-link') return `Enrolment link ${name.slice(0, 8)}`
  if (kind === 'link') return 'A one-time link'
  if (kind === 'server') return 'The server by itself'
  if (kind === 'shell') return 'A command on the server'
  return actor
}

const ACTIONS: Readonly<Record<string, string>> = {
  'site.put': 'Site saved',
  'profile.put': 'Profile saved',
  'distribution.put': 'Options of a package saved',
  'device.patch': 'Device changed',
  'package.renumber': 'Releases numbered above another one',
  'device.delete': 'Device deleted',
  'device.retry': 'Another try asked for',
  'device.separate': 'One of two browsers made a new device',
  'device.dismiss': 'Waiting devices dismissed',
  'device.enrol': 'Device enrolled by link',
  'enrolment-token.create': 'Enrolment link made',
  'enrolment-token.revoke': 'Enrolment link revoked',
  'release.publish': 'Release published',
  'package.delete': 'Package deleted',
  'profile.delete': 'Profile deleted',
  'site.delete': 'Site deleted',
  'release.delete': 'Release deleted',
  'release.expire': 'Old releases removed',
  'retention.put': 'Kept releases of a package saved',
  'release.republish': 'Release published again',
  'api-token.create': 'API token made',
  'api-token.revoke': 'API token revoked',
  'admin-link.create': 'One-time link made',
  'session.login': 'Logged in',
  'session.link': 'Logged in by link',
  'session.logout': 'Logged out',
  'session.logout-everywhere': 'Logged out everywhere',
  'password.set': 'Password set',
  'password.change': 'Password changed',
  'signing-key.accept': 'New signing key accepted',
  'key-file.close': 'Key file closed to other users of the server’s machine',
}

export const actionWords = (action: string): string => ACTIONS[action] ?? action

export interface Change {
  /** Where in the value: `packages › lobby › release`; empty for the value itself. */
  readonly path: string
  /** Null where there was nothing before. */
  readonly from: string | null
  /** Null where there is nothing after. */
  readonly to: string | null
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/

/** Deeper values are shown as they are written. */
const MAX_DEPTH = 6

/** Every value that differs, in the order of the newer one. A patch says only what it changes. */
export function changesOf(action: string, before: unknown, after: unknown): readonly Change[] {
  const changes: Change[] = []
  const whole = action.endsWith('.patch') ? { ...asObject(before), ...asObject(after) } : after
  compare(changes, [], before ?? undefined, whole ?? undefined)
  return changes
}

const asObject = (value: unknown) => (typeof value === 'object' && value !== null ? value : {})

function compare(changes: Change[], path: readonly string[], before: unknown, after: unknown): void {
  if (isSameValue(before, after)) return
  const old = entriesOf(before)
  const now = entriesOf(after)
  // A whole thing that comes or goes below the top is one line, not one for each of its values.
  if (path.length > 1 && (before === undefined || after === undefined) && (old ?? now) !== null) {
    changes.push(
      before === undefined
        ? { path: pathWords(path), from: null, to: 'added' }
        : { path: pathWords(path), from: 'was there', to: null },
    )
    return
  }
  // A plain value on one side is shown whole against whatever stands on the other.
  const comparable = (old !== null || before === undefined) && (now !== null || after === undefined)
  if (!comparable || path.length >= MAX_DEPTH) {
    changes.push({ path: pathWords(path), from: valueWords(path, before), to: valueWords(path, after) })
    return
  }
  const keys = new Set([...(now?.keys() ?? []), ...(old?.keys() ?? [])])
  for (const key of keys) compare(changes, [...path, key], old?.get(key), now?.get(key))
}

/** `packages › lobby › time zone`; the options have the names of the page. */
const pathWords = (path: readonly string[]) =>
  path
    .filter(part => part !== 'distribution')
    .map(part =>
      part in OPTIONS
        ? OPTIONS[part as OptionField].name
        : part.replace(/[a-z][A-Z]/g, pair => `${pair[0]} ${pair[1]?.toLowerCase()}`),
    )
    .join(' › ')

/** Bounds are one value although they are objects: `{ "siteLocal": "…" }`; so are the ways to take over. */
const isBound = (value: object) =>
  Object.keys(value).length === 1 && ('at' in value || 'siteLocal' in value || 'afterPublish' in value)
const isTakeover = (value: object) =>
  typeof Reflect.get(value, 'when') === 'string' || typeof Reflect.get(value, 'by') === 'string'

function entriesOf(value: unknown): Map<string, unknown> | null {
  if (typeof value !== 'object' || value === null) return null
  if (Array.isArray(value)) return new Map(value.map((item, index) => [labelOf(item, index), item]))
  return isBound(value) || isTakeover(value) ? null : new Map(Object.entries(value))
}

/** Items with a name are told apart by it and not by their place, so that one more does not look like a change of all. */
function labelOf(item: unknown, index: number): string {
  if (typeof item === 'string') return item
  if (typeof item === 'object' && item !== null) {
    for (const key of ['package', 'name', 'site', 'id']) {
      const value = (item as Record<string, unknown>)[key]
      if (typeof value === 'string') return value
    }
  }
  return `no. ${index + 1}`
}

function valueWords(path: readonly string[], value: unknown): string | null {
  if (value === undefined) return null
  if (value === null) return path.at(-1)?.endsWith('Until') ? 'off' : 'none'
  if (value === true) return 'on'
  if (value === false) return 'off'
  if (typeof value === 'object' && isBound(value)) {
    const [[kind, text] = []] = Object.entries(value)
    if (kind === 'siteLocal') return `${text} site’s time`
    return kind === 'afterPublish'
      ? `${text} after publication`
      : formatInstant(Date.parse(String(text)), localTimeZone())
  }
  if (typeof value === 'object' && isTakeover(value)) return takeoverWords(value)
  if (typeof value === 'number' && /Bytes(PerS)?$/.test(path.at(-1) ?? ''))
    return `${formatBytes(value)}${path.at(-1)?.endsWith('PerS') ? '/s' : ''}`
  if (typeof value !== 'string') return JSON.stringify(value)
  return INSTANT.test(value) ? formatInstant(Date.parse(value), localTimeZone()) : value
}

/** What an earlier version wrote may not be one of today's ways. */
function takeoverWords(value: object): string {
  const activation = parseWith(activationSchema, value)
  if (activation.ok) return activationWords(activation.value)
  const confirmation = parseWith(confirmationSchema, value)
  return confirmation.ok ? confirmationWords(confirmation.value) : JSON.stringify(value)
}
