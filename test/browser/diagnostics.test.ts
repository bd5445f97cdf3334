/**
 * The diagnostics: each check is made to fail once in a real browser and names its remedy for Chromium and Firefox; the report
 * reaches the administrator when asked for, and when somebody runs the checks on the device. The cases are generated from
 * the list of checks: a new one without a case fails here.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { allChecks } from '../../client/kiosk-page/diagnostics/checks.ts'
import type { PackageStatus } from '../../protocol/device-status.ts'
import type { DiagnosticsReport } from '../../protocol/diagnostics.ts'
import { findChromium } from '../../scripts/find-browsers.mjs'
import { seriousFindings } from '../support/axe-check.ts'
import { assertNothingLeaks, temporaryDirectory, withCleanup } from '../support/cleanup.ts'
import { plainStorage } from '../support/default-fields.ts'
import { writeTestPackage } from '../support/test-packages.ts'
import { assignPackages, startTestSite, type TestSite, until } from '../support/test-site.ts'

interface Breakage {
  readonly args?: readonly string[]
  readonly initScript?: () => void
  /** Called with the page before it goes to the diagnostics. */
  readonly prepare?: (page: Page, context: BrowserContext, origin: string) => Promise<unknown>
  readonly host?: string
}

interface Case extends Breakage {
  readonly state: 'note' | 'bad'
  /** What the remedy has to name for Chromium, and for Firefox. */
  readonly mend: readonly [RegExp, RegExp]
}

after(() => assertNothingLeaks())

/** What breaks each check, without touching any other part of the machine. */
const cases: Readonly<Record<string, Case>> = {
  'secure-context': {
    args: ['--host-resolver-rules=MAP larder.test 127.0.0.1'],
    host: 'larder.test',
    state: 'bad',
    mend: [/OverrideSecurityRestrictionsOnInsecureOrigin/, /https.*Firefox/s],
  },
  // A fresh profile in which the kiosk page was never opened.
  'service-worker': {
    state: 'bad',
    mend: [/CookiesAllowedForUrls/, /dom\.serviceWorkers\.enabled/],
  },
  indexeddb: {
    initScript: () => {
      IDBFactory.prototype.open = () => {
        throw new DOMException('The user denied permission to access the database.', 'SecurityError')
      }
    },
    state: 'bad',
    mend: [/CookiesAllowedForUrls/, /Cookies with Allow \(Firefox\)/],
  },
  persistence: { state: 'note', mend: [/NotificationsAllowedForUrls/, /Firefox: allow persistent storage/] },
  quota: {
    prepare: async (page, context, origin) => {
      await page.goto(`${origin}/healthz`)
      const cdp = await context.newCDPSession(page)
      await cdp.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 3_000_000 })
    },
    state: 'bad',
    mend: [/--user-data-dir/, /fixedLimit/],
  },
  signatures: {
    initScript: () => {
      Object.assign(SubtleCrypto.prototype, {
        generateKey: () => Promise.reject(new DOMException('Unrecognized name.', 'NotSupportedError')),
      })
    },
    state: 'bad',
    mend: [/Chromium from 137/, /Firefox from 129/],
  },
  unpacking: {
    initScript: () => {
      Reflect.deleteProperty(globalThis, 'WebAssembly')
    },
    state: 'bad',
    mend: [/DefaultJavaScriptJitSetting/, /javascript\.options\.wasm/],
  },
  webrtc: {
    initScript: () => {
      Reflect.deleteProperty(window, 'RTCPeerConnection')
    },
    state: 'bad',
    mend: [/Chromium/, /media\.peerconnection\.enabled/],
  },
  candidates: { state: 'note', mend: [/WebRtcLocalIpsAllowedUrls/, /obfuscate_host_addresses/] },
  'local-network': {
    prepare: async (page, context, origin) => {
      const cdp = await context.newCDPSession(page)
      const permission = { name: 'local-network-access' }
      await cdp.send('Browser.setPermission', { permission, setting: 'denied', origin })
    },
    state: 'bad',
    mend: [/LocalNetworkAccessAllowedForUrls/, /LocalNetworkAccess with Enabled = false \(Firefox\)/],
  },
  clock: {
    initScript: () => {
      const now = Date.now.bind(Date)
      Date.now = () => now() - 365 * 24 * 3600 * 1000
    },
    state: 'note',
    mend: [/NTP/, /Firefox/],
  },
  cookies: {
    initScript: () => {
      for (let part = 0; part < 13; part++)
        // biome-ignore lint/suspicious/noDocumentCookie: what apps do
        document.cookie = `part${part}=${'x'.repeat(4000)}; path=/`
    },
    state: 'bad',
    mend: [/localStorage.*Chromium/, /Firefox.*large_client_header_buffers/],
  },
  signaling: {
    prepare: page => page.routeWebSocket(/\/signal$/, socket => socket.close()),
    state: 'bad',
    mend: [/proxy_http_version/, /cable/],
  },
  kiosk: { state: 'note', mend: [/Open the kiosk page/, /Open the kiosk page/] },
  peer: {
    prepare: (_, context, origin) => playKiosk(context, origin, 'stores-not-answering'),
    state: 'bad',
    mend: [/WebRtcLocalIpsAllowedUrls/, /obfuscate_host_addresses/],
  },
}

