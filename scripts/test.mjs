// `npm test`: sets up what is missing, then every check of the project, stopping at the first stage that fails.
//
//   npm test                                     everything
//   npm test -- unit                             one stage (or several: `types lint`)
//   npm test -- browser test/browser/x.test.ts   some files of a test stage; options of `node --test` go here too
//
// The last lines are one summary over all test stages in the form of node's own, for people and for CI to read.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { nodeForSources } from './pinned-node.mjs'
import { checkoutEnvironment, installedCommand, rootFolder, run } from './run-process.mjs'
import { setUp } from './setup.mjs'

const COUNTED = ['tests', 'suites', 'pass', 'fail', 'cancelled', 'skipped', 'todo']
const COUNT_NAMES = { pass: 'passed', fail: 'failed' }

/** The clock of a test file is the watchdog against a hang, not a measure of how fast tests should be. */
const STAGES = {
  types: { title: 'type check', run: () => runTool('typescript', 'tsc', ['-p', 'tsconfig.json']) },
  lint: { title: 'lint', run: () => runTool('@biomejs/biome', 'biome', ['check', '.']) },
  knip: { title: 'unused code', run: () => runTool('knip', 'knip', []) },
  unit: {
    title: 'unit tests',
    tests: 'test/unit',
    workers: Math.max(2, availableParallelism()),
    limitMs: 120_000,
  },
  contract: {
    title: 'contract tests',
    tests: 'test/contract',
    workers: Math.max(2, availableParallelism()),
    limitMs: 120_000,
  },
  browser: {
    title: 'browser tests',
    tests: 'test/browser',
    // Each is several browsers: two files at once on two cores make each other late, and gain a quarter of the time.
    workers: 1,
    limitMs: 900_000,
    needsBrowser: true,
  },
}

const startedAt = performance.now()
process.exitCode = await main(process.argv.slice(2))

/** @param {string[]} args */
async function main(args) {
  const chosen = args.filter(arg => arg in STAGES)
  const others = args.filter(arg => !(arg in STAGES))
  const names = chosen.length > 0 ? chosen : Object.keys(STAGES)
  const misuse = misuseOf(names, others)
  if (misuse) {
    console.error(`npm test: ${misuse}\nStages: ${Object.keys(STAGES).join(', ')}.`)
    return 2
  }
  const stages = names.map(name => STAGES[name])
  const needsBrowser = stages.some(stage => stage.needsBrowser && testFilesIn(stage.tests).length > 0)
  try {
    await setUp({
      browser: needsBrowser,
      firefox: needsBrowser,
      pages: needsBrowser,
      log: line => console.log(line),
    })
  } catch (error) {
    console.error(`npm test: the set-up failed. ${error.message}`)
    return 1
  }
  return runStages(stages, others)
}

/**
 * @param {string[]} names
 * @param {string[]} others
 */
function misuseOf(names, others) {
  if (others.length === 0) return null
  const stage = STAGES[names[0]]
  if (names.length > 1 || !stage.tests)
    return `"${others[0]}" is no stage; paths and options go after one test stage.`
  const missing = others.find(
    other => !other.startsWith('-') && !/[*?]/.test(other) && !existsSync(path.join(rootFolder, other)),
  )
  return missing ? `there is no ${missing}.` : null
}

/**
 * @param {(typeof STAGES)[keyof typeof STAGES][]} stages
 * @param {string[]} others
 */
async function runStages(stages, others) {
  const totals = Object.fromEntries(COUNTED.map(name => [name, 0]))
  const durations = []
  let failed = null
  for (const stage of stages) {
    console.log(`\n━━ ${stage.title} ━━`)
    const stageStartedAt = performance.now()
    const result = stage.tests ? await runTests(stage, others, totals) : await stage.run()
    const duration = `${((performance.now() - stageStartedAt) / 1000).toFixed(1)} s`
    durations.push(`${stage.title} ${duration}`)
    console.log(`${result.ok ? '✔' : '✖'} ${stage.title}: ${result.note} (${duration})`)
    if (!result.ok) {
      failed = stage.title
      break
    }
  }
  console.log(`\n${failed ? `FAILED at: ${failed}` : 'All passed'}. ${durations.join(', ')}.`)
  if (stages.some(stage => stage.tests)) {
    for (const name of COUNTED) console.log(`ℹ ${name} ${totals[name]}`)
    console.log(`ℹ duration_ms ${(performance.now() - startedAt).toFixed(3)}`)
  }
  return failed ? 1 : 0
}

/**
 * @param {string} packageName
 * @param {string} command
 * @param {string[]} args
 */
async function runTool(packageName, command, args) {
  const script = installedCommand(packageName, command)
  if (!script) return { ok: false, note: `${packageName} is not installed` }
  const { ok } = await run(nodeForSources(), [script, ...args], { env: checkoutEnvironment(), show: true })
  return { ok, note: ok ? 'clean' : 'has findings' }
}

/**
 * @param {{ tests: string, workers: number, limitMs: number }} stage
 * @param {string[]} others paths, patterns and options for `node --test`
 * @param {Record<string, number>} totals counts are added to it
 */
async function runTests(stage, others, totals) {
  const options = others.filter(other => other.startsWith('-'))
  const paths = others.filter(other => !other.startsWith('-'))
  const files = paths.length > 0 ? paths : testFilesIn(stage.tests)
  if (files.length === 0) return { ok: true, note: `no test files in ${stage.tests} yet` }
  const scratch = mkdtempSync(path.join(tmpdir(), 'larder-test-'))
  const countsFile = path.join(scratch, 'counts.json')
  try {
    const { ok } = await run(
      nodeForSources(),
      [
        '--test',
        `--test-concurrency=${stage.workers}`,
        `--test-timeout=${stage.limitMs}`,
        `--test-reporter=${pathToFileURL(path.join(rootFolder, 'scripts', 'test-reporter.mjs'))}`,
        '--test-reporter-destination=stdout',
        ...options,
        ...files,
      ],
      { env: { ...checkoutEnvironment(), LARDER_TEST_COUNTS: countsFile }, show: true },
    )
    if (!existsSync(countsFile)) return { ok: false, note: 'the test runner ended without a result' }
    const counts = JSON.parse(readFileSync(countsFile, 'utf8'))
    const found = { ...counts, pass: counts.passed, fail: counts.failed }
    for (const name of COUNTED) totals[name] += found[name] ?? 0
    const told = ['pass', 'fail', 'cancelled', 'skipped'].filter(name => name === 'pass' || found[name] > 0)
    return { ok, note: told.map(name => `${found[name]} ${COUNT_NAMES[name] ?? name}`).join(', ') }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/**
 * @param {string} folder relative to the checkout
 * @returns {string[]} paths relative to the checkout, in a fixed order
 */
function testFilesIn(folder) {
  const full = path.join(rootFolder, folder)
  if (!existsSync(full)) return []
  return readdirSync(full, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.test.ts'))
    .sort()
    .map(file => path.join(folder, file))
}
