/**
 * Performs one package's life: loads and verifies manifests, runs the download, keeps the record that says what is
 * active. What a release may become, and when, is decided in `machines/package-life.ts`.
 */

import type { Role } from '../../policy/windows.ts'
import type { Assignment } from '../../protocol/assignment.ts'
import type { TrustedKey } from '../../protocol/keys.ts'
import type { Manifest } from '../../protocol/manifest.ts'
import type { DeviceEventKind } from '../../protocol/signal/up.ts'
import { verifySignedManifest } from '../../protocol/signed-manifest.ts'
import { readManifest } from '../content/stored-release.ts'
import {
  awaitsManifest,
  createPackage,
  type PackageEffect,
  type PackageEvent,
  type PackageState,
  packageWakeAt,
  stepPackage,
} from '../machines/package-life.ts'
import type { KioskOptions } from '../options.ts'
import type { OriginClient, Platform, RecordStore } from '../ports.ts'
import { type PackageRecord, type ReleaseRef, recordKeys, type TrafficRecord } from '../records.ts'
import { type DownloadDeps, DownloadRunner } from './download-runner.ts'
import type { PackageView } from './status.ts'
import { WakeTimer } from './timer.ts'

/** Byte counts are saved at most this often while chunks arrive. */
const TRAFFIC_SAVE_MS = 1_000

export interface PackageDeps {
  readonly platform: Platform
  readonly options: KioskOptions
  readonly records: RecordStore
  readonly origin: OriginClient
  readonly trustedKeys: () => readonly TrustedKey[]
  /** Whether the page shows this package, or would as soon as it has a release. */
  readonly onScreen: (packageName: string) => boolean
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
  readonly collectGarbage: () => void
  /** Releases that may be served to others, or their manifests, changed. */
  readonly sharesChanged: () => void
  readonly changed: () => void
}

export class PackageRunner {
  readonly name: string
  state: PackageState
  download: DownloadRunner | null = null
  /** What the saved record says runs: the page shows this and never a pointer that is not on the disk. */
  shown: { readonly ref: ReleaseRef; readonly confirmed: boolean; readonly entry: string } | null = null
  traffic: TrafficRecord | null = null
  readonly #deps: PackageDeps
  readonly #timer: WakeTimer
  #trafficTimer: (() => void) | null = null
  #manifestAbort = new AbortController()
  #saving: Promise<void> = Promise.resolve()
  #stopped = false

  constructor(deps: PackageDeps, record: PackageRecord, traffic: TrafficRecord | null) {
    this.#deps = deps
    this.name = record.package
    this.state = createPackage(record)
    this.traffic = traffic
    this.#timer = new WakeTimer(deps.platform, () => this.dispatch({ type: 'wake' }))
  }

