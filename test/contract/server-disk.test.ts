/**
 * A disk that cannot be written, under everything of the server that writes: it goes on serving, says in one line what is
 * wrong, loses nothing that it acknowledged, and takes what it refused as soon as there is room, without a restart.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { assertNothingLeaks } from '../support/cleanup.ts'
import { runCommand } from '../support/cli-run.ts'
import { type DiskStage, startOnSmallDisk } from '../support/disk-stage.ts'
import { sampleChunk } from '../support/sample-chunk.ts'
import { seededBytes } from '../support/seeded-bytes.ts'
import { enrolDevice, generateDeviceKeys } from '../support/signaling-client.ts'
import { noSmallDisk } from '../support/small-disk.ts'
import { until } from '../support/until.ts'
import { zipFile } from '../support/zip-file.ts'

after(() => assertNothingLeaks())

/** How one attempt to write ended: what an administrator, or a device, was told. */
interface Outcome {
  readonly accepted: boolean
  readonly said: string
}

interface Writer {
  readonly what: string
  /** A device is told what is the matter, and not what to do on the server. */
  readonly isForDevices?: true
  /** `nth` is different each time. */
  attempt(stage: DiskStage, nth: number): Promise<Outcome>
  /** Whether what an accepted attempt wrote is there. */
  isThere?(stage: DiskStage, nth: number): Promise<boolean>
}

const CHUNK_BYTES = 200_000

async function request(stage: DiskStage, ...call: Parameters<DiskStage['api']>): Promise<Outcome> {
  const { status, body } = await stage.api(...call)
  if (status < 300) return { accepted: true, said: '' }
  assert.equal(status, 507, JSON.stringify(body))
  assert.match(body.type, /^urn:larder:problem:storage-(full|failed)$/)
  return { accepted: false, said: body.detail }
}

const WRITERS: readonly Writer[] = [
  {
    what: 'a change by an administrator',
    attempt: (stage, nth) => request(stage, 'PUT', `sites/site-${nth}`, { timeZone: 'UTC' }),
    async isThere(stage, nth) {
      const { body } = await stage.api('GET', 'audit?limit=200')
      const entries = body.entries.filter((entry: { target: string }) => entry.target === `site:site-${nth}`)
      return entries.length === 1 && (await stage.api('GET', `sites/site-${nth}`)).status === 200
    },
  },
  {
    what: 'a chunk of a publication',
    async attempt(stage, nth) {
      const { digest, encoded } = await sampleChunk(nth, CHUNK_BYTES)
      return await request(stage, 'PUT', `chunks/${digest}`, encoded)
    },
    async isThere(stage, nth) {
      const { digest } = await sampleChunk(nth, CHUNK_BYTES)
      const missing = await stage.api('POST', 'packages/lobby/chunks/missing', { digests: [digest] })
      return missing.body.missing.length === 0
    },
  },
  {
    what: 'an archive that is to be published',
    attempt: (stage, nth) =>
      request(
        stage,
        'POST',
        'packages/lobby/archives',
        zipFile([
          { name: 'index.html', content: 'a page' },
          { name: 'data.bin', content: seededBytes(1000 + nth, CHUNK_BYTES) },
        ]),
      ),
  },
  {
    what: 'a token made by a command beside the server',
    async attempt({ data }) {
      const { code, stdout, stderr } = await runCommand(['token', 'create', '--data', data])
      if (code === 0) return { accepted: stdout.length > 0, said: '' }
      assert.match(stderr, /^larder: [^\n]+\n$/)
      return { accepted: false, said: stderr }
    },
  },
  {
    what: 'the enrolment of a device',
    isForDevices: true,
    async attempt(stage) {
      try {
        await enrolDevice(stage.deviceUrl(), await generateDeviceKeys())
        return { accepted: true, said: '' }
      } catch (error) {
        return { accepted: false, said: String(error) }
      }
    },
  },
]

/** A little may still fit where a file has room inside: tried until nothing does. */
const MOST_ATTEMPTS = 300

async function untilRefused(stage: DiskStage, writer: Writer): Promise<{ accepted: number[]; said: string }> {
  const accepted: number[] = []
  for (let nth = 1; nth <= MOST_ATTEMPTS; nth++) {
    const outcome = await writer.attempt(stage, nth)
    if (!outcome.accepted) return { accepted, said: outcome.said }
    accepted.push(nth)
  }
  throw new Error(`${writer.what} was never refused`)
}

async function metricOf(stage: DiskStage): Promise<string | undefined> {
  const { LARDER_TOKEN } = stage.env
  const answer = await fetch(new URL('metrics', stage.server.adminUrl), {
    headers: { authorization: `Bearer ${LARDER_TOKEN}` },
  })
  return /^larder_storage_writable (\d)$/m.exec(await answer.text())?.[1]
}

const eventsOf = async (stage: DiskStage): Promise<readonly string[]> => {
  const { body } = await stage.api('GET', `devices/${stage.device.deviceId}`)
  return body.events.map((event: { detail: string }) => event.detail)
}

const linesOf = (stage: DiskStage, message: RegExp) =>
  stage.server
    .log()
    .split('\n')
    .filter(line => message.test(line))

