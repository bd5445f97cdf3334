/**
 * Performs one update by patch: asks for the patch set, has its parts fetched like the chunks of a release of their own, and
 * has chunks made of them. A store goes on sharing the parts as long as the release is wanted. Decides nothing itself:
 * `machines/patching/` does.
 */
import { decideSources } from '../../policy/windows.ts'
import type { Assignment } from '../../protocol/assignment.ts'
import type { StatusReason } from '../../protocol/device-status.ts'
import type { Manifest } from '../../protocol/manifest.ts'
import {
  type PatchSet,
  parsePatchSet,
  partsAsChunks,
  patchSetDigestOf,
} from '../../protocol/patching/patch-set.ts'
import { keepsStalled } from '../machines/download/stalls.ts'
import {
  beginPatching,
  type PatchingEffect,
  type PatchingEvent,
  type PatchingState,
  patchingWakeAt,
  stepPatching,
} from '../machines/patching/patching.ts'
import { type DownloadDeps, DownloadRunner } from './download-runner.ts'
import { WakeTimer } from './timer.ts'

/** Reasons of a fetch for which chunks would have to wait as well: no reason to give the patch up. */
const PATIENT = new Set<StatusReason>([
  'windows-closed',
  'waiting-for-other-package',
  'no-store-online',
  'server-unreachable',
  'grant-refused',
  'out-of-space',
  'storage-failed',
])

export interface PatchBase {
  readonly digest: string
  readonly chunks: Manifest['chunks']
}

export interface PatchRunnerDeps {
  /** Those of the download of the chunks. */
  readonly download: DownloadDeps
  /** Asks on behalf of the parts; answers come to the download with `subject` as its digest. */
  readonly introduceFor: (release: string, subject: string) => void
  readonly askGrantFor: (release: string, subject: string) => void
  readonly sharesChanged: () => void
  readonly over: () => void
}

export class PatchRunner {
  /** The download of the parts, once it is known which are wanted. */
  parts: DownloadRunner | null = null
  /** Digests of the chunks that were made here. */
  readonly made = new Set<string>()
  readonly #deps: PatchRunnerDeps
  readonly #base: PatchBase
  readonly #chunks: DownloadRunner
  readonly #timer: WakeTimer
  readonly #abort = new AbortController()
  #state: PatchingState
  #movedBytes = 0

