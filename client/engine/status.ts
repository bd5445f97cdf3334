/**
 * What a device says of itself, put together from the machines' states (DESIGN section 9). Pure: reads, decides
 * nothing, and keeps nothing.
 */

import { type ActivationMoment, decideActivation } from '../../policy/activation.ts'
import { describeActivation } from '../../policy/activation-words.ts'
import type { Progress } from '../../policy/package-order.ts'
import { shortageSentence } from '../../policy/storage-words.ts'
import { describeDecision, describeMoment } from '../../policy/window-words.ts'
import { type Decision, decideSources, type Role } from '../../policy/windows.ts'
import type { Assignment } from '../../protocol/assignment.ts'
import type { PackageStatus, StatusReason } from '../../protocol/device-status.ts'
import { toInstantOrNull } from '../../protocol/primitives.ts'
import { missingBytes } from '../machines/download/chunk-table.ts'
import type { DownloadState } from '../machines/download/state.ts'
import { type PackageState, supplyOf } from '../machines/package-life/states.ts'
import type { ActivateAnswer } from '../machines/package-life/takeover.ts'
import type { ReleaseRef, TrafficRecord } from '../records.ts'

export interface PackageView {
  readonly state: PackageState
  readonly download: DownloadState | null
  readonly checking: boolean
  /** Why a patch is not made yet, while there is one to wait for. */
  readonly patching: StatusReason | null
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
  /** What decides when a complete release takes over. */
  readonly activation: ActivationMoment
}

/** 64 packages and 64 peers then stay within one signaling message, whatever script the words are in. */
const MAX_DETAIL_LENGTH = 200

type PhaseAndReason = Pick<PackageStatus, 'phase' | 'reason'>

/** The status of an assigned package; null when nothing is assigned and nothing runs. */
export function packageStatus(view: PackageView, context: StatusContext): PackageStatus | null {
  const { state, download } = view
  const { wanted, record } = state
  const wantedRef = wanted ?? lastWantedOf(view)
  if (wantedRef === null) return null
  const decision =
    wanted === null ? null : decideSources({ role: context.role, ...wanted.windows }, context.now)
  const { phase, reason } = phaseOf(view, context)
  const bytes = bytesOf(view, wantedRef.digest)
  return {
    package: record.package,
    wantedRelease: wantedRef.release,
    activeRelease: record.active?.release ?? null,
    activeVersion: record.active?.version ?? null,
    phase,
    update: updateOf(state),
    reason,
    detail: detailOf(state, download, decision, reason, context).slice(0, MAX_DETAIL_LENGTH),
    decision: {
      stores: decision?.stores.state ?? 'closed',
      server: decision?.server.state ?? 'closed',
      nextChangeAt: toInstantOrNull(decision?.nextChangeAt ?? null),
    },
    chunks: { have: download?.table.held ?? 0, total: download?.table.total ?? 0 },
    bytes,
  }
}

/**
 * After a start, until the server says what is wanted: what was being fetched beside the release that runs. What it counted
 * before the start has to be reported as its own.
 */
function lastWantedOf({
  state: { record },
  traffic,
}: PackageView): Pick<ReleaseRef, 'release' | 'digest'> | null {
  if (record.active === null || traffic === null || traffic.release === null) return record.active
  return { release: traffic.release, digest: traffic.digest }
}

/** PR-S17: counters of another release are never reported as those of this one. */
function bytesOf({ download, traffic }: PackageView, releaseDigest: string): PackageStatus['bytes'] {
  if (download?.releaseDigest === releaseDigest) return { ...download.traffic }
  if (traffic?.digest !== releaseDigest) return { fromStores: 0, fromServer: 0, reused: 0 }
  const { fromStores, fromServer, reused } = traffic
  return { fromStores, fromServer, reused: reused ?? 0 }
}

/** How the package's download stands beside those of others (P1 to P3). */
export function progressOf(view: PackageView): Progress {
  const { reason } = phaseOf(view, null)
  if (reason === 'out-of-space') return 'out-of-space'
  return MOVING.has(reason) ? 'moving' : 'idle'
}

/** Something is being fetched, or is about to be. */
const MOVING = new Set<PackageStatus['reason']>([
  'checking-held-chunks',
  'waiting-for-patch',
  'fetching-from-stores',
  'fetching-from-server',
  'fetching-from-stores-and-server',
  'contacting-store',
])
const FAILED = new Set<PackageStatus['reason']>(['out-of-space', 'storage-failed'])