interface Failure {
  readonly what: string
  /** What everybody is told, and what administrators are told to do. */
  readonly words: RegExp
  readonly advice: RegExp
  readonly reason: string
  /** Makes the server meet it: while it runs, or by starting it anew. */
  begin(stage: DiskStage): Promise<void> | void
  end(stage: DiskStage): void
}

const FULL = { words: /disk is full/, advice: /free some space/i, reason: 'full' }
const READ_ONLY = {
  words: /disk is read-only/,
  advice: /mount it for writing/i,
  reason: 'read-only',
}

const FAILURES: readonly Failure[] = [
  {
    what: 'a disk that becomes full',
    ...FULL,
    begin: ({ disk }) => disk.fill(),
    end: ({ disk }) => disk.free(),
  },
  {
    what: 'a disk that is full when the server starts after it was stopped',
    ...FULL,
    begin: stage => stage.restart('SIGTERM', () => stage.disk.fill()),
    end: ({ disk }) => disk.free(),
  },
  {
    what: 'a disk that is full when the server starts after it was killed',
    ...FULL,
    begin: stage => stage.restart('SIGKILL', () => stage.disk.fill()),
    end: ({ disk }) => disk.free(),
  },
  {
    what: 'a disk that is read-only when the server starts after it was stopped',
    ...READ_ONLY,
    begin: stage => stage.restart('SIGTERM', () => stage.disk.remount('ro')),
    end: ({ disk }) => disk.remount('rw'),
  },
  {
    what: 'a disk that is read-only when the server starts after it was killed',
    ...READ_ONLY,
    begin: stage => stage.restart('SIGKILL', () => stage.disk.remount('ro')),
    end: ({ disk }) => disk.remount('rw'),
  },
]

for (const failure of FAILURES) {
  test(`${failure.what}: what was there is served, each write is refused in one line and taken later`, {
    skip: noSmallDisk,
  }, async t => {
    const stage = await startOnSmallDisk(t)
    await failure.begin(stage)
    await stage.assertServes()

    const acknowledged = new Map<Writer, number[]>()
    for (const writer of WRITERS) {
      const { accepted, said } = await untilRefused(stage, writer)
      acknowledged.set(writer, accepted)
      assert.match(said, failure.words, writer.what)
      if (!writer.isForDevices) assert.match(said, failure.advice, writer.what)
      assert.doesNotMatch(said, /rollback|this is a bug/, writer.what)
      await stage.assertServes()
    }
    for (const detail of ['first', 'second'])
      stage.device.send({ type: 'event', kind: 'release-rolled-back', package: 'lobby', release: 1, detail })
    await stage.device.settled()
    // Reading writes what devices reported; reading goes on when that fails.
    for (const path of ['packages/lobby', 'overview', 'sites', `devices/${stage.device.deviceId}`])
      assert.equal((await stage.api('GET', path)).status, 200, path)
    assert.equal((await stage.trouble())?.reason, failure.reason)
    assert.match((await stage.trouble())?.detail ?? '', failure.words)
    assert.equal(await metricOf(stage), '0')

    failure.end(stage)
    for (const writer of WRITERS) {
      const nth = 1000
      const outcome = await writer.attempt(stage, nth)
      assert.ok(outcome.accepted, `${writer.what}: ${outcome.said}`)
      for (const each of [...(acknowledged.get(writer) ?? []), nth])
        assert.ok((await writer.isThere?.(stage, each)) ?? true, `${writer.what} ${each}`)
    }
    assert.deepEqual((await eventsOf(stage)).toSorted(), ['first', 'second'])
    await until('the server sees that there is room', async () => (await stage.trouble()) === null)
    assert.equal(await metricOf(stage), '1')
    assert.equal(linesOf(stage, /the server cannot write/).length, 1, stage.server.log())
    assert.equal(linesOf(stage, /can be written again/).length, 1)
    assert.doesNotMatch(stage.server.log(), /at file:|rollback/)
    await stage.restart('SIGTERM', () => undefined)
    await stage.assertServes()
    assert.ok(!(await readdir(stage.data)).includes('storage-check'))
    const doctor = await runCommand(['doctor', '--data', join(stage.data)])
    assert.equal(doctor.code, 0, doctor.stdout)
  })
}

test('a server that may open no more files keeps the sessions that it has, says so, and goes on when it may', {
  skip: noSmallDisk,
}, async t => {
  const stage = await startOnSmallDisk(t)
  // The connection that the refused request comes on is there already.
  assert.equal((await stage.api('GET', 'sites')).status, 200)
  stage.limitOpenFiles(1)
  const chunk = await sampleChunk(1, CHUNK_BYTES)
  const refused = await request(stage, 'PUT', `chunks/${chunk.digest}`, chunk.encoded)
  assert.match(refused.said, /may open no more files.*LimitNOFILE/i)
  // Each meets a process that has nothing to take it with.
  for (const url of [stage.deviceUrl(), stage.server.adminUrl])
    for (let nth = 0; nth < 5; nth++) await connectInVain(url)
  await stage.device.settled()
  stage.limitOpenFiles(1024)
  assert.ok((await request(stage, 'PUT', `chunks/${chunk.digest}`, chunk.encoded)).accepted)
  await stage.assertServes()
  await until('the server sees that it may', async () => (await stage.trouble()) === null)
})

/** Opens a connection, as far as the system makes it, and drops it. */
async function connectInVain(url: string): Promise<void> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  socket.destroy()
}