  /** `chunks`: the download that gets what the patch does not make; it has not begun yet. */
  constructor(deps: PatchRunnerDeps, base: PatchBase, chunks: DownloadRunner) {
    this.#deps = deps
    this.#base = base
    this.#chunks = chunks
    this.#timer = new WakeTimer(deps.download.platform, () =>
      // Nothing may happen for hours while the windows are closed: that is no reason to give up either.
      this.#dispatch({ type: this.#isPatient() ? 'moved' : 'wake' }),
    )
    this.#state = { name: 'over' }
  }

  start(): void {
    const { platform, options } = this.#deps.download
    const { state, effects } = beginPatching(platform.monotonicMs(), options)
    this.#state = state
    for (const effect of effects) this.#perform(effect)
  }

  /** Why the update is not further; null once it is the download's turn. */
  reason(): StatusReason | null {
    switch (this.#state.name) {
      case 'over':
        return null
      case 'asking':
      case 'waiting':
        return 'waiting-for-patch'
      case 'fetching':
        return this.#state.making !== null || !this.parts || this.parts.checking || this.parts.state.completed
          ? 'checking-held-chunks'
          : this.parts.state.reason
    }
  }

  stop(): void {
    this.#abort.abort()
    this.#timer.set(null)
    this.#state = { name: 'over' }
    this.parts?.stop()
  }

  /** Digests of the parts that must stay on the disk. */
  partDigests(): readonly string[] {
    return this.parts?.manifest.chunks.map(({ digest }) => digest) ?? []
  }

  #dispatch(event: PatchingEvent): void {
    if (this.#abort.signal.aborted) return
    const { platform, options } = this.#deps.download
    const { state, effects } = stepPatching(this.#state, event, platform.monotonicMs(), options)
    this.#state = state
    this.#timer.set(patchingWakeAt(state))
    for (const effect of effects) this.#perform(effect)
    this.#deps.download.changed()
  }

  #perform(effect: PatchingEffect): void {
    switch (effect.type) {
      case 'ask':
        return void this.#ask()
      case 'fetch':
        return void this.#fetch(effect.set, new Set(effect.parts))
      case 'make':
        return void this.#make(effect.part)
      case 'over':
        return this.#deps.over()
    }
  }

  async #ask(): Promise<void> {
    const { origin, chunks: io, platform, options, serverNow } = this.#deps.download
    const { assignment, manifest, state } = this.#chunks
    const to = { digest: assignment.digest, chunks: manifest.chunks }
    const answer = await origin.patchSet(to.digest, this.#base.digest, this.#abort.signal)
    if (!answer.ok) {
      const retryAt = answer.reason === 'refused' ? answer.problem.retryAt : undefined
      if (retryAt === undefined) return this.#dispatch({ type: 'none' })
      const decision = decideSources({ role: state.role, ...state.windows }, serverNow())
      return this.#dispatch({
        type: 'coming',
        retryAt: platform.monotonicMs() + (retryAt - serverNow()),
        spreadMs: state.role === 'store' ? 0 : platform.random() * options.admissionSpreadMs,
        mayFetch: decision.order.length > 0,
      })
    }
    const parsed = parsePatchSet(answer.value, this.#base, to)
    const present = parsed.ok ? await io.digests().catch(() => null) : null
    if (!parsed.ok || present === null) return this.#dispatch({ type: 'none' })
    const holds = (chunks: Manifest['chunks'], index: number) => present.has(chunks[index]?.digest ?? '')
    this.#dispatch({
      type: 'announced',
      set: parsed.value,
      lacks: index => !holds(to.chunks, index),
      holdsOld: index => holds(this.#base.chunks, index),
    })
  }

  async #fetch(set: PatchSet, wanted: ReadonlySet<number>): Promise<void> {
    const digest = await patchSetDigestOf(set)
    if (this.#abort.signal.aborted) return
    const { assignment, manifest, state } = this.#chunks
    const release = assignment.digest
    const { origin } = this.#deps.download
    const deps: DownloadDeps = {
      ...this.#deps.download,
      // Parts lie beside the chunks of the release they lead to, and its grant is good for them (PR-D5).
      origin: { ...origin, chunk: (_set, ...rest) => origin.chunk(release, ...rest) },
      introduce: subject => this.#deps.introduceFor(release, subject),
      askGrant: subject => this.#deps.askGrantFor(release, subject),
      report: (kind, detail, peer) => {
        this.#deps.download.report(kind, detail, peer)
        if (kind === 'bad-chunk' && peer === undefined) this.#dispatch({ type: 'bad-part' })
      },
      completed: () => {},
      changed: () => this.#partsChanged(),
    }
    const asRelease: Assignment = { ...assignment, digest, windows: state.windows }
    this.parts = new DownloadRunner(
      deps,
      asRelease,
      { ...manifest, files: [], chunks: partsAsChunks(set) },
      state.role,
      state.selfId,
      null,
      {
        wants: part => wanted.has(part),
        countInto: state.traffic,
      },
    )
    this.parts.holdBack(state.heldBack)
    await this.parts.start(false)
    this.#deps.sharesChanged()
    this.#partsChanged()
  }

  /** Parts that arrived and bytes that moved, as events. */
  #partsChanged(): void {
    const { parts } = this
    if (parts !== null && this.#state.name === 'fetching' && !parts.checking) {
      const { fromStores, fromServer } = parts.state.traffic
      const hasMoved = fromStores + fromServer > this.#movedBytes
      this.#movedBytes = fromStores + fromServer
      const { left, arrived } = this.#state
      for (const part of left) {
        const share = parts.share()
        if (!arrived.has(part) && share.holds(part)) this.#dispatch({ type: 'part-arrived', part })
      }
      if (hasMoved || this.#isPatient()) this.#dispatch({ type: 'moved' })
    }
    this.#deps.download.changed()
  }

  /** The parts wait for something that chunks would have to wait for as well. */
  #isPatient(): boolean {
    const { parts } = this
    if (this.#state.name !== 'fetching' || parts === null || parts.checking) return false
    const { platform, options } = this.#deps.download
    return PATIENT.has(parts.state.reason) || keepsStalled(parts.state, platform.monotonicMs(), options)
  }

  async #make(number: number): Promise<void> {
    const state = this.#state
    const part = state.name === 'fetching' ? state.set.parts[number] : undefined
    if (part === undefined) return
    const { chunks } = this.#chunks.manifest
    const pick = (from: Manifest['chunks'], indexes: readonly number[]) =>
      indexes.flatMap(index => from[index] ?? [])
    const makes = pick(chunks, part.makes)
    const ok = await this.#deps.download.chunks.makeChunks({
      part: { digest: part.digest, sizeBytes: part.sizeBytes },
      dictionary: [...pick(this.#base.chunks, part.from), ...pick(chunks, part.made)],
      makes,
    })
    if (ok) for (const { digest } of makes) this.made.add(digest)
    this.#dispatch({ type: 'made', part: number, ok })
  }
}
