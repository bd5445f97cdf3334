/**
 * Standard output and standard error that cannot be written: a full disk, a pipe that is not read, one that is closed. The server
 * loses lines and serves; a command says so in one line; and a signal ends each of them.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { assertNothingLeaks, temporaryDirectory, withCleanup } from '../support/cleanup.ts'
import { environmentFor, spawnLarder, startLarder } from '../support/larder-process.ts'
import { mountSmallDisk, noSmallDisk } from '../support/small-disk.ts'
import { until } from '../support/until.ts'

after(() => assertNothingLeaks())

const MIB = 1024 * 1024
/** Of a server that ends in order, many times over. */
const MOST_MS_TO_END = 10_000
/** Two ports that are free now: the servers of these tests cannot say which ones they took. */
async function freePorts(): Promise<readonly [number, number]> {
  const servers = [createServer(), createServer()] as const
  const ports = servers.map(async server => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  })
  const [first = 0, second = 0] = await Promise.all(ports)
  for (const server of servers) server.close()
  return [first, second]
}

interface MuteServer {
  readonly child: ChildProcess
  healthz(): Promise<boolean>
  /** Sends SIGTERM; how it ended. Fails if it does not. */
  end(): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
}

/** A server whose outputs are given, so that it cannot say where it listens. */
async function startMute(
  t: TestContext,
  data: string,
  outputs: Parameters<typeof spawnLarder>[2],
): Promise<MuteServer> {
  const [device, admin] = await freePorts()
  const args = ['start', '--data', data, '--host', '127.0.0.1', '--port', `${device}`]
  const child = spawnLarder([...args, '--admin-port', `${admin}`], {}, outputs)
  const closed = once(child, 'close')
  withCleanup(t).defer(async () => {
    child.kill('SIGKILL')
    await closed
  })
  const healthz = async () => {
    const answer = await fetch(`http://127.0.0.1:${device}/healthz`).catch(() => null)
    return answer?.status === 200
  }
  await until('it serves', healthz)
  return {
    child,
    healthz,
    async end() {
      child.kill('SIGTERM')
      await until('it ends', () => child.exitCode !== null || child.signalCode !== null, MOST_MS_TO_END)
      return { code: child.exitCode, signal: child.signalCode }
    },
  }
}

function openFor(t: TestContext, path: string, flags: string | number): number {
  const file = openSync(path, flags)
  withCleanup(t).defer(() => closeSync(file))
  return file
}

test('a server whose log lies on a full disk serves, ends when it is told to, and its log goes on when there is room', {
  skip: noSmallDisk,
}, async t => {
  const disk = await mountSmallDisk(t, 8 * MIB)
  const path = join(disk.path, 'log')
  const log = openFor(t, path, 'a')
  disk.fill()
  const data = join(await temporaryDirectory(t), 'data')
  const server = await startMute(t, data, { stderr: log })
  assert.equal(readFileSync(path, 'utf8'), '')
  assert.ok(await server.healthz())
  disk.free()
  await until('the log goes on', () => /"msg":"serving"/.test(readFileSync(path, 'utf8')))
  disk.fill()
  assert.ok(await server.healthz())
  assert.deepEqual(await server.end(), { code: 0, signal: null })
})

test('a server whose log is a pipe that is not read serves, and ends when it is told to', {
  skip: process.platform === 'win32',
}, async t => {
  const folder = await temporaryDirectory(t)
  const path = join(folder, 'log')
  execFileSync('mkfifo', [path])
  // Held open for reading, and never read.
  openFor(t, path, constants.O_RDWR)
  const filler = openFor(t, path, constants.O_WRONLY | constants.O_NONBLOCK)
  assert.throws(() => {
    for (let bytes = 4096; ; ) writeSync(filler, new Uint8Array(bytes))
  }, /EAGAIN/)
  const server = await startMute(t, join(folder, 'data'), { stderr: openFor(t, path, 'w') })
  assert.ok(await server.healthz())
  await server.end()
})

for (const kind of ['a full disk', 'a closed pipe']) {
  test(`a server whose standard output is ${kind} serves and logs that`, { skip: noSmallDisk }, async t => {
    const folder = await temporaryDirectory(t)
    const log = join(folder, 'log')
    const outputs = { stderr: openFor(t, log, 'a'), stdout: await deadOutput(t, kind) }
    const server = await startMute(t, join(folder, 'data'), outputs)
    const logged = () => readFileSync(log, 'utf8')
    await until('it is logged', () => /the ready line could not be written/.test(logged()))
    assert.ok(await server.healthz())
    assert.deepEqual(await server.end(), { code: 0, signal: null })
    assert.doesNotMatch(logged(), /^ +at /m)
  })
}

test('a command whose output does not fit on the disk says so in one line; one whose reader has seen enough ends in silence', {
  skip: noSmallDisk,
}, async t => {
  const data = join(await temporaryDirectory(t), 'data')
  const server = await startLarder(t, data)
  const env = await environmentFor(server, data)
  const run = async (stdout: number) => {
    const child = spawnLarder(['site', 'list', '--json'], env, { stdout })
    let stderr = ''
    child.stderr?.on('data', chunk => {
      stderr += chunk
    })
    const [code] = await once(child, 'close')
    return { code, stderr }
  }
  assert.deepEqual(await run(await deadOutput(t, 'a full disk')), {
    code: 1,
    stderr: 'larder: cannot write to standard output: the disk is full\n',
  })
  assert.deepEqual(await run(await deadOutput(t, 'a closed pipe')), { code: 0, stderr: '' })
})

async function deadOutput(t: TestContext, kind: string): Promise<number> {
  if (kind === 'a full disk') {
    const disk = await mountSmallDisk(t, MIB)
    disk.fill()
    return openFor(t, join(disk.path, 'output'), 'a')
  }
  const path = join(await temporaryDirectory(t), 'pipe')
  execFileSync('mkfifo', [path])
  const reader = openSync(path, constants.O_RDWR)
  const writer = openFor(t, path, 'w')
  closeSync(reader)
  return writer
}
