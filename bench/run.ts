/** `npm run bench -- NAME`: finds the benchmark, gives it a scratch folder and its settings, and prints what it measured. */
import { existsSync, readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import type { Bench, BenchContext, BenchOutcome, Settings } from './support/bench-context.ts'
import { describeMachine } from './support/machine.ts'
import { outcomeDocument, outcomeText } from './support/report.ts'

const FOLDER = fileURLToPath(new URL('.', import.meta.url))
const USAGE = `Usage: npm run bench -- NAME [--json] [--rounds N] [--set setting=value …]
       npm run bench                      lists the benchmarks and their settings`

class UsageError extends Error {}

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  try {
    const { name, rounds, json, changes } = readArguments(args)
    if (name === null) {
      console.log(await listText())
      return 0
    }
    const bench = await loadBench(name)
    const settings = withChanges(name, bench.settings ?? {}, changes)
    const outcome = await runBench(name, bench, rounds ?? bench.rounds, settings)
    const machine = await describeMachine()
    const report = { name, title: bench.title, rounds: rounds ?? bench.rounds, settings, machine, outcome }
    console.log(json ? JSON.stringify(outcomeDocument(report), null, 2) : outcomeText(report))
    return 0
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    console.error(`npm run bench: ${error.message}\n${USAGE}`)
    return 2
  }
}

function readArguments(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        rounds: { type: 'string' },
        set: { type: 'string', multiple: true, default: [] },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    if (positionals.length > 1) throw new Error(`one benchmark at a time, not ${positionals.join(' and ')}.`)
    const rounds = values.rounds === undefined ? null : Number(values.rounds)
    if (rounds !== null && !(Number.isInteger(rounds) && rounds >= 1 && rounds <= 1000))
      throw new Error(`--rounds takes a whole number from 1 to 1000, not "${values.rounds}".`)
    const name = values.help ? null : (positionals[0] ?? null)
    return { name, rounds, json: values.json, changes: values.set }
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function benchNames(): string[] {
  return readdirSync(FOLDER)
    .filter(name => existsSync(path.join(FOLDER, name, 'bench.ts')))
    .sort()
}

async function loadBench(name: string): Promise<Bench> {
  if (!benchNames().includes(name))
    throw new UsageError(
      `there is no benchmark "${name}"; there are ${benchNames().join(', ') || 'none yet'}.`,
    )
  const { bench } = await import(pathToFileURL(path.join(FOLDER, name, 'bench.ts')).href)
  return bench as Bench
}

async function listText(): Promise<string> {
  const lines = []
  for (const name of benchNames()) {
    const { title, rounds, settings = {} } = await loadBench(name)
    lines.push(`${name.padEnd(9)} ${title} (${rounds} ${rounds === 1 ? 'round' : 'rounds'})`)
    const named = Object.entries(settings).map(([setting, value]) => `${setting}=${value}`)
    if (named.length > 0) lines.push(`${' '.repeat(10)}${named.join(' ')}`)
  }
  return `${USAGE}\n\n${lines.join('\n') || 'There are no benchmarks yet.'}`
}

/** The settings with what `--set` changes. */
function withChanges(name: string, defaults: Settings, changes: readonly string[]): Settings {
  const changed = changes.map(change => {
    const [, setting, text] = /^(\w+)=(.*)$/.exec(change) ?? []
    if (setting === undefined || text === undefined)
      throw new UsageError(`--set takes setting=value, not "${change}".`)
    const before = defaults[setting]
    if (before === undefined)
      throw new UsageError(
        `${name} has no setting "${setting}"; it has ${Object.keys(defaults).join(', ') || 'none'}.`,
      )
    if (typeof before === 'string') return [setting, text]
    const value = Number(text)
    if (text === '' || !Number.isFinite(value) || value < 0)
      throw new UsageError(`"${setting}" of ${name} is a number, not "${text}".`)
    return [setting, value]
  })
  return { ...defaults, ...Object.fromEntries(changed) }
}

/** Whatever the benchmark opened is closed, also when it fails or is interrupted. */
async function runBench(
  name: string,
  bench: Bench,
  rounds: number,
  settings: Settings,
): Promise<BenchOutcome> {
  const scratch = await mkdtemp(path.join(tmpdir(), `larder-bench-${name}-`))
  const releases: (() => unknown)[] = [() => rm(scratch, { recursive: true, force: true, maxRetries: 5 })]
  const close = async () => {
    for (let release = releases.pop(); release; release = releases.pop()) {
      try {
        await release()
      } catch (error) {
        console.error(error)
      }
    }
  }
  const onSignal = () => void close().finally(() => process.exit(130))
  process.once('SIGINT', onSignal)
  process.once('SIGTERM', onSignal)
  const startedAt = performance.now()
  const context: BenchContext = {
    rounds,
    settings,
    scratch,
    number: setting => {
      const value = settings[setting]
      if (typeof value !== 'number') throw new TypeError(`${name} declares no number "${setting}"`)
      return value
    },
    log: line =>
      console.error(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(7)} s  ${line}`),
    onClose: release => void releases.push(release),
  }
  try {
    return await bench.run(context)
  } finally {
    await close()
    process.off('SIGINT', onSignal)
    process.off('SIGTERM', onSignal)
  }
}
