/**
 * The windows: which sources a device may use for a package, in which order, why, and when that changes.
 *
 * One implementation for all who enforce it (the kiosk, the server's grants and introductions, a store that serves),
 * so that they cannot disagree. Rules W1 to W9 are in docs/POLICY.md. It knows no clock, no network and no calendar:
 * `now` is the server's time in epoch ms, and bounds come resolved to instants (`bounds.ts`).
 */

/** What a device is at the moment. An `auto` device is one of the two: {@link effectiveRole}. */
export type Role = 'store' | 'kiosk'

/** What an administrator made of a device. */
export type AssignedRole = Role | 'auto'

export type Source = 'stores' | 'server'

/** The three options of a package in a profile, with bounds resolved to epoch ms; null means the bound is off. */
export interface Windows {
  readonly proxyDistribution: boolean
  readonly onlyToProxiesUntil: number | null
  readonly enforceProxyUntil: number | null
}

interface ReasonEntry {
  /** What the reason makes of the source it is given for. */
  readonly state: 'open' | 'closed'
  readonly rule: 'W1' | 'W2' | 'W3' | 'W4' | 'W9'
  readonly explanation: string
}

/** Every reason a source is open or closed, the rule it comes from, and a sentence for people. A closed set. */
export const REASONS = {
  'store-role': {
    state: 'open',
    rule: 'W1',
    explanation: 'A store may contact the server at any time.',
  },
  'proxy-distribution-off': {
    state: 'closed',
    rule: 'W2',
    explanation: 'Proxy distribution is off for this package, so no store shares it.',
  },
  'windows-without-effect': {
    state: 'open',
    rule: 'W2',
    explanation: 'Proxy distribution is off for this package, so its windows have no effect.',
  },
  'only-to-proxies-unset': {
    state: 'open',
    rule: 'W3',
    explanation: '“Only distribute to proxy devices until” is off, so kiosks may contact stores.',
  },
  'only-to-proxies-pending': {
    state: 'closed',
    rule: 'W3',
    explanation: '“Only distribute to proxy devices until” lies ahead, so kiosks may not contact stores yet.',
  },
  'only-to-proxies-reached': {
    state: 'open',
    rule: 'W3',
    explanation: '“Only distribute to proxy devices until” is reached, so kiosks may contact stores.',
  },
  'enforce-proxy-unset': {
    state: 'open',
    rule: 'W4',
    explanation: '“Enforce proxy distribution until” is off, so kiosks may contact the server.',
  },
  'enforce-proxy-pending': {
    state: 'closed',
    rule: 'W4',
    explanation: '“Enforce proxy distribution until” lies ahead, so kiosks may not contact the server yet.',
  },
  'enforce-proxy-reached': {
    state: 'open',
    rule: 'W4',
    explanation: '“Enforce proxy distribution until” is reached, so kiosks may contact the server.',
  },
  'fellow-stores': {
    state: 'open',
    rule: 'W9',
    explanation: 'Stores of one site may exchange a package with one another at any time.',
  },
} as const satisfies Record<string, ReasonEntry>

export type Reason = keyof typeof REASONS
export type OpenReason = { [R in Reason]: (typeof REASONS)[R]['state'] extends 'open' ? R : never }[Reason]
export type ClosedReason = Exclude<Reason, OpenReason>

/** Whether a device may use one kind of source. `retryAt`: when a closed one opens, epoch ms; null if time alone never opens it. */
export type SourceAccess =
  | { readonly state: 'open'; readonly reason: OpenReason; readonly retryAt: null }
  | { readonly state: 'closed'; readonly reason: ClosedReason; readonly retryAt: number | null }

export interface Decision {
  readonly role: Role
  /** The stores of the site. For a store these are its fellow stores (W9). */
  readonly stores: SourceAccess
  readonly server: SourceAccess
  /** The open sources, first choice first (W5); empty means the device waits (W6). */
  readonly order: readonly Source[]
  /** The next instant after `now` at which anything in this decision differs, epoch ms; null if nothing ever does. */
  readonly nextChangeAt: number | null
}

/** W8: an `auto` device counts as the role that the server has given it at the moment. */
export function effectiveRole(assigned: AssignedRole, promoted: boolean): Role {
  if (assigned !== 'auto') return assigned
  return promoted ? 'store' : 'kiosk'
}

/**
 * The decision for one device and one package at `now` (server time, epoch ms). Total and pure.
 *
 * Guarantees: once open, a source stays open for the same windows; a closed source opens at exactly its `retryAt`; the
 * decision is the same at every instant from `now` up to, and not including, `nextChangeAt`.
 */
export function decideSources(subject: Windows & { readonly role: Role }, now: number): Decision {
  const stores = storesAccess(subject, subject.role, now)
  const server = serverAccess(subject, subject.role, now)
  return {
    role: subject.role,
    stores,
    server,
    order: openInOrder(stores, server),
    nextChangeAt: earliest(stores.retryAt, server.retryAt),
  }
}

/**
 * Whether a store may serve a device of `remoteRole` now: the decision's `stores`, seen from the other side. A store
 * asks it before it serves, and the server before it introduces a device to a store.
 */
export function mayServe(windows: Windows, remoteRole: Role, now: number): SourceAccess {
  return storesAccess(windows, remoteRole, now)
}

function storesAccess(windows: Windows, role: Role, now: number): SourceAccess {
  if (!windows.proxyDistribution) return { state: 'closed', reason: 'proxy-distribution-off', retryAt: null } // W2
  if (role === 'store') return open('fellow-stores') // W9
  return windowAccess('only-to-proxies', windows.onlyToProxiesUntil, now) // W3
}

function serverAccess(windows: Windows, role: Role, now: number): SourceAccess {
  if (role === 'store') return open('store-role') // W1
  if (!windows.proxyDistribution) return open('windows-without-effect') // W2
  return windowAccess('enforce-proxy', windows.enforceProxyUntil, now) // W4
}

function windowAccess(
  option: 'only-to-proxies' | 'enforce-proxy',
  until: number | null,
  now: number,
): SourceAccess {
  if (until === null) return open(`${option}-unset`)
  if (now >= until) return open(`${option}-reached`) // W7
  return { state: 'closed', reason: `${option}-pending`, retryAt: until }
}

const open = (reason: OpenReason): SourceAccess => ({ state: 'open', reason, retryAt: null })

/** W5: stores before server. */
function openInOrder(stores: SourceAccess, server: SourceAccess): readonly Source[] {
  const order: Source[] = []
  if (stores.state === 'open') order.push('stores')
  if (server.state === 'open') order.push('server')
  return order
}

/** Nothing but the opening of a closed source ever changes a decision, so the next change is the first of those. */
function earliest(a: number | null, b: number | null): number | null {
  if (a === null) return b
  return b === null ? a : Math.min(a, b)
}
