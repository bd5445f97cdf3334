/**
 * A site behind a slow uplink: how long until the last kiosk runs a release, and how many bytes crossed the uplink, against the
 * same bytes over plain HTTP to one browser and to each, and over WebTorrent.
 *
 * Larder's chunk bytes are the origin's own count; those of all packets are the shaped link's.
 */
import { rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Bench, BenchContext } from '../support/bench-context.ts'
import { chromiumPath, type Kiosk, openKiosk, openPage } from '../support/browsers.ts'
import { Administrator, startLarderServer } from '../support/larder-server.ts'
import { openSiteNetwork, type SiteNetwork } from '../support/network/site-network.ts'
import { randomBytes, writeRandomPackage } from '../support/random-package.ts'
import { startStaticServer } from '../support/static-server.ts'
import { median, ratiosWithinRounds } from '../support/statistics.ts'
import type { Delivery } from './delivery.ts'
import { openSiteSwarm } from './webtorrent.ts'

const PACKAGE = 'bench'
const MB = 1_000_000

export const bench: Bench = {
  title: 'a site behind a slow uplink, against plain HTTP and WebTorrent',
  rounds: 3,
  settings: {
    megabytes: 30,
    stores: 1,
    kiosks: 8,
    downMbits: 20,
    upMbits: 5,
    delayMs: 20,
    each: 'yes',
    webtorrent: 'yes',
  },
  run,
}

interface LarderDelivery extends Delivery {
  readonly encodedBytes: number
  /** As the origin counts them. */
  readonly chunkBytes: number
}

async function run(context: BenchContext) {
  const stores = context.number('stores')
  const kiosks = context.number('kiosks')
  const network = await openSiteNetwork({
    hosts: stores + kiosks,
    downMbits: context.number('downMbits'),
    upMbits: context.number('upMbits'),
    delayMs: context.number('delayMs'),
    scratch: context.scratch,
  })
  context.onClose(() => network.close())

  const site = await openSite(context, network, stores, kiosks)
  const http = await openDownloads(context, network, stores, kiosks)
  const swarm =
    context.settings.webtorrent === 'yes'
      ? await openSiteSwarm(context, network, {
          folder: http.folder,
          port: http.port,
          hosts: stores + kiosks,
        })
      : null
  const larder: LarderDelivery[] = []
  const one: Delivery[] = []
  const each: Delivery[] = []
  const webtorrent: Delivery[] = []
  for (let round = 0; round < context.rounds; round++) {
    const release = await site.deliver(context.number('megabytes') * MB, `1.0.${round}`)
    context.log(
      `round ${round + 1}: Larder ${release.seconds.toFixed(1)} s, ${release.chunkBytes} chunk bytes`,
    )
    larder.push(release)
    one.push(await http.deliver(release.encodedBytes, 1))
    context.log(`round ${round + 1}: HTTP to one ${one.at(-1)?.seconds.toFixed(1)} s`)
    if (context.settings.each === 'yes') {
      each.push(await http.deliver(release.encodedBytes, kiosks))
      context.log(`round ${round + 1}: HTTP to each ${each.at(-1)?.seconds.toFixed(1)} s`)
    }
    if (swarm !== null) {
      webtorrent.push(await swarm.deliver(release.encodedBytes))
      context.log(`round ${round + 1}: WebTorrent ${webtorrent.at(-1)?.seconds.toFixed(1)} s`)
    }
  }

  const seconds = (all: readonly Delivery[]) => all.map(delivery => delivery.seconds)
  const copies = larder.map(({ chunkBytes, encodedBytes }) => chunkBytes / encodedBytes)
  const measures = [
    { name: `Larder: last of ${kiosks} kiosks runs it`, unit: 's', values: seconds(larder) },
    { name: 'HTTP: one browser has it', unit: 's', values: seconds(one) },
    { name: `HTTP: last of ${kiosks} browsers has it`, unit: 's', values: seconds(each) },
    { name: `WebTorrent: last of ${stores + kiosks} has it`, unit: 's', values: seconds(webtorrent) },
    { name: 'Larder: chunk bytes / encoded size', unit: '×', values: copies },
    { name: 'Larder: bytes on the link', unit: 'MB', values: larder.map(d => d.linkBytes / MB) },
    { name: 'HTTP to one: bytes on the link', unit: 'MB', values: one.map(d => d.linkBytes / MB) },
    { name: 'HTTP to each: bytes on the link', unit: 'MB', values: each.map(d => d.linkBytes / MB) },
    { name: 'WebTorrent: bytes on the link', unit: 'MB', values: webtorrent.map(d => d.linkBytes / MB) },
    { name: 'Larder: CPU of all browsers', unit: 's', values: larder.map(d => d.cpuSeconds) },
    { name: 'WebTorrent: CPU of all browsers', unit: 's', values: webtorrent.map(d => d.cpuSeconds) },
  ]
  return {
    measures: measures.filter(({ values }) => values.length > 0),
    targets: [
      {
        name: 'chunk bytes over the uplink / encoded size',
        value: median(copies),
        unit: '×',
        bound: { atMost: 1.02 },
      },
      {
        name: `last of ${kiosks} kiosks / one HTTP download`,
        value: median(ratiosWithinRounds(seconds(larder), seconds(one))),
        unit: '×',
        bound: { atMost: 1.1 },
      },
    ],
    notes: [
      `${larder[0]?.encodedBytes} encoded bytes, incompressible; ${stores + kiosks} Chromium processes share this machine's cores.`,
      'Every device runs an earlier release, so links between them are there. Time runs from the moment the release is assigned until the last kiosk reports that it runs it: verified, stored, shown.',
      'WebTorrent gets all devices, a tracker and a web seed at the origin, and keeps the pieces in memory; nothing is shown. While it and HTTP run, the idle browsers of Larder stay open.',
    ],
  }
}

