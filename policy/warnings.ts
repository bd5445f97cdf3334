/**
 * Settings of the windows that are legal but rarely meant. A warning never changes what the rules decide.
 *
 * It sees resolved windows and the time. Whoever checks settings before they are used resolves them as if a release
 * were published now, once for every site of the profile: that is what the next release will meet.
 */
import type { Windows } from './windows.ts'

/** Every warning, with a sentence that says what will happen. A closed set. */
export const WARNINGS = {
  'only-without-enforce':
    '“Only distribute to proxy devices until” is set alone: until that time every kiosk takes the package from the server. Set “Enforce proxy distribution until” as well if kiosks are to wait for the stores.',
  'enforce-before-only':
    '“Enforce proxy distribution until” ends before “Only distribute to proxy devices until”: between the two times kiosks may contact the server but no store. Set it to the same time or later if kiosks are to load from the stores.',
  'windows-without-proxy':
    'Proxy distribution is off, so the two “until” times have no effect: every kiosk takes the package from the server at once. Turn proxy distribution on if they are to hold.',
} as const satisfies Record<string, string>

export type WarningCode = keyof typeof WARNINGS

export interface WindowWarning {
  readonly code: WarningCode
  readonly message: string
}

/**
 * The warnings that these windows deserve at `now` (epoch ms). A bound that is reached is history and warns of nothing:
 * only what can still happen counts.
 */
export function windowWarnings(windows: Windows, now: number): readonly WindowWarning[] {
  const code = warningCode(windows, now)
  return code === null ? [] : [{ code, message: WARNINGS[code] }]
}

/** The conditions exclude one another, so there is one warning at most. */
function warningCode(windows: Windows, now: number): WarningCode | null {
  const { proxyDistribution, onlyToProxiesUntil: only, enforceProxyUntil: enforce } = windows
  const isAhead = (until: number | null) => until !== null && now < until
  if (!proxyDistribution) return isAhead(only) || isAhead(enforce) ? 'windows-without-proxy' : null
  if (only === null || now >= only) return null
  if (enforce === null) return 'only-without-enforce'
  return enforce < only ? 'enforce-before-only' : null
}
