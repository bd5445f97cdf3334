/**
 * Whose request this is: of which package, and from which of its releases it has to be answered, so that nothing of an
 * app comes from two releases. Browsers differ in what they tell of a request; each clue used here is one that some
 * browser gives where another does not (docs/decisions/0013). Knows no files.
 */
import type { ReleaseRef } from '../../records.ts'
import type { Pin, ReleasePins } from './release-pins.ts'
import { packageNamedBy, type RequestFacts } from './request-route.ts'

export interface OwnedRequest extends RequestFacts {
  /** Of the page or worker that the answer will become; empty when it becomes none. */
  readonly resultingClientId: string
  readonly isReload: boolean
}

export interface Owner {
  readonly package: string
  /** Null: whichever is active. */
  readonly release: ReleaseRef | null
  /** What the answer becomes is part of a page of the app. */
  readonly inside: boolean
}

export interface LiveClients {
  ids(): Promise<ReadonlySet<string>>
  /** Address of one client; null when the browser does not know it, or not yet. */
  urlOf(clientId: string): Promise<string | null>
}

export interface RequestOwnerDeps {
  readonly pins: ReleasePins
  readonly clients: LiveClients
  readonly now: () => number
  /** Address of the kiosk page's folder. */
  readonly folder: string
}

/** Null: no app asks. Never rejects. */
export type FindOwner = (request: OwnedRequest) => Promise<Owner | null>

export function createRequestOwner({ pins, clients, now, folder }: RequestOwnerDeps): FindOwner {
  const livePins = async () => pins.live(await clients.ids(), now())

  async function ownerOfFile(request: OwnedRequest): Promise<Owner | null> {
    const named = packageNamedBy(request.url, folder)
    const own = await pins.find(request.clientId)
    if (own) {
      // One app that reads files of another gets that one's active release.
      return named === null || named === own.package
        ? { package: own.package, release: own.release, inside: true }
        : { package: named, release: null, inside: true }
    }
    const isPartOfPage =
      packageNamedBy(request.referrer, folder) !== null || (await isOpaque(request.clientId))
    const live = isPartOfPage || request.referrer !== '' ? await livePins() : []
    const asker = live.find(pin => pin.url === request.referrer) ?? null
    const holder =
      asker && (named === null || named === asker.package)
        ? asker
        : isPartOfPage
          ? (live.find(pin => named === null || pin.package === named) ?? null)
          : null
    if (!holder) return named === null ? null : { package: named, release: null, inside: true }
    if (request.clientId !== '') {
      // From now on it is known, whichever releases come and go meanwhile.
      const url = (await clients.urlOf(request.clientId)) ?? ''
      await pins.pin(request.clientId, { ...holder, url, inside: true, pinnedAt: now() })
    }
    return { package: holder.package, release: holder.release, inside: true }
  }

  /** Frames and workers whose content came with their page and from no address. */
  async function isOpaque(clientId: string): Promise<boolean> {
    return clientId !== '' && /^(about|blob|data):/.test((await clients.urlOf(clientId)) ?? '')
  }

  async function ownerOfPage(request: OwnedRequest): Promise<Owner | null> {
    const named = packageNamedBy(request.url, folder)
    const reserved = await pins.find(request.resultingClientId)
    if (reserved && (named === null || named === reserved.package)) return reserved
    const replaced = await pins.find(request.clientId)
    const isFrame = request.destination !== 'document'
    const fromApp = await appReferrer(request)
    const live = fromApp || (named === null && isFrame) ? await livePins() : []
    const referring = live.find(pin => pin.url === request.referrer) ?? null
    const packageName =
      named ??
      replaced?.package ??
      referring?.package ??
      packageNamedBy(request.referrer, folder) ??
      live.find(pin => isAtRoot(pin))?.package
    if (packageName === undefined) return null

    const isOf = (pin: Pin | null) => (pin?.package === packageName ? pin : null)
    if (isOf(replaced)?.inside) return replaced
    const opened = { package: packageName, release: null, inside: false }
    if (request.isReload || !fromApp) return opened
    const before = isOf(replaced)
    const holder = before ?? isOf(referring) ?? live.find(pin => isOf(pin)) ?? null
    return holder ? { package: packageName, release: holder.release, inside: before === null } : opened
  }

  /** Whether the navigation was begun by a page of an app and not by the kiosk page or a person. */
  async function appReferrer({ referrer }: OwnedRequest): Promise<boolean> {
    if (referrer === '' || new URL(referrer).origin !== new URL(folder).origin) return false
    return packageNamedBy(referrer, folder) !== null || !referrer.startsWith(folder)
  }

  /** Of an app that was built for `/` and lives there. */
  const isAtRoot = (pin: Pin) =>
    pin.url !== '' && !pin.url.startsWith(`${folder}app/`) && /^https?:/.test(pin.url)

  return request => (request.mode === 'navigate' ? ownerOfPage(request) : ownerOfFile(request))
}
