import type { PeerSessionEffect } from '../../../client/machines/peer-session/effects.ts'
import { createPeerSession, type Share, type Shares } from '../../../client/machines/peer-session/state.ts'
import { type PeerSessionEvent, stepPeerSession } from '../../../client/machines/peer-session/step.ts'
import type { Role, Windows } from '../../../policy/windows.ts'
import type { PeerMessage } from '../../../protocol/peer/messages.ts'

export const RELEASE = 'a'.repeat(64)
export const OTHER = 'b'.repeat(64)
export const SIZES = Array.from({ length: 10 }, () => ({ sizeBytes: 100 }))
export const OPEN: Windows = { proxyDistribution: true, onlyToProxiesUntil: null, enforceProxyUntil: null }
export const HELLO = {
  type: 'hello',
  protocolVersion: 1,
  minProtocolVersion: 1,
  maxFrameBytes: 65_536,
} as const

export const share = (windows: Windows = OPEN, holds = (_: number) => true): Share => ({
  windows,
  chunkCount: 10,
  holds,
})

export class Side {
  readonly state
  shares: Map<string, Share>
  now = 1_000_000
  last: readonly PeerSessionEffect[] = []

  constructor(selfRole: Role, remoteRole: Role, shares: Shares = new Map()) {
    this.state = createPeerSession({ deviceId: 'd-remote', role: remoteRole }, selfRole)
    this.shares = new Map(shares)
  }

  /** Greeted already. */
  static open(selfRole: Role, remoteRole: Role, shares: Shares = new Map()): Side {
    const side = new Side(selfRole, remoteRole, shares)
    side.step({ type: 'link-open' })
    side.hear(HELLO)
    return side
  }

  step(event: PeerSessionEvent): readonly PeerSessionEffect[] {
    this.last = stepPeerSession(this.state, event, this.now, this.shares).effects
    return this.last
  }

  hear(message: PeerMessage): readonly PeerSessionEffect[] {
    return this.step({ type: 'message', message })
  }

  get said(): PeerMessage[] {
    return this.last.flatMap(effect => (effect.type === 'send' ? effect.message : []))
  }

  get closed(): { reason: string; violation: boolean } | undefined {
    return this.last.find(effect => effect.type === 'close')
  }
}

export const store = (windows?: Windows, holds?: (index: number) => boolean) =>
  Side.open('store', 'kiosk', new Map([[RELEASE, share(windows, holds)]]))

export function taker(...asked: number[]): Side {
  const side = Side.open('kiosk', 'store')
  side.step({ type: 'want', release: RELEASE, sizes: SIZES })
  if (asked.length > 0) side.step({ type: 'ask', release: RELEASE, indexes: asked })
  return side
}

export const interest = (chunkCount = 10, release = RELEASE) =>
  ({ type: 'interest', release, chunkCount }) as const
export const request = (...indexes: number[]) => ({ type: 'request', release: RELEASE, indexes }) as const
export const slice = (index: number, offset: number, bytes: number, release = RELEASE) =>
  ({
    type: 'chunk',
    release,
    index,
    totalBytes: 100,
    offset,
    payload: new Uint8Array(bytes).fill(index),
  }) as const
