/**
 * What an update costs a device that has the version before: real web packages, published to a real server, fetched by a real
 * kiosk in Chromium, against other ways of bringing the same files.
 *
 * Parts and chunks are the origin's own count; with them go the manifest's difference and the patch set, as they travelled. What
 * crossed the wire with all headers and the signaling session is counted by a relay between the two.
 */
import { mkdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { packageViewSchema } from '../../protocol/admin-api.ts'
import { parseWith } from '../../protocol/parse.ts'
import type { Bench, BenchContext } from '../support/bench-context.ts'
import { openKiosk, untilTrue } from '../support/browsers.ts'
import { Administrator, startLarderServer } from '../support/larder-server.ts'
import { median } from '../support/statistics.ts'
import { countBytes } from './count-bytes.ts'
import { fetchPackage } from './fetch-package.ts'
import { casync, changedFilesGzipped, wholeCompressed, zstdPatch } from './other-ways.ts'
import { type Pair, pairs } from './pairs.ts'

const KB = 1000
const PACKAGE = 'bench'
/** A patch of a hundred megabytes takes its time on two cores. */
const MAKING_TIMEOUT_MS = 900_000

export const bench: Bench = {
  title: 'what an update costs a device that has the version before',
  rounds: 1,
  settings: { only: '' },
  run,
}

interface Cost {
  readonly pair: Pair
  /** Parts and chunks, as the origin counts them. */
  readonly originBytes: number
  /** With the manifest's difference and the patch set. */
  readonly allBytes: number
  /** Everything that crossed the wire to the device meanwhile. */
  readonly wireBytes: number
  readonly makingSeconds: number
  readonly chunkBytes: number
  readonly wholeBytes: number
  readonly wholeArchive: number
  readonly changedGzip: number
  readonly zstd: number
  readonly casync: number
}

async function run(context: BenchContext) {
  const wanted = pairs.filter(pair => pair.name.includes(String(context.settings.only)))
  const costs: Cost[] = []
  for (const pair of wanted) {
    const cost = await costOf(context, pair)
    costs.push(cost)
    context.log(`${titleOf(pair)}: ${cost.allBytes} bytes; zstd --patch-from ${cost.zstd}`)
  }
  const ratios = costs.map(cost => cost.allBytes / cost.zstd)
  const inKb = (name: string, of: (cost: Cost) => number) =>
    costs.map(cost => ({ name: `${titleOf(cost.pair)}: ${name}`, unit: 'kB', values: [of(cost) / KB] }))
  const measures = costs.flatMap((_, at) =>
    [
      inKb('Larder, patch with manifest and patch set', cost => cost.allBytes),
      inKb('  of it parts and chunks (origin)', cost => cost.originBytes),
      inKb('  all that crossed the wire, with headers and session', cost => cost.wireBytes),
      inKb('zstd -19 --patch-from', cost => cost.zstd),
      inKb('casync', cost => cost.casync),
      inKb('Larder, content-defined chunks alone', cost => cost.chunkBytes),
      inKb('changed files, gzip -9 each', cost => cost.changedGzip),
      inKb('whole, as Larder encodes it', cost => cost.wholeBytes),
      inKb('whole archive, zstd -9', cost => cost.wholeArchive),
      costs.map(cost => ({
        name: `${titleOf(cost.pair)}: making the patch`,
        unit: 's',
        values: [cost.makingSeconds],
      })),
      costs.map((cost, number) => ({
        name: `${titleOf(cost.pair)}: Larder / zstd --patch-from`,
        unit: '×',
        values: [ratios[number] ?? 0],
      })),
    ].flatMap(rows => rows[at] ?? []),
  )
  return {
    measures,
    targets: [
      {
        name: 'bytes / zstd -19 --patch-from, median',
        value: median(ratios),
        unit: '×',
        bound: { atMost: 1.5 },
      },
      {
        name: 'bytes / zstd -19 --patch-from, worst',
        value: Math.max(...ratios),
        unit: '×',
        bound: { atMost: 3 },
      },
    ],
    notes: [
      `${costs.length} pairs of consecutive versions from the npm registry, whole packages with source maps, an index.html added to each.`,
      'The device gets the update when its patch is made; while it is not, a device waits a minute and then takes chunks.',
      'zstd --patch-from and casync work on the whole trees; Larder splits into parts of 4 MiB so that a kiosk can decode them.',
    ],
  }
}

const titleOf = ({ name, from, to }: Pair) => `${name} ${from.version} → ${to.version}`

async function costOf(context: BenchContext, pair: Pair): Promise<Cost> {
  const [from, to] = [await fetchPackage(pair.name, pair.from), await fetchPackage(pair.name, pair.to)]
  const scratch = path.join(context.scratch, pair.name.replace(/[@/]/g, '_'))
  await mkdir(scratch, { recursive: true })
  const larder = await withLarder(context, pair, from, to, scratch)
  const others = {
    wholeArchive: await wholeCompressed(to, scratch),
    changedGzip: await changedFilesGzipped(from, to),
    zstd: await zstdPatch(from, to, scratch),
    casync: await casync(from, to, scratch),
  }
  await rm(scratch, { recursive: true, force: true })
  return { pair, ...larder, ...others }
}

async function withLarder(context: BenchContext, pair: Pair, from: string, to: string, scratch: string) {
  const server = await startLarderServer({ data: path.join(scratch, 'data') })
  context.onClose(() => server.end('SIGKILL'))
  const admin = await Administrator.of(server)
  await admin.larder('site', 'create', 'shop', '--time-zone', 'UTC')
  const before = await admin.publish(from, PACKAGE, pair.from.version)
  await admin.larder('profile', 'create', 'all', '--site', 'shop', '--package', PACKAGE)
  const relay = await countBytes(Number(new URL(server.kioskUrl).port))
  context.onClose(() => relay.close())
  const link = new URL(await admin.enrolmentLink('shop', 'kiosk', 1))
  link.port = String(relay.port)
  const kiosk = await openKiosk(context, { name: pair.name.replace(/[@/]/g, '_') }, link.href)
  const { bytes: first } = await kiosk.untilActive(PACKAGE, before.release, 300_000)
  // The server stays closed until the patch is made, so that what is measured is the patch.
  await admin.larder('package', 'windows', PACKAGE, '--profile', 'all', '--enforce-until', 'PT24H')
  const stepAt = performance.now()
  const control: number[] = []
  kiosk.page.on('response', response => {
    if (!/\/(manifest|patches\/[0-9a-f]+)$/.test(response.url()) || !response.ok()) return
    control.push(Number(response.headers()['content-length'] ?? 0))
  })
  const [wireBefore, sentBefore] = [relay.down(), (await admin.stats()).chunkBytesSent]
  const after = await admin.publish(to, PACKAGE, pair.to.version)
  const publishedAt = performance.now()
  const update = async () => {
    const view = parseWith(packageViewSchema, await admin.call('GET', `api/packages/${PACKAGE}`))
    if (!view.ok) throw new Error(view.message)
    return view.value.releases[0]?.updates[0]
  }
  await untilTrue('the patch is made', async () => (await update()) !== undefined, MAKING_TIMEOUT_MS)
  const makingSeconds = (performance.now() - publishedAt) / 1000
  await admin.larder('package', 'windows', PACKAGE, '--profile', 'all', '--enforce-until', 'off')
  const { bytes } = await kiosk.untilActive(PACKAGE, after.release, 300_000)
  const originBytes = (await admin.stats()).chunkBytesSent - sentBefore
  if (bytes.fromServer !== originBytes || bytes.fromStores !== 0 || first.fromServer === 0)
    throw new Error(`the device says ${bytes.fromServer} bytes and the origin ${originBytes}`)
  const wireBytes = relay.down() - wireBefore
  const { chunkBytes = 0 } = (await update()) ?? {}
  context.log(`${titleOf(pair)}: updated in ${((performance.now() - stepAt) / 1000).toFixed(0)} s`)
  await kiosk.close()
  await relay.close()
  await server.end()
  return {
    originBytes,
    allBytes: originBytes + control.reduce((sum, size) => sum + size, 0),
    wireBytes,
    makingSeconds,
    chunkBytes,
    wholeBytes: after.encodedBytes,
  }
}