/** The server at the origin, every device a browser on its own host of the site, all online with an empty profile. */
async function openSite(context: BenchContext, network: SiteNetwork, stores: number, kiosks: number) {
  const server = await startLarderServer({
    data: path.join(context.scratch, 'data'),
    host: '0.0.0.0',
    adminHost: '0.0.0.0',
    adminName: network.originAdminAddress,
    prefix: network.atOrigin,
  })
  context.onClose(() => server.end())
  const admin = await Administrator.of(server)
  await admin.larder('site', 'create', 'shop', '--time-zone', 'Europe/Berlin')
  // Plain HTTP is a secure context only for names of this kind; in production there is TLS.
  const origin = `http://origin.localhost:${new URL(server.kioskUrl).port}`
  const links = {
    store: await admin.enrolmentLink('shop', 'store', stores),
    kiosk: await admin.enrolmentLink('shop', 'kiosk', kiosks),
  }
  const devices: Kiosk[] = []
  for (let host = 1; host <= stores + kiosks; host++) {
    const role = host <= stores ? 'store' : 'kiosk'
    const { pathname, search } = new URL(links[role])
    const executablePath = await network.browserIn(host, await chromiumPath())
    const args = [`--host-resolver-rules=MAP origin.localhost ${network.originAddress}`]
    const kiosk = await openKiosk(
      context,
      { name: `${role}-${host}`, executablePath, args },
      `${origin}${pathname}${search}`,
    )
    await kiosk.untilOnline()
    devices.push(kiosk)
  }
  context.log(`${devices.length} devices are online`)

  const cpuSeconds = async () => {
    const usages = await Promise.all(devices.map(device => device.usage()))
    return usages.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / 1000
  }

  async function deliver(bytes: number, version: string): Promise<LarderDelivery> {
    const folder = path.join(context.scratch, `package-${version}`)
    await writeRandomPackage(folder, { bytes, fileBytes: 5 * MB, seed: `site ${version}` })
    const { release, encodedBytes } = await admin.publish(folder, PACKAGE, version)
    await rm(folder, { recursive: true })
    // The pages say it by themselves: nine that are asked many times a second have little time for anything else.
    const arrivals = devices.map(({ page }) => page.evaluate(whenActive, release))
    const before = { link: await network.stats(), sent: await admin.stats(), cpu: await cpuSeconds() }
    const startedAt = performance.now()
    await admin.call('PUT', 'api/profiles/screens', {
      sites: ['shop'],
      packages: [{ package: PACKAGE, release }],
    })
    await Promise.all(arrivals.slice(stores))
    const seconds = (performance.now() - startedAt) / 1000
    await Promise.all(arrivals)
    const after = { link: await network.stats(), sent: await admin.stats(), cpu: await cpuSeconds() }
    return {
      seconds,
      encodedBytes,
      chunkBytes: after.sent.chunkBytesSent - before.sent.chunkBytesSent,
      linkBytes: after.link.down.bytes - before.link.down.bytes,
      cpuSeconds: after.cpu - before.cpu,
    }
  }
  // As in a shop, where screens run something already: links are there, and the next release is not the first.
  await deliver(100_000, 'before')
  return { deliver }
}

