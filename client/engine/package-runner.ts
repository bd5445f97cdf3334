/**
 * Performs one package's life: loads and verifies manifests, runs the download, keeps the record that says what is
 * active. What a release may become, and when, is decided in `machines/package-life/`.
 */

import type { Role } from '../../policy/windows.ts'
import type { Assignment } from '../../protocol/assignment.ts'
import type { StatusReason } from '../../protocol/device-status.ts'
import type { TrustedKey } from '../../protocol/keys.ts'
import type { Manifest } from '../../protocol/manifest.ts'
import type { DeviceEventKind } from '../../protocol/signal/up.ts'
import { verifySignedManifest } from '../../protocol/signed-manifest.ts'
import { readManifest } from '../content/stored-release.ts'
import type { PackageEffect, PackageEvent } from '../machines/package-life/events.ts'
import { type PackageMoment, type PackageState, supplyOf } from '../machines/package-life/states.ts'
import { createPackage, packageWakeAt, stepPackage } from '../machines/package-life/step.ts'
import { awaitsManifest } from '../machines/package-life/supply.ts'
import { type ActivateAnswer, answerActivateNow } from '../machines/package-life/takeover.ts'
import type { KioskOptions } from '../options.ts'
import type { OriginClient, Platform, RecordStore } from '../ports.ts'
import { type PackageRecord, type ReleaseRef, recordKeys, type TrafficRecord } from '../records.ts'
import { type DownloadDeps, DownloadRunner } from './download-runner.ts'
import { emptyTrafficRecord } from './package-record.ts'
import { type PatchBase, PatchRunner } from './patch-runner.ts'
import type { PackageView } from './status.ts'
import { WakeTimer } from './timer.ts'

/** Byte counts are saved at most this often while chunks arrive. */
const TRAFFIC_SAVE_MS = 1_000

/** Reasons of a download in which nothing moves and nothing is about to. */
const WAITING_REASONS: ReadonlySet<StatusReason> = new Set([
  'windows-closed',
  'waiting-for-other-package',
  'no-store-online',
  'stores-not-answering',
  'server-unreachable',
  'grant-refused',
  'out-of-space',
  'storage-failed',
])

export interface PackageDeps {
  readonly platform: Platform
  readonly options: KioskOptions
  readonly records: RecordStore
  readonly origin: OriginClient
  readonly trustedKeys: () => readonly TrustedKey[]
  /** What the machine has to know of the world, now. */
  readonly moment: (packageName: string) => PackageMoment
  readonly self: () => { readonly deviceId: string; readonly role: Role }
  /** All of a download's dependencies that do not depend on the package. */
  readonly download: Omit<DownloadDeps, 'completed' | 'report'>
  readonly report: (
    kind: DeviceEventKind,
    packageName: string,
    release: number | null,
    detail: string,
    peer?: string,
  ) => void
  /** Ask the server on behalf of the parts of a patch that leads to a release. */
  readonly introduceFor: (release: string, subject: string) => void
  readonly askGrantFor: (release: string, subject: string) => void
  readonly collectGarbage: () => void
  /** Releases that may be served to others, or their manifests, changed. */
  readonly sharesChanged: () => void
  readonly changed: () => void
}

export interface LastEnd {
  readonly hung: boolean
  readonly endedInOrder: boolean
}

export class PackageRunner {
  readonly name: string
  state: PackageState
  download: DownloadRunner | null = null
  /** The way by patch to the release that is downloaded; a store shares its parts afterwards. */
  patch: PatchRunner | null = null
  /** What runs, by the pointer on the disk: the page shows this and never a pointer that is not written yet. */
  shown: { readonly ref: ReleaseRef; readonly confirmed: boolean; readonly entry: string } | null = null
  traffic: TrafficRecord | null = null
  readonly #deps: PackageDeps
  readonly #timer: WakeTimer
  #trafficTimer: (() => void) | null = null
  #manifestAbort = new AbortController()
  /** Whether what was saved last could be written. */
  #saving: Promise<boolean> = Promise.resolve(true)
  #stopped = false

