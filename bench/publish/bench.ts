/**
 * Publishing: `larder publish` of a directory to a server on this machine, with everything acknowledged on disk, against
 * `sha256sum` of the same files and `casync make` of the same directory..
 */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, open, readdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Bench, BenchContext } from '../support/bench-context.ts'
import { Administrator, startLarderServer } from '../support/larder-server.ts'
import { peakResidentBytes } from '../support/process-usage.ts'
import { randomBytes } from '../support/random-package.ts'
import { median } from '../support/statistics.ts'

const run = promisify(execFile)
const MAIN = fileURLToPath(new URL('../../signal-server/cli/main.ts', import.meta.url))
const MB = 1_000_000
const FILE_BYTES = 250 * MB
const PIECE_BYTES = 4 * MB
const POLL_INTERVAL_MS = 100

export const bench: Bench = {
  title: 'publishing a directory, against sha256sum and casync',
  rounds: 3,
  settings: { megabytes: 100, casync: 'yes', textPercent: 0 },
  run: runBench,
}

interface Published {
  readonly seconds: number
  readonly clientPeakBytes: number
  readonly serverPeakBytes: number
}

async function runBench(context: BenchContext) {
  const megabytes = context.number('megabytes')
  const larder: Published[] = []
  const sha: number[] = []
  const casync: number[] = []
  for (let round = 0; round < context.rounds; round++) {
    const folder = path.join(context.scratch, `files-${round}`)
    await writeFiles(folder, megabytes * MB, context.number('textPercent'), `round ${round} ${process.pid}`)
    // The files are in the page cache for all of them alike.
    sha.push(await secondsOf(() => sha256sum(folder)))
    larder.push(await publish(context, folder, path.join(context.scratch, `data-${round}`)))
    if (context.settings.casync === 'yes') {
      const store = path.join(context.scratch, `store-${round}.castr`)
      const index = path.join(context.scratch, `index-${round}.caidx`)
      casync.push(
        await secondsOf(() => run('casync', ['make', '--without=all', `--store=${store}`, index, folder])),
      )
      await rm(store, { recursive: true, force: true })
    }
    await rm(folder, { recursive: true, force: true })
    context.log(
      `round ${round + 1}: Larder ${larder.at(-1)?.seconds.toFixed(1)} s, sha256sum ${sha.at(-1)?.toFixed(1)} s`,
    )
  }
  const speed = (seconds: readonly number[]) => seconds.map(each => megabytes / each)
  const ratios = larder.map(({ seconds }, round) => (sha[round] ?? 0) / seconds)
  const peaks = larder.map(
    ({ clientPeakBytes, serverPeakBytes }) => Math.max(clientPeakBytes, serverPeakBytes) / MB,
  )
  return {
    measures: [
      { name: 'larder publish', unit: 'MB/s', values: speed(larder.map(each => each.seconds)) },
      { name: 'sha256sum', unit: 'MB/s', values: speed(sha) },
      { name: 'casync make', unit: 'MB/s', values: speed(casync) },
      { name: 'larder publish / sha256sum', unit: '×', values: ratios },
      {
        name: 'peak memory of the command',
        unit: 'MB',
        values: larder.map(each => each.clientPeakBytes / MB),
      },
      {
        name: 'peak memory of the server',
        unit: 'MB',
        values: larder.map(each => each.serverPeakBytes / MB),
      },
    ].filter(measure => measure.values.length > 0),
    targets: [
      { name: 'speed against sha256sum', value: median(ratios), unit: '×', bound: { atLeast: 0.3 } },
      { name: 'peak memory of each process', value: Math.max(...peaks), unit: 'MB', bound: { atMost: 300 } },
    ],
    notes: [
      `${megabytes} MB in files of up to ${FILE_BYTES / MB} MB, ${context.number('textPercent')} % of it text; the rest cannot be compressed.`,
      'Command and server share two cores. The server decodes, hashes and syncs every chunk before it acknowledges it; sha256sum and casync do not sync.',
      'Peak memory is VmHWM, Node itself included.',
    ],
  }
}

async function publish(context: BenchContext, folder: string, data: string): Promise<Published> {
  const server = await startLarderServer({ data })
  context.onClose(() => server.end('SIGKILL'))
  const admin = await Administrator.of(server)
  const startedAt = performance.now()
  const child = spawn(
    process.execPath,
    [MAIN, 'publish', folder, '--package', 'bench', '--version', '1', '--entry', 'index.html', '--json'],
    {
      env: { ...process.env, LARDER_URL: admin.adminUrl, LARDER_TOKEN: admin.token },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  )
  let clientPeakBytes = 0
  const watching = setInterval(async () => {
    clientPeakBytes = Math.max(clientPeakBytes, await peakResidentBytes(child.pid ?? 0))
  }, POLL_INTERVAL_MS)
  const [code] = await once(child, 'close')
  const seconds = (performance.now() - startedAt) / 1000
  clearInterval(watching)
  if (code !== 0) throw new Error(`larder publish ended with ${code}`)
  const serverPeakBytes = await peakResidentBytes(server.pid)
  await server.end()
  await rm(data, { recursive: true, force: true })
  return { seconds, clientPeakBytes, serverPeakBytes }
}

async function sha256sum(folder: string): Promise<void> {
  const files = (await readdir(folder)).map(name => path.join(folder, name))
  await run('sha256sum', files)
}

async function secondsOf(act: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await act()
  return (performance.now() - startedAt) / 1000
}

async function writeFiles(folder: string, bytes: number, textPercent: number, seed: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(path.join(folder, 'index.html'), '<!doctype html><title>Benchmark</title>')
  const next = randomBytes(seed)
  for (let written = 0, number = 1; written < bytes; number++) {
    const file = await open(path.join(folder, `part-${String(number).padStart(3, '0')}.bin`), 'w')
    const end = Math.min(bytes, written + FILE_BYTES)
    for (; written < end; written += PIECE_BYTES) {
      const size = Math.min(PIECE_BYTES, end - written)
      const isText = (written / PIECE_BYTES) % 100 < textPercent
      await file.write(isText ? Buffer.from(next(size / 2).toString('hex')) : next(size))
    }
    await file.close()
  }
}