  /** Shows what the record says and goes on with an unconfirmed release's trial. */
  async start(): Promise<void> {
    this.dispatch({ type: 'started', onScreen: this.#deps.onScreen(this.name) })
    await this.#show(this.state.record)
  }

  stop(): void {
    this.#stopped = true
    this.#timer.set(null)
    this.#trafficTimer?.()
    this.#manifestAbort.abort()
    this.download?.stop()
  }

  /** As the status tells it. */
  view(): PackageView {
    const { state, download, traffic } = this
    return { state, download: download?.state ?? null, checking: download?.checking ?? false, traffic }
  }

  /** Resolves when everything decided so far is on the disk. */
  saved(): Promise<void> {
    return this.#saving
  }

  assign(assignment: Assignment | null): void {
    const sameRelease = assignment !== null && this.download?.assignment.digest === assignment.digest
    this.dispatch({ type: 'assigned', assignment })
    if (sameRelease) this.download?.updatePolicy(this.#deps.self().role, assignment)
  }

  dispatch(event: PackageEvent): void {
    if (this.#stopped) return
    const { state, effects } = stepPackage(
      this.state,
      event,
      this.#deps.platform.monotonicMs(),
      this.#deps.options,
    )
    this.state = state
    this.#timer.set(packageWakeAt(state))
    for (const effect of effects) this.#perform(effect)
    this.#deps.changed()
  }

  #perform(effect: PackageEffect): void {
    switch (effect.type) {
      case 'load-manifest':
        this.download?.stop()
        this.download = null
        this.#manifestAbort.abort()
        this.#manifestAbort = new AbortController()
        return void this.#loadManifest(effect.assignment, effect.highestRelease, this.#manifestAbort.signal)
      case 'stop-download':
        this.download?.stop()
        this.download = null
        return this.#deps.sharesChanged()
      case 'save':
        return this.#save(effect.record)
      case 'report':
        return this.#deps.report(effect.kind, this.name, effect.release, effect.detail)
      case 'collect-garbage':
        return this.#deps.collectGarbage()
    }
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
    const answer = await origin.manifest(digest, abort)
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
    const isNew = this.traffic?.digest !== assignment.digest
    const { deviceId, role } = this.#deps.self()
    const deps: DownloadDeps = {
      ...this.#deps.download,
      report: (kind, detail, peer) => this.#deps.report(kind, this.name, assignment.release, detail, peer),
      completed: release => void this.#completed(release),
      changed: () => {
        this.#saveTrafficSoon()
        this.#deps.changed()
      },
    }
    const download = new DownloadRunner(deps, wanted, manifest, role, deviceId, this.traffic)
    this.download = download
    this.traffic = { digest: assignment.digest, ...download.state.traffic }
    this.dispatch({ type: 'manifest-accepted', digest: assignment.digest })
    // What is on the disk before the first fetched chunk is there can be told from it only if this is saved first.
    if (isNew) await this.#saveTraffic()
    await download.start(isNew)
    this.#deps.sharesChanged()
  }

  async #completed(digest: string): Promise<void> {
    await this.#saveTraffic()
    this.dispatch({ type: 'downloaded', digest, onScreen: this.#deps.onScreen(this.name) })
  }

  #save(record: PackageRecord): void {
    this.#saving = this.#saving.then(async () => {
      try {
        await this.#deps.records.setMany([[recordKeys.package(this.name), record]])
      } catch (error) {
        this.#deps.report('storage-failed', this.name, record.active?.release ?? null, messageOf(error))
      }
      await this.#show(record)
    })
  }

  /** The entry page is in the manifest; a record whose manifest is gone shows nothing until it is here again. */
  async #show(record: PackageRecord): Promise<void> {
    const ref = record.active
    const entry = ref === null ? null : await this.#entryOf(ref)
    this.shown = ref === null || entry === null ? null : { ref, confirmed: record.confirmed, entry }
    this.#deps.changed()
  }

  async #entryOf(ref: ReleaseRef): Promise<string | null> {
    if (this.download?.assignment.digest === ref.digest) return this.download.manifest.entry
    // It was read before: what is on the screen stays there, also when the disk has lost it since.
    if (this.shown?.ref.digest === ref.digest) return this.shown.entry
    const manifest = await readManifest(this.#deps.records, ref.digest).catch(() => null)
    return manifest?.package === this.name ? manifest.entry : null
  }

  #saveTrafficSoon(): void {
    if (this.#trafficTimer !== null || this.#stopped) return
    this.#trafficTimer = this.#deps.platform.setTimer(TRAFFIC_SAVE_MS, () => void this.#saveTraffic())
  }

  async #saveTraffic(): Promise<void> {
    this.#trafficTimer?.()
    this.#trafficTimer = null
    if (this.download === null) return
    const { fromStores, fromServer, reused } = this.download.state.traffic
    this.traffic = { digest: this.download.assignment.digest, fromStores, fromServer, reused }
    // Counts only: a disk that does not take them has told so for the chunks already.
    await this.#deps.records.setMany([[recordKeys.traffic(this.name), this.traffic]]).catch(() => {})
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error)).slice(0, 300)