interface StatusWindow {
  readonly larder: {
    subscribe(
      listener: (status: { packages: { activeRelease: number | null; phase: string }[] }) => void,
    ): () => void
  }
}

/** Runs in the page: resolves when the release is whole and on the screen. */
function whenActive(release: number): Promise<void> {
  return new Promise(resolve => {
    const unsubscribe = (globalThis as unknown as StatusWindow).larder.subscribe(({ packages }) => {
      const [only] = packages
      if (only?.activeRelease !== release || only.phase !== 'active') return
      resolve()
      queueMicrotask(() => unsubscribe())
    })
  })
}

/** The same number of bytes from a plain HTTP server at the origin, read to the end by pages on the kiosks' hosts. */
async function openDownloads(context: BenchContext, network: SiteNetwork, stores: number, kiosks: number) {
  const folder = path.join(context.scratch, 'www')
  await writeRandomPackage(folder, { bytes: 1, fileBytes: 1, seed: 'page' })
  const server = await startStaticServer(folder, network.originAddress, network.atOrigin)
  context.onClose(() => server.close())
  const origin = `http://${network.originAddress}:${server.port}`

  async function deliver(bytes: number, browsers: number): Promise<Delivery> {
    await writeFile(path.join(folder, 'package.bin'), randomBytes('http')(bytes))
    const opened = []
    for (let at = 0; at < browsers; at++) {
      const executablePath = await network.browserIn(stores + 1 + (at % kiosks), await chromiumPath())
      opened.push(await openPage(context, { name: `http-${at}`, executablePath }, `${origin}/index.html`))
    }
    const before = await network.stats()
    const cpuBefore = await Promise.all(opened.map(({ usage }) => usage()))
    const startedAt = performance.now()
    const lengths = await Promise.all(opened.map(({ page }) => page.evaluate(readWhole, '/package.bin')))
    const seconds = (performance.now() - startedAt) / 1000
    const wrong = lengths.find(length => length !== bytes)
    if (wrong !== undefined) throw new Error(`a browser got ${wrong} of ${bytes} bytes`)
    const after = await network.stats()
    const cpuAfter = await Promise.all(opened.map(({ usage }) => usage()))
    await Promise.all(opened.map(({ close }) => close()))
    const cpuMs = cpuAfter.reduce((sum, usage, at) => sum + usage.cpuMs - (cpuBefore[at]?.cpuMs ?? 0), 0)
    return { seconds, linkBytes: after.down.bytes - before.down.bytes, cpuSeconds: cpuMs / 1000 }
  }
  return { deliver, folder, port: server.port }
}

/** Runs in the page. */
async function readWhole(address: string): Promise<number> {
  const reader = (await fetch(address)).body?.getReader()
  let length = 0
  for (;;) {
    const piece = await reader?.read()
    if (!piece?.value) return length
    length += piece.value.byteLength
  }
}
