/** One site of a preview as the designer shows it; for a profile without sites, the example in its place. Pure. */
import type { PhasesOfRole, Preview } from '../../../protocol/admin/preview.ts'
import type { BoundField } from './bounds.ts'

export interface SiteView {
  /** Null: an example, because the profile has no site yet. */
  readonly site: string | null
  readonly timeZone: string
  readonly release: number | null
  readonly overriddenBy: string | null
  readonly kiosks: PhasesOfRole
  readonly stores: PhasesOfRole
  /** When a release that is complete goes on the screens there, in a sentence. */
  readonly takeover: string
  /** Epoch ms; null where the bound is off. */
  readonly resolved: Readonly<Record<BoundField, number | null>>
}

const instantOrNull = (text: string | null) => (text === null ? null : Date.parse(text))

/** The site of this name, else the first one, else the example. */
export function siteViewOf(preview: Preview, wanted: string | null): SiteView | null {
  const found = preview.sites.find(({ site }) => site === wanted) ?? preview.sites[0]
  const shown = found ?? preview.example
  if (!shown) return null
  return {
    site: found?.site ?? null,
    timeZone: shown.timeZone,
    release: found?.release ?? null,
    overriddenBy: found?.overriddenBy ?? null,
    kiosks: shown.kiosks,
    stores: shown.stores,
    takeover: shown.takeover,
    resolved: {
      onlyToProxiesUntil: instantOrNull(shown.windows.onlyToProxiesUntil),
      enforceProxyUntil: instantOrNull(shown.windows.enforceProxyUntil),
    },
  }
}

/**
 * The phases of an answer from a moment ago with their limits where the bounds have been dragged to since, so that bands
 * do not lag behind the pointer until the next answer.
 */
export function dragged(
  phases: PhasesOfRole['phases'],
  resolved: SiteView['resolved'],
  moved: Readonly<Record<BoundField, number | null>>,
): PhasesOfRole['phases'] {
  const limit = (text: string | null) => {
    if (text === null) return null
    const at = Date.parse(text)
    for (const field of ['onlyToProxiesUntil', 'enforceProxyUntil'] as const) {
      const to = moved[field]
      if (at === resolved[field] && to !== null) return new Date(to).toISOString()
    }
    return text
  }
  return phases.map(phase => ({ ...phase, from: limit(phase.from), until: limit(phase.until) }))
}
