/**
 * What a device says of itself, put together from the machines' states (DESIGN section 9). Pure: reads, decides
 * nothing, and keeps nothing.
 */

import type { Progress } from '../../policy/package-order.ts'
import { shortageSentence } from '../../policy/storage-words.ts'
import { describeDecision } from '../../policy/window-words.ts'
import { type Decision, decideSources, type Role } from '../../policy/windows.ts'
import type { Assignment } from '../../protocol/assignment.ts'
import type { PackageStatus } from '../../protocol/device-status.ts'
import { toInstantOrNull } from '../../protocol/primitives.ts'
import { missingBytes } from '../machines/download/chunk-table.ts'
import type { DownloadState } from '../machines/download/state.ts'
import type { PackageState } from '../machines/package-life.ts'
import type { TrafficRecord } from '../records.ts'

export interface PackageView {
  readonly state: PackageState
  readonly download: DownloadState | null
  readonly checking: boolean
  readonly traffic: TrafficRecord | null
}

export interface StatusContext {
  readonly role: Role
  /** Server time, epoch ms. */
  readonly now: number
  readonly timeZone: string
  readonly online: boolean
  readonly storesOnline: number
  readonly storage: 'disk' | 'memory'
}

/** 64 packages and 64 peers then stay within one signaling message, whatever script the words are in. */
const MAX_DETAIL_LENGTH = 200

type PhaseAndReason = Pick<PackageStatus, 'phase' | 'reason'>

/** The status of an assigned package; null when nothing is assigned and nothing runs. */
export function packageStatus(view: PackageView, context: StatusContext): PackageStatus | null {
  const { state, download } = view
  const { wanted, record } = state
  const wantedRef = wanted ?? record.active
  if (wantedRef === null) return null
  const decision =
    wanted === null ? null : decideSources({ role: context.role, ...wanted.windows }, context.now)
  const { phase, reason } = phaseOf(view)
  const traffic = download?.traffic ?? view.traffic
  return {
    package: record.package,
    wantedRelease: wantedRef.release,
    activeRelease: record.active?.release ?? null,
    activeVersion: record.active?.version ?? null,
    phase,
    update: updateOf(view, phase),
    reason,
    detail: detailOf(state, download, decision, wanted, reason, context).slice(0, MAX_DETAIL_LENGTH),
    decision: {
      stores: decision?.stores.state ?? 'closed',
      server: decision?.server.state ?? 'closed',
      nextChangeAt: toInstantOrNull(decision?.nextChangeAt ?? null),
    },
    chunks: { have: download?.table.held ?? 0, total: download?.table.total ?? 0 },
    bytes: {
      fromStores: traffic?.fromStores ?? 0,
      fromServer: traffic?.fromServer ?? 0,
      reused: traffic?.reused ?? 0,
    },
  }
}

/** How the package's download stands beside those of others (P1 to P3). */
export function progressOf(view: PackageView): Progress {
  const { reason } = phaseOf(view)
  if (reason === 'out-of-space') return 'out-of-space'
  return MOVING.has(reason) ? 'moving' : 'idle'
}

/** Something is being fetched, or is about to be. */
const MOVING = new Set<PackageStatus['reason']>([
  'checking-held-chunks',
  'fetching-from-stores',
  'fetching-from-server',
  'fetching-from-stores-and-server',
  'contacting-store',
])
/** Reasons of a download in which nothing moves and nothing is about to. */
const WAITING = new Set<PackageStatus['reason']>([
  'windows-closed',
  'waiting-for-other-package',
  'no-store-online',
  'stores-not-answering',
  'server-unreachable',
  'grant-refused',
])
const FAILED = new Set<PackageStatus['reason']>(['out-of-space', 'storage-failed'])

function updateOf({ state }: PackageView, phase: PackageStatus['phase']): PackageStatus['update'] {
  if (state.wanted === null) return null
  if (phase !== 'active') return phase
  return state.trial === null ? 'confirmed' : 'on-trial'
}

function phaseOf({ state, download, checking }: PackageView): PhaseAndReason {
  const { progress, wanted, record, trial } = state
  if (progress.name === 'given-up') return { phase: 'failed', reason: 'release-failed' }
  if (progress.name === 'refused') return { phase: 'failed', reason: 'manifest-refused' }
  const runsWanted = wanted === null || record.active?.digest === wanted.digest
  if (runsWanted) return { phase: 'active', reason: trial === null ? 'up-to-date' : 'trying-release' }
  if (progress.name === 'manifest') return { phase: 'waiting', reason: 'fetching-manifest' }
  if (download === null || checking) return { phase: 'downloading', reason: 'checking-held-chunks' }
  if (download.completed) return { phase: 'staged', reason: 'ready-to-activate' }
  const { reason } = download
  if (FAILED.has(reason)) return { phase: 'failed', reason }
  return { phase: WAITING.has(reason) ? 'waiting' : 'downloading', reason }
}

function detailOf(
  state: PackageState,
  download: DownloadState | null,
  decision: Decision | null,
  wanted: Assignment | null,
  reason: PackageStatus['reason'],
  context: StatusContext,
): string {
  const version = wanted?.version ?? state.record.active?.version ?? ''
  switch (reason) {
    case 'up-to-date':
      return `${version} runs`
    case 'waiting-for-idle':
      return `${version} is complete and takes over when nobody uses the screen`
    case 'waiting-for-activation-window':
      return `${version} is complete and takes over in its activation window`
    case 'trying-release':
      return `${version} runs and has still to prove itself`
    case 'fetching-manifest':
      return `asking the server what ${version} consists of`
    case 'checking-held-chunks':
      return 'checking what is on the disk'
    case 'fetching-from-stores':
      return `fetching ${version} from stores`
    case 'fetching-from-server':
      return `fetching ${version} from the server`
    case 'fetching-from-stores-and-server':
      return `fetching ${version} from stores and the server`
    case 'contacting-store':
      return 'contacting a store of this site'
    case 'waiting-for-store-progress':
      return 'a store of this site is fetching it; waiting for its next chunks'
    case 'stores-not-answering':
      return `waiting: the stores of this site do not answer; ${wordsOf(decision, context)}`
    case 'windows-closed':
      return wordsOf(decision, context)
    case 'no-store-online':
      return wordsOf(decision, { ...context, storesOnline: 0 })
    case 'server-unreachable':
      return context.online
        ? 'the server does not give the chunks now; trying again'
        : 'no connection to the server; trying again'
    case 'grant-refused':
      return 'the server does not allow fetching from it now; asking again'
    case 'out-of-space':
      return shortageSentence(
        `${state.record.package} ${version}`,
        download === null ? 0 : missingBytes(download.table),
        context.storage,
      )
    case 'waiting-for-other-package':
      return 'waiting until packages that come before it are here'
    case 'storage-failed':
      return `the disk does not take it: ${download?.storage?.message ?? 'it cannot be written'}`
    case 'ready-to-activate':
      return `${version} is complete and verified`
    case 'manifest-refused':
      return state.progress.name === 'refused'
        ? `refused: ${state.progress.message}`
        : 'the manifest was refused'
    case 'release-failed':
      return `${version} failed on this device${state.failure === null ? '' : `: ${state.failure}`}`
  }
}

function wordsOf(decision: Decision | null, context: StatusContext): string {
  if (decision === null) return 'nothing is assigned'
  const { now, timeZone, online, storesOnline } = context
  return describeDecision(decision, now, online ? { timeZone, storesOnline } : { timeZone })
}
