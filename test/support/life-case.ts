/** One update in a browser of its own: site, profile and package bear the case's name, so that many share one server. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { PackageStatus } from '../../protocol/device-status.ts'
import { type Behaviour, titleOf, writeLifeRelease } from './life-packages.ts'
import { type OpenDeviceOptions, type TestDevice, type TestSite, until } from './test-site.ts'

export interface LifeCaseOptions {
  readonly browser?: OpenDeviceOptions['browser']
  readonly initScript?: string
  /** As `larder package takeover` takes them. */
  readonly confirm?: string
  readonly activate?: string
}

export class LifeCase {
  readonly #site: TestSite
  readonly name: string
  readonly device: TestDevice
  readonly #deviceId: string

  private constructor(site: TestSite, name: string, device: TestDevice, deviceId: string) {
    this.#site = site
    this.name = name
    this.device = device
    this.#deviceId = deviceId
  }

  /** A kiosk that runs release 1, confirmed. */
  static async begin(site: TestSite, name: string, options: LifeCaseOptions = {}): Promise<LifeCase> {
    const { browser, initScript } = options
    await site.larder('site', 'create', name, '--time-zone', 'Europe/Berlin')
    const directory = await writeLifeRelease(join(site.root, name, '1'), 1, 'works')
    await site.publish(directory, '1.0.0', name)
    await site.larder('profile', 'create', name, '--site', name, '--package', name)
    const device = await site.open({
      role: 'kiosk',
      site: name,
      ...(browser && { browser }),
      ...(initScript !== undefined && { initScript }),
    })
    await device.untilRuns(1, titleOf(1), name)
    await device.untilPackage('release 1 is confirmed', ({ update }) => update === 'confirmed', name)
    const status = await device.status()
    const begun = new LifeCase(site, name, device, status?.deviceId ?? '')
    if (options.activate) await begun.takeover('--activate', options.activate)
    if (options.confirm) await begun.takeover('--confirm', options.confirm)
    return begun
  }

  takeover(...args: string[]): Promise<string> {
    return this.#site.larder('package', 'takeover', this.name, '--profile', this.name, ...args)
  }

  windows(...args: string[]): Promise<string> {
    return this.#site.larder('package', 'windows', this.name, '--profile', this.name, ...args)
  }

  async publish(release: number, behaviour: Behaviour, weightBytes = 0): Promise<void> {
    const folder = join(this.#site.root, this.name, String(release))
    await this.#site.publish(
      await writeLifeRelease(folder, release, behaviour, weightBytes),
      `1.${release}.0`,
      this.name,
    )
  }

  retry(): Promise<string> {
    return this.#site.larder('device', 'retry', this.#deviceId, '--package', this.name)
  }

  untilState(update: PackageStatus['update'], release = 2): Promise<PackageStatus> {
    return this.device.untilPackage(
      `${this.name}: release ${release} is ${update}`,
      status => status.wantedRelease === release && status.update === update,
      this.name,
    )
  }

  /** Waits until the screen shows one of these releases, whole, and tells which. */
  untilShown(...releases: number[]): Promise<number> {
    return until(`${this.name}: the screen shows release ${releases.join(' or ')}`, async () => {
      const title = await this.device.browser.appTitle()
      assert.doesNotMatch(title ?? '', /mixed/)
      return releases.find(release => title === titleOf(release))
    })
  }

  /** Details of what the device reported as rolled back, in order. */
  async rolledBack(): Promise<string[]> {
    const response = await this.#site.api(`api/devices/${this.#deviceId}`)
    const { events } = (await response.json()) as { events: { kind: string; detail: string; at: string }[] }
    return events
      .toSorted((a, b) => a.at.localeCompare(b.at))
      .flatMap(({ kind, detail }) => (kind === 'release-rolled-back' ? detail : []))
  }

  /** Waits until release 1 is back, release `failed` is given up, and the administrator knows why. */
  async untilGoneBack(reason: string, failed = 2): Promise<void> {
    const status = await this.untilState('failed', failed)
    assert.equal(status.activeRelease, 1)
    assert.match(status.detail, new RegExp(`\\(${reason}\\)`))
    await this.untilShown(1)
    const detail = new RegExp(`^1\\.${failed}\\.0 failed \\(${reason}\\)`)
    await until(`${this.name}: the server knows of it`, async () =>
      (await this.rolledBack()).some(text => detail.test(text)),
    )
  }

  /** Sets an item of the page's own storage, which lasts over a kill. */
  async setItem(key: string, value: string | null): Promise<void> {
    await this.device.browser.page.evaluate(
      ([name, text]) => (text === null ? localStorage.removeItem(name) : localStorage.setItem(name, text)),
      [key, value] as const,
    )
  }
}