  constructor(deps: PackageDeps, record: PackageRecord, traffic: TrafficRecord | null) {
    this.#deps = deps
    this.name = record.package
    this.state = createPackage(record)
    this.traffic = traffic
    this.#timer = new WakeTimer(deps.platform, () => this.dispatch({ type: 'wake' }))
  }

  /** Shows what the record says and goes on with an unconfirmed release's trial, by how the page ended the last time. */
  async start(lastEnd: LastEnd): Promise<void> {
    this.dispatch({ type: 'started', ...lastEnd })
    // A release that failed in the page's last life is not shown even for a moment.
    await this.saved()
    await this.#show()
  }

  /** What has arrived until now is counted and saved; `saved()` waits for that too. */
  stop(): void {
    this.#stopped = true
    this.#timer.set(null)
    this.#manifestAbort.abort()
    this.download?.stop()
    this.patch?.stop()
    if (this.#trafficTimer !== null)
      this.#saving = Promise.all([this.#saving, this.#saveTraffic()]).then(([ok]) => ok)
  }

  /** Of the release, and of the parts of a patch that leads to it. */
  downloads(): DownloadRunner[] {
    return [this.download, this.patch?.parts].flatMap(download => download ?? [])
  }

  /** As the status tells it. */
  view(): PackageView {
    const { state, download, traffic } = this
    return {
      state,
      download: download?.state ?? null,
      checking: download?.checking ?? false,
      patching: this.patch?.reason() ?? null,
      traffic,
    }
  }

  /** Resolves when everything decided so far is on the disk. */
  async saved(): Promise<void> {
    await this.#saving
  }

  /** The app chooses this moment for the staged release; the answer says whether it was heeded. */
  activateNow(): ActivateAnswer {
    const answer = answerActivateNow(this.state, this.#deps.moment(this.name))
    this.dispatch({ type: 'activate-now' })
    return answer
  }

  assign(assignment: Assignment | null): void {
    const sameRelease = assignment !== null && this.download?.assignment.digest === assignment.digest
    this.dispatch({ type: 'assigned', assignment })
    if (sameRelease)
      for (const download of this.downloads()) download.updatePolicy(this.#deps.self().role, assignment)
  }

  dispatch(event: PackageEvent): void {
    if (this.#stopped) return
    const { options } = this.#deps
    const before = this.state.running
    const { state, effects } = stepPackage(this.state, event, this.#deps.moment(this.name), options)
    this.state = state
    this.#timer.set(packageWakeAt(state, options))
    for (const effect of effects) this.#perform(effect)
    this.#countForWanted()
    if (state.running !== before && event.type !== 'started') void this.#show()
    this.#deps.changed()
  }

  #perform(effect: PackageEffect): void {
    switch (effect.type) {
      case 'load-manifest':
        this.#dropDownload()
        this.#manifestAbort.abort()
        this.#manifestAbort = new AbortController()
        return void this.#loadManifest(effect.assignment, effect.highestRelease, this.#manifestAbort.signal)
      case 'stop-download':
        this.#dropDownload()
        return this.#deps.sharesChanged()
      case 'save':
        return this.#save(effect.record)
      case 'switch':
        return this.#switch(effect.record)
      case 'report':
        return this.#deps.report(effect.kind, this.name, effect.release, effect.detail)
      case 'collect-garbage':
        // What the disk still says is needed must not go.
        return void this.#saving.then(ok => ok && this.#deps.collectGarbage())
    }
  }

  #dropDownload(): void {
    this.#noteTraffic()
    this.download?.stop()
    this.download = null
    this.patch?.stop()
    this.patch = null
  }

  async #loadManifest(assignment: Assignment, highestRelease: number, abort: AbortSignal): Promise<void> {
    const { digest } = assignment
    const { records, origin, platform } = this.#deps
    const key = recordKeys.manifest(digest)
    const kept = await records.get(key).catch(() => undefined)
    const keptManifest =
      typeof kept === 'string' ? await this.#verify(kept, assignment, highestRelease) : null
    if (abort.aborted) return
    if (keptManifest?.ok) return this.#begin(assignment, keptManifest.manifest)
    const patched = await this.#manifestByPatch(assignment, highestRelease, abort)
    if (abort.aborted) return
    const answer =
      patched === null ? await origin.manifest(digest, abort) : ({ ok: true, value: patched } as const)
    if (abort.aborted) return
    if (!answer.ok) return this.dispatch({ type: 'manifest-unreachable', digest, chance: platform.random() })
    const verified = await this.#verify(answer.value, assignment, highestRelease)
    if (abort.aborted) return
    if (!verified.ok) return this.dispatch({ type: 'manifest-refused', digest, ...verified })
    try {
      await records.setMany([[key, answer.value]])
    } catch (error) {
      this.#deps.report('storage-failed', this.name, assignment.release, messageOf(error))
      return this.dispatch({ type: 'manifest-unreachable', digest, chance: platform.random() })
    }
    await this.#begin(assignment, verified.manifest)
  }

  /** The manifest's text by its difference from that of the release that runs; null where the whole one is needed. */
  async #manifestByPatch(
    assignment: Assignment,
    highestRelease: number,
    abort: AbortSignal,
  ): Promise<string | null> {
    const base = this.state.running?.release ?? null
    const { records, origin, download } = this.#deps
    if (base === null || base.digest === assignment.digest) return null
    const old = await records.get(recordKeys.manifest(base.digest)).catch(() => null)
    if (typeof old !== 'string') return null
    const answer = await origin.manifestPatch(assignment.digest, base.digest, abort)
    const text = answer.ok ? await download.chunks.patchText(old, answer.value) : null
    return text !== null && (await this.#verify(text, assignment, highestRelease)).ok ? text : null
  }

  #verify(text: string, assignment: Assignment, highestRelease: number) {
    const { package: name, release, digest } = assignment
    return verifySignedManifest(
      text,
      { package: name, release, digest, highestRelease },
      this.#deps.trustedKeys(),
    )
  }

  async #begin(assignment: Assignment, manifest: Manifest): Promise<void> {
    const { wanted } = this.state
    // The windows may have been edited since: what is wanted now counts.
    if (this.#stopped || wanted === null || !awaitsManifest(this.state, assignment.digest)) return
    const isNew = this.traffic?.digest !== assignment.digest || this.traffic.reused === null
    const { deviceId, role } = this.#deps.self()
    const deps: DownloadDeps = {
      ...this.#deps.download,
      report: (kind, detail, peer) => this.#deps.report(kind, this.name, assignment.release, detail, peer),
      completed: release => void this.#completed(release),
      changed: () => {
        this.#saveTrafficSoon()
        this.#noteProgress()
        this.#deps.changed()
      },
    }
    const download = new DownloadRunner(deps, wanted, manifest, role, deviceId, this.traffic)
    this.download = download
    this.#noteTraffic()
    this.dispatch({ type: 'manifest-accepted', digest: assignment.digest })
    // What runs may have waited for just this manifest to be shown.
    if (this.shown === null) void this.#show()
    // What is on the disk before the first fetched chunk is there can be told from it only if this is saved first.
    if (isNew) await this.#saveTraffic()
    const base = await this.#patchBase(manifest)
    if (this.download !== download) return
    if (base === null) await download.start(isNew)
    else this.#beginPatch(deps, base, download, isNew)
    this.#deps.sharesChanged()
  }

  /** The release that runs, where chunks of the wanted one are missing that might be made out of it. */
  async #patchBase(manifest: Manifest): Promise<PatchBase | null> {
    const active = this.state.running?.release ?? null
    const { records, download } = this.#deps
    if (active === null || active.digest === this.download?.assignment.digest) return null
    const present = await download.chunks.digests().catch(() => null)
    if (present === null || manifest.chunks.every(({ digest }) => present.has(digest))) return null
    const running = await readManifest(records, active.digest).catch(() => null)
    return running?.package === this.name ? { digest: active.digest, chunks: running.chunks } : null
  }