/** Another page of this browser that answers as the kiosk does. */
async function playKiosk(
  context: BrowserContext,
  origin: string,
  reason: PackageStatus['reason'],
): Promise<void> {
  const kiosk = await context.newPage()
  await kiosk.goto(`${origin}/healthz`)
  const status = {
    deviceId: 'd-00',
    connection: 'online',
    storage: plainStorage,
    peers: [],
    packages: [{ reason }],
  }
  const view = { enrolment: { state: 'enrolled', name: 'Lobby', site: 'shop' }, storage: 'disk', status }
  await kiosk.evaluate(answer => {
    const channel = new BroadcastChannel('larder-view')
    channel.onmessage = ({ data }) => {
      if (data.type === 'hello') channel.postMessage({ type: 'view', view: answer })
    }
  }, view)
}

/** The diagnostics page of a browser that is broken in this way, when it has run every check. */
async function openDiagnostics(t: TestContext, site: TestSite, breakage: Breakage): Promise<Page> {
  const profile = await temporaryDirectory(t)
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: (await findChromium()) ?? '',
    args: [...(breakage.args ?? [])],
  })
  withCleanup(t).defer(() => context.close())
  const url = new URL('diagnostics', site.server.kioskUrl)
  if (breakage.host) url.hostname = breakage.host
  const page = context.pages()[0] ?? (await context.newPage())
  if (breakage.initScript) await page.addInitScript(breakage.initScript)
  await breakage.prepare?.(page, context, url.origin)
  await page.goto(url.href)
  await page.getByRole('heading', { level: 1, name: /mended|can run Larder/ }).waitFor({ timeout: 60_000 })
  return page
}

const reportOn = (page: Page) =>
  page
    .locator('larder-diagnostics')
    .evaluate(element => Reflect.get(element, 'report') as DiagnosticsReport | null)

test('Seen 10 each check fails once and names its remedy', async t => {
  const site = await startTestSite(t)
  assert.deepEqual(Object.keys(cases).sort(), allChecks.map(({ id }) => id).sort(), 'a case for every check')
  for (const { id, title } of allChecks) {
    const broken = cases[id]
    assert.ok(broken)
    await t.test(`${id}: ${title}`, async tt => {
      const page = await openDiagnostics(tt, site, broken)
      const finding = (await reportOn(page))?.findings.find(candidate => candidate.id === id)
      assert.equal(finding?.state, broken.state, JSON.stringify(finding))
      for (const remedy of broken.mend) assert.match(finding?.mend ?? '', remedy)
      const row = page.locator(`[data-check=${id}]`)
      assert.ok(((await row.textContent()) ?? '').includes(finding?.mend ?? '?'), 'the page shows it')
    })
  }

  await t.test('candidates: good where the browser offers addresses, bad where it offers none', async tt => {
    const open = await openDiagnostics(tt, site, { args: ['--disable-features=WebRtcHideLocalIpsWithMdns'] })
    const stateOn = async (page: Page) =>
      (await reportOn(page))?.findings.find(({ id }) => id === 'candidates')?.state
    assert.equal(await stateOn(open), 'good')
    const none = await openDiagnostics(tt, site, {
      args: ['--force-webrtc-ip-handling-policy=disable_non_proxied_udp'],
    })
    assert.equal(await stateOn(none), 'bad')
  })
})

test('a device runs its checks when an administrator asks, undisturbed, and when somebody opens the page on it', async t => {
  const site = await startTestSite(t)
  const app = await writeTestPackage(join(site.root, 'app'), { title: 'App 1' })
  await site.publish(app, '1.0.0')
  await assignPackages(site, 'lobby')
  const kiosk = await site.open({ role: 'kiosk' })
  await kiosk.untilRuns(1, 'App 1')
  const { page, context } = kiosk.browser
  const frame = page.frameLocator('iframe.shown').locator('body')
  await frame.evaluate(() => Object.assign(window, { untouched: true }))
  const deviceId = (await kiosk.status())?.deviceId ?? ''
  const path = `api/devices/${deviceId}`
  const reported = async () => {
    const view = (await (await site.api(path)).json()) as {
      diagnostics: (DiagnosticsReport & { receivedAt: string }) | null
    }
    return view.diagnostics
  }
  assert.equal(await reported(), null)
  const asked = await site.api(`${path}/diagnose`, { method: 'POST' })
  assert.equal(asked.ok, true, await asked.text())
  const first = await until('the report has come', reported)
  const states = Object.fromEntries(first.findings.map(({ id, state }) => [id, state]))
  assert.deepEqual(
    first.findings.map(({ id }) => id),
    allChecks.map(({ id }) => id),
  )
  for (const id of ['secure-context', 'service-worker', 'indexeddb', 'webrtc', 'clock', 'signaling', 'kiosk'])
    assert.equal(states[id], 'good', `${id}: ${JSON.stringify(first.findings)}`)
  assert.equal(await frame.evaluate(() => Reflect.get(window, 'untouched')), true, 'the app was left alone')

  const diagnostics = await context.newPage()
  await diagnostics.goto(new URL('diagnostics', site.server.kioskUrl).href)
  await until('the page’s report has come', async () => (await reported())?.checkedAt !== first.checkedAt)
  await diagnostics.getByRole('heading', { level: 1, name: 'This device can run Larder' }).waitFor()
  assert.deepEqual(await seriousFindings(diagnostics), [])

  const saved = diagnostics.waitForEvent('download')
  await diagnostics.getByRole('button', { name: 'Save as JSON' }).click()
  const text = await (await saved).createReadStream().then(stream => stream.toArray())
  assert.deepEqual(JSON.parse(Buffer.concat(text).toString()), await reportOn(diagnostics))
})