/** The state of the wanted release's life; null while nothing is wanted. */
function updateOf({ wanted, coming, running }: PackageState): PackageStatus['update'] {
  if (wanted === null) return null
  const life = running?.release.digest === wanted.digest ? running : coming
  return life?.name ?? 'waiting'
}

/** `context` null: for the download alone, whatever a complete release waits for. */
function phaseOf(
  { state, download, checking, patching }: PackageView,
  context: StatusContext | null,
): PhaseAndReason {
  const { coming, running, wanted } = state
  const supply = supplyOf(state)
  if (supply?.name === 'refused') return { phase: 'failed', reason: 'manifest-refused' }
  if (coming === null) {
    return { phase: 'active', reason: running?.name === 'confirmed' ? 'up-to-date' : 'trying-release' }
  }
  switch (coming.name) {
    case 'failed':
      return { phase: 'failed', reason: 'release-failed' }
    case 'activating':
      return { phase: 'staged', reason: 'ready-to-activate' }
    case 'staged':
      return {
        phase: 'staged',
        reason: wanted === null || context === null ? 'ready-to-activate' : stagedReason(wanted, context),
      }
    default:
      if (supply?.name === 'asking') return { phase: 'waiting', reason: 'fetching-manifest' }
      if (patching !== null) return { phase: FAILED.has(patching) ? 'failed' : coming.name, reason: patching }
      if (download === null || checking) return { phase: 'downloading', reason: 'checking-held-chunks' }
      if (FAILED.has(download.reason)) return { phase: 'failed', reason: download.reason }
      return { phase: coming.name, reason: download.reason }
  }
}

function stagedReason({ activation }: Assignment, context: StatusContext): PackageStatus['reason'] {
  if (decideActivation(activation, context.activation).state === 'open') return 'ready-to-activate'
  return activation.when === 'idle' ? 'waiting-for-idle' : 'waiting-for-activation-window'
}

function detailOf(
  state: PackageState,
  download: DownloadState | null,
  decision: Decision | null,
  reason: PackageStatus['reason'],
  context: StatusContext,
): string {
  const { wanted, coming, running } = state
  const version = wanted?.version ?? state.record.active?.version ?? ''
  switch (reason) {
    case 'up-to-date':
      return `${version} runs`
    case 'waiting-for-idle':
    case 'waiting-for-activation-window':
      return `${version} is complete and ${takeoverWords(wanted, context)}`
    case 'trying-release':
      return `${version} runs and has still to prove itself`
    case 'fetching-manifest':
      return `asking the server what ${version} consists of`
    case 'waiting-for-patch':
      return `waiting a moment for the server to finish the patch to ${version}`
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
    case 'manifest-refused': {
      const supply = supplyOf(state)
      return supply?.name === 'refused' ? `refused: ${supply.message}` : 'the manifest was refused'
    }
    case 'release-failed': {
      const failure = coming?.name === 'failed' ? coming.failure : null
      // An empty screen is what needs an explanation first.
      const again =
        running === null ? ' and is tried again after a pause, as there is no earlier release to show' : ''
      return `${version} failed on this device${again}${failure === null ? '' : ` (${failure.reason}): ${failure.message}`}`
    }
  }
}

function takeoverWords(wanted: Assignment | null, { activation }: StatusContext): string {
  if (wanted === null) return 'verified'
  return describeActivation(decideActivation(wanted.activation, activation), activation)
}

/** Why `activateNow()` was not heeded, as a sentence for whoever reads the app's log. */
export function refusalWords(
  answer: Exclude<ActivateAnswer, { ok: true }>,
  serverNow: number | null,
  timeZone: string,
): string {
  switch (answer.reason) {
    case 'nothing-staged':
      return 'No newer release is complete on this device.'
    case 'time-unknown':
      return 'A newer release may take over only in its activation window, and this device has not heard the time from its server yet.'
    case 'window-closed':
      return `A newer release may take over only in its activation window; it opens ${describeMoment(answer.opensAt, serverNow ?? answer.opensAt, timeZone)}.`
  }
}

function wordsOf(decision: Decision | null, context: StatusContext): string {
  if (decision === null) return 'nothing is assigned'
  const { now, timeZone, online, storesOnline } = context
  return describeDecision(decision, now, online ? { timeZone, storesOnline } : { timeZone })
}