  #beginPatch(deps: DownloadDeps, base: PatchBase, download: DownloadRunner, isNew: boolean): void {
    const { introduceFor, askGrantFor, sharesChanged } = this.#deps
    const over = () => void this.#patchOver(download, isNew)
    this.patch = new PatchRunner(
      { download: deps, introduceFor, askGrantFor, sharesChanged, over },
      base,
      download,
    )
    this.patch.start()
  }

  /** What the patch did not make is fetched. Only a store has further use for its parts. */
  async #patchOver(download: DownloadRunner, isNew: boolean): Promise<void> {
    const { patch } = this
    if (patch === null || this.download !== download) return
    if (this.#deps.self().role !== 'store') {
      this.patch = null
      patch.stop()
      await this.#deps.download.chunks.remove(patch.partDigests()).catch(() => {})
      if (this.download !== download) return
    } else patch.parts?.enough()
    await download.start(isNew, patch.made)
    this.#deps.sharesChanged()
  }

  async #completed(digest: string): Promise<void> {
    await this.#saveTraffic()
    // A chunk may have been lost meanwhile; then it is completed once more.
    if (this.download?.assignment.digest === digest && this.download.state.completed)
      this.dispatch({ type: 'downloaded', digest })
  }

  /** Tells the machine when the download begins to wait, to move again, or to miss what it had. */
  #noteProgress(): void {
    const { download } = this
    const patching = this.patch?.reason() ?? null
    if (download === null || (patching === null && (download.checking || download.state.completed))) return
    const supply = supplyOf(this.state)
    const moving = !WAITING_REASONS.has(patching ?? download.state.reason)
    if (supply?.name === 'complete' || (supply?.name === 'fetching' && supply.moving !== moving))
      this.dispatch({ type: 'fetching', digest: download.assignment.digest, moving })
  }

  #save(record: PackageRecord): void {
    this.#saving = this.#saving.then(() => this.#write(record))
  }

  #switch(record: PackageRecord): void {
    this.#saving = this.#saving.then(async () => {
      const ok = await this.#write(record)
      this.dispatch({ type: ok ? 'switched' : 'switch-failed', record })
      return ok
    })
  }

  async #write(record: PackageRecord): Promise<boolean> {
    try {
      await this.#deps.records.setMany([[recordKeys.package(this.name), record]])
      return true
    } catch (error) {
      this.#deps.report('storage-failed', this.name, record.active?.release ?? null, messageOf(error))
      return false
    }
  }

  /** The entry page is in the manifest; a release whose manifest is gone shows nothing until it is here again. */
  async #show(): Promise<void> {
    const { running } = this.state
    const entry = running === null ? null : await this.#entryOf(running.release)
    if (this.state.running?.release.digest !== running?.release.digest) return
    const now = this.state.running
    this.shown =
      now === null || entry === null ? null : { ref: now.release, confirmed: now.name === 'confirmed', entry }
    this.#deps.changed()
  }

  async #entryOf(ref: ReleaseRef): Promise<string | null> {
    if (this.download?.assignment.digest === ref.digest) return this.download.manifest.entry
    // It was read before: what is on the screen stays there, also when the disk has lost it since.
    if (this.shown?.ref.digest === ref.digest) return this.shown.entry
    const manifest = await readManifest(this.#deps.records, ref.digest).catch(() => null)
    return manifest?.package === this.name ? manifest.entry : null
  }

  /** PR-S17: the counters of another release end as soon as it is no longer the wanted one. */
  #countForWanted(): void {
    const { wanted } = this.state
    if (wanted === null || wanted.digest === this.traffic?.digest) return
    this.traffic = emptyTrafficRecord(wanted)
    void this.#saveTraffic()
  }

  /** The counters outlive the download: one of the same release goes on from here. */
  #noteTraffic(): void {
    if (this.download !== null) this.traffic = this.download.trafficRecord()
  }

  #saveTrafficSoon(): void {
    if (this.#trafficTimer !== null || this.#stopped) return
    this.#trafficTimer = this.#deps.platform.setTimer(TRAFFIC_SAVE_MS, () => void this.#saveTraffic())
  }

  async #saveTraffic(): Promise<void> {
    this.#trafficTimer?.()
    this.#trafficTimer = null
    this.#noteTraffic()
    if (this.traffic === null) return
    // Counts only: a disk that does not take them has told so for the chunks already.
    await this.#deps.records.setMany([[recordKeys.traffic(this.name), this.traffic]]).catch(() => {})
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error)).slice(0, 300)
