/**
 * A whole Larder for browser tests: a real server process on a real data directory, set up with the real commands, and
 * devices in browser processes of their own. Tests wait for conditions with `until`, never for time.
 */
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { DeviceStatus, PackageStatus } from '../../protocol/device-status.ts'
import { findChromium } from '../../scripts/find-browsers.mjs'
import { runCli } from '../../signal-server/cli/program.ts'
import { type KioskBrowser, openKioskBrowser } from '../../signal-server/demo/kiosk-browser.ts'
import { temporaryDirectory, withCleanup } from './cleanup.ts'
import { type LarderServer, startLarder } from './larder-process.ts'
import { until } from './until.ts'

export { until }

export interface OpenDeviceOptions {
  readonly role: 'store' | 'kiosk' | 'auto'
  readonly site?: string
  /** A browser of another kind than Chromium, and its path. */
  readonly browser?: { readonly engine: 'chromium' | 'firefox'; readonly executablePath: string }
  readonly args?: readonly string[]
  /** Runs in the page before its own scripts: for devices that lie. */
  readonly initScript?: string
  /** Bytes per second the page may fetch over HTTP, so that a test can act in the middle. Chromium only. */
  readonly downloadBytesPerSecond?: number
  /** Folder of the browser's profile, for a disk of its own; a temporary one otherwise. */
  readonly profile?: string
}

/** Package, profile, site: `lobby`, `screens`, `shop` unless a test says otherwise. */
export class TestSite {
  readonly #t: TestContext
  readonly #chromiumPath: string
  readonly root: string
  server: LarderServer
  token = ''

  constructor(t: TestContext, root: string, server: LarderServer, chromiumPath: string) {
    this.#t = t
    this.root = root
    this.server = server
    this.#chromiumPath = chromiumPath
  }

  get dataDirectory(): string {
    return join(this.root, 'data')
  }

  /** Runs a command as an administrator would and gives back what it printed; fails if it fails. */
  async larder(...args: string[]): Promise<string> {
    let out = ''
    let err = ''
    const code = await runCli(args, {
      out: text => {
        out += text
      },
      err: text => {
        err += text
      },
      outliveOutput: () => undefined,
      isWatched: false,
      env: { ...process.env, LARDER_URL: this.server.adminUrl, LARDER_TOKEN: this.token },
      now: () => Date.now(),
    })
    assert.equal(code, 0, `larder ${args.join(' ')}: ${err}`)
    return out.trim()
  }

  async api(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = {
      authorization: `Bearer ${this.token}`,
      'content-type': 'application/json',
      ...init.headers,
    }
    return fetch(new URL(path, this.server.adminUrl), { ...init, headers })
  }

  /** Publishes a directory; the release as the command's --json prints it. */
  async publish(directory: string, version: string, packageName = 'lobby', ...more: string[]) {
    const text = await this.larder(
      'publish',
      directory,
      '--package',
      packageName,
      '--version',
      version,
      '--json',
      ...more,
    )
    return JSON.parse(text) as {
      release: number
      digest: string
      encodedBytes: number
      newEncodedBytes: number
    }
  }

  /** Sets the windows of `packageName` in profile `screens`; bounds as the command takes them. */
  async windows(
    bounds: { only?: string; enforce?: string; proxy?: 'on' | 'off' },
    packageName = 'lobby',
  ): Promise<void> {
    const args = ['package', 'windows', packageName, '--profile', 'screens']
    if (bounds.proxy !== undefined) args.push('--proxy', bounds.proxy)
    if (bounds.only !== undefined) args.push('--only-until', bounds.only)
    if (bounds.enforce !== undefined) args.push('--enforce-until', bounds.enforce)
    await this.larder(...args)
  }

  /** Encoded chunk bytes the origin has sent since the server started, by its own count. */
  async originBytes(): Promise<number> {
    const response = await this.api('api/stats')
    return ((await response.json()) as { chunkBytesSent: number }).chunkBytesSent
  }

  async enrolmentLink(role: OpenDeviceOptions['role'], site = 'shop'): Promise<string> {
    return this.larder('enrol', 'create', '--site', site, '--role', role)
  }

  /** Opens a new device in a browser process of its own and enrols it; `link`: as a proxy makes it. */
  async open(options: OpenDeviceOptions, link?: string): Promise<TestDevice> {
    const url = link ?? (await this.enrolmentLink(options.role, options.site))
    const profile = options.profile ?? (await temporaryDirectory(this.#t))
    const device = new TestDevice(this, profile, options, this.#chromiumPath)
    withCleanup(this.#t).defer(() => device.close())
    await device.start(url)
    return device
  }

  /** Opens a new browser on the plain kiosk address, as one does that nobody enrolled. */
  async openWithoutLink(options: OpenDeviceOptions): Promise<TestDevice> {
    const device = new TestDevice(this, await temporaryDirectory(this.#t), options, this.#chromiumPath)
    withCleanup(this.#t).defer(() => device.close())
    await device.start()
    return device
  }

  /** Opens a device and waits until its session with the server is up. */
  async openOnline(options: OpenDeviceOptions): Promise<TestDevice> {
    const device = await this.open(options)
    await device.untilOnline()
    return device
  }

  /** SIGKILL, as a power cut would. */
  async killServer(): Promise<void> {
    await this.server.end('SIGKILL')
  }

  /** A new process on the same data directory and the same ports, with further options of `larder start`. */
  async restartServer(...options: string[]): Promise<void> {
    const { port } = new URL(this.server.kioskUrl)
    const { port: adminPort } = new URL(this.server.adminUrl)
    const args = ['--port', port, '--admin-port', adminPort, ...options]
    this.server = await startLarder(this.#t, this.dataDirectory, args)
  }
}

/** A server with site `shop`, and profile `screens` applied to it. Nothing is published. */
export async function startTestSite(t: TestContext): Promise<TestSite> {
  const chromiumPath = await findChromium()
  assert.ok(chromiumPath, 'a Chromium is needed; npm test gets one')
  const root = await temporaryDirectory(t)
  const server = await startLarder(t, join(root, 'data'))
  const site = new TestSite(t, root, server, chromiumPath)
  site.token = await site.larder('token', 'create', '--data', site.dataDirectory)
  await site.larder('site', 'create', 'shop', '--time-zone', 'Europe/Berlin')
  return site
}

/** Between a fifth and four fifths of the chunks are held: there is something to lose and something to come. */
export function isInTheMiddle({ chunks: { have, total } }: PackageStatus): boolean {
  return have >= 0.2 * total && have <= 0.8 * total && total > 0
}

/** Applies packages to site `shop` through profile `screens`. */
export async function assignPackages(site: TestSite, ...packages: string[]): Promise<void> {
  const options = packages.flatMap(name => ['--package', name])
  await site.larder('profile', 'create', 'screens', '--site', 'shop', ...options)
}

export class TestDevice {
  readonly site: TestSite
  readonly profile: string
  readonly #options: OpenDeviceOptions
  readonly #chromiumPath: string
  #browser: KioskBrowser | null = null
  /** What the page said on its console, newest last. */
  readonly console: string[] = []
  /** URLs of chunks the page asked the origin for. */
  readonly chunkRequests: string[] = []

  constructor(site: TestSite, profile: string, options: OpenDeviceOptions, chromiumPath: string) {
    this.site = site
    this.profile = profile
    this.#options = options
    this.#chromiumPath = chromiumPath
  }

  get browser(): KioskBrowser {
    assert.ok(this.#browser, 'the browser is not running')
    return this.#browser
  }

  /** Starts the browser on its profile; `url`: the enrolment link, or the kiosk page of a device that is enrolled. */
  async start(url = this.site.server.kioskUrl): Promise<void> {
    const { browser, args, initScript, downloadBytesPerSecond } = this.#options
    this.#browser = await openKioskBrowser({
      executablePath: browser?.executablePath ?? this.#chromiumPath,
      engine: browser?.engine ?? 'chromium',
      profileDirectory: this.profile,
      url: initScript === undefined && downloadBytesPerSecond === undefined ? url : 'about:blank',
      ...(args && { args }),
      onConsole: line => this.console.push(line),
    })
    const { page, context } = this.#browser
    page.on('request', request => {
      if (/\/releases\/[0-9a-f]+\/chunks\//.test(request.url())) this.chunkRequests.push(request.url())
    })
    if (initScript !== undefined) await page.addInitScript(initScript)
    if (downloadBytesPerSecond !== undefined) {
      const cdp = await context.newCDPSession(page)
      await cdp.send('Network.enable')
      await cdp.send('Network.emulateNetworkConditions', {
        offline: false,
        latency: 0,
        downloadThroughput: downloadBytesPerSecond,
        uploadThroughput: -1,
      })
    }
    if (page.url() === 'about:blank') await page.goto(url)
  }

  /** Digests of the chunks that this device asked the origin for, over all its lives, in order. */
  chunksAskedOfOrigin(): string[] {
    return this.chunkRequests.map(url => new URL(url).pathname.split('/').at(-1) ?? '')
  }

  async status(): Promise<DeviceStatus | null> {
    return this.#browser === null ? null : this.#browser.status()
  }

  /** The status of one package; null while the device knows nothing of it. */
  async package(name = 'lobby'): Promise<PackageStatus | null> {
    return (await this.status())?.packages.find(candidate => candidate.package === name) ?? null
  }

  async untilOnline(): Promise<DeviceStatus> {
    return until('the device is online', async () => {
      const status = await this.status()
      return status?.connection === 'online' ? status : null
    })
  }

  /** Waits until the device runs a release and shows the app of that title. */
  async untilRuns(release: number, title: string, packageName = 'lobby'): Promise<PackageStatus> {
    const found = await until(`${this.#options.role} runs release ${release} of ${packageName}`, async () => {
      const status = await this.package(packageName)
      return status?.phase === 'active' && status.activeRelease === release ? status : null
    }).catch(async error => {
      throw this.#withWhatItSaid(error, await this.status())
    })
    await until(`the app shows "${title}"`, async () => (await this.browser.appTitle()) === title)
    return found
  }

  /** Waits until the package's status satisfies `test`. */
  async untilPackage(
    condition: string,
    test: (status: PackageStatus) => boolean,
    packageName = 'lobby',
  ): Promise<PackageStatus> {
    let last: PackageStatus | null = null
    return until(condition, async () => {
      last = await this.package(packageName)
      return last !== null && test(last) ? last : null
    }).catch(error => {
      throw this.#withWhatItSaid(error, last)
    })
  }

  /** A new error: reporters print the stack, which a changed message does not reach. */
  #withWhatItSaid(error: Error, status: unknown): Error {
    const lines = [error.message, `status: ${JSON.stringify(status)}`, 'console:', ...this.console.slice(-20)]
    return new assert.AssertionError({ message: lines.join('\n') })
  }

  /** Ends the browser's processes at once, as a power cut would. Linux only. */
  async kill(): Promise<void> {
    const { context } = this.browser
    this.#browser = null
    for (const pid of await processesWith(this.profile)) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It ended by itself in between.
      }
    }
    await until('the browser has ended', async () => (await processesWith(this.profile)).length === 0)
    await context.close().catch(() => {})
  }

  async close(): Promise<void> {
    const browser = this.#browser
    this.#browser = null
    await browser?.close().catch(() => {})
  }
}

/** Processes started with this text in their command line. */
async function processesWith(text: string): Promise<number[]> {
  const pids: number[] = []
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue
    const commandLine = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '')
    if (commandLine.includes(text)) pids.push(Number(entry))
  }
  return pids
}
