/** A server as a process whose data is on a small disk, with a release, a device that is online, and one that comes and goes. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { temporaryDirectory, withCleanup } from './cleanup.ts'
import { type CliRun, runCommand } from './cli-run.ts'
import { environmentFor, type LarderServer, startLarder } from './larder-process.ts'
import { sampleChunk } from './sample-chunk.ts'
import { seededBytes } from './seeded-bytes.ts'
import { type DeviceKeys, enrolDevice, generateDeviceKeys, SignalingClient } from './signaling-client.ts'
import { mountSmallDisk, type SmallDisk } from './small-disk.ts'

const DISK_BYTES = 24 * 1024 * 1024
const PACKAGE_BYTES = 300_000

export interface ApiAnswer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: what the server answers is what the test looks at
  readonly body: any
}

export interface DiskStage {
  readonly disk: SmallDisk
  readonly data: string
  /** The one that runs now, and the device's session with it. */
  server: LarderServer
  device: SignalingClient
  /** The release that the devices are to run, and one of its chunks. */
  release: { readonly digest: string; readonly chunk: string }
  /** The address of the device listener. */
  deviceUrl(): string
  /** What commands against the server take from their surroundings. */
  readonly env: Readonly<Record<'LARDER_TOKEN', string>>
  /** A request with a token; a body that is no bytes is sent as JSON. */
  api(method: string, path: string, body?: unknown): Promise<ApiAnswer>
  /** A command against the server. */
  larder(...args: string[]): Promise<CliRun>
  /** Ends the server, and starts another when `between` is done. */
  restart(signal: 'SIGTERM' | 'SIGKILL', between: () => void): Promise<void>
  /** Why the server says that it cannot write; null where it can. */
  trouble(): Promise<{ readonly reason: string; readonly detail: string } | null>
  /** Fails unless devices get what they had: their session, the manifest, a chunk. */
  assertServes(): Promise<void>
  /** Limits how many files the server may have open, from now on. */
  limitOpenFiles(limit: number): void
}

export async function startOnSmallDisk(t: TestContext): Promise<DiskStage> {
  const disk = await mountSmallDisk(t, DISK_BYTES)
  const data = join(disk.path, 'data')
  const server = await startLarder(t, data)
  const { LARDER_TOKEN } = await environmentFor(server, data)
  const comesAndGoes = await generateDeviceKeys()
  const keys = await generateDeviceKeys()

  const connect = async (who: DeviceKeys): Promise<SignalingClient> => {
    const { client } = await SignalingClient.join(stage.deviceUrl(), who)
    withCleanup(t).defer(() => client.cut())
    return client
  }

  const stage: DiskStage = {
    disk,
    data,
    env: { LARDER_TOKEN },
    server,
    release: { digest: '', chunk: '' },
    // Set below, before anybody has the stage.
    device: undefined as unknown as SignalingClient,
    deviceUrl: () => new URL('/', stage.server.kioskUrl).href,
    async api(method, path, body) {
      const isJson = body !== undefined && !(body instanceof Uint8Array)
      const response = await fetch(new URL(`api/${path}`, stage.server.adminUrl), {
        method,
        headers: {
          authorization: `Bearer ${LARDER_TOKEN}`,
          ...(isJson && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && {
          body: isJson ? JSON.stringify(body) : (body as Uint8Array<ArrayBuffer>),
        }),
      })
      const text = await response.text()
      return { status: response.status, body: text === '' ? null : JSON.parse(text) }
    },
    larder: (...args) => runCommand(args, { LARDER_URL: stage.server.adminUrl, LARDER_TOKEN }),
    async restart(signal, between) {
      stage.device.cut()
      const code = await stage.server.end(signal)
      if (signal === 'SIGTERM') assert.equal(code, 0, stage.server.log())
      between()
      stage.server = await startLarder(t, data)
      stage.device = await connect(keys)
    },
    trouble: async () => (await stage.api('GET', 'overview')).body.storageTrouble,
    async assertServes() {
      const get = (path: string, headers: Record<string, string> = {}) =>
        fetch(new URL(path, stage.deviceUrl()), { headers })
      assert.equal((await get('healthz')).status, 200)
      assert.equal((await get(`releases/${stage.release.digest}/manifest`)).status, 200)
      const grant = await stage.device.askGrant(stage.release.digest)
      assert.ok(grant.type === 'grant', JSON.stringify(grant))
      const authorization = `Bearer ${grant.token}`
      const chunk = await get(`releases/${stage.release.digest}/chunks/${stage.release.chunk}`, {
        authorization,
      })
      assert.equal(chunk.status, 200, await chunk.text())
      const other = await connect(comesAndGoes)
      await other.close()
    },
    limitOpenFiles: limit =>
      void execFileSync('prlimit', ['--pid', String(stage.server.child.pid), `--nofile=${limit}:`]),
  }

  stage.release = await publishRelease(t, stage, 1)
  // No release has it: what is looked for at each start has something to note down.
  const orphan = await sampleChunk(99, 1000)
  await stage.api('PUT', `chunks/${orphan.digest}`, orphan.encoded)
  const { body } = await stage.api('POST', 'enrolment-tokens', { site: 'berlin', role: 'kiosk', uses: 2 })
  for (const who of [keys, comesAndGoes]) await enrolDevice(stage.deviceUrl(), who, body.token)
  stage.device = await connect(keys)
  return stage
}

/** Publishes another release of the package. */
export async function publishRelease(t: TestContext, { larder, deviceUrl }: DiskStage, release: number) {
  const page = join(await temporaryDirectory(t), 'page')
  await mkdir(page)
  await writeFile(join(page, 'index.html'), 'a page')
  const data = seededBytes(1, PACKAGE_BYTES)
  data.set(seededBytes(release, PACKAGE_BYTES / 10))
  await writeFile(join(page, 'data.bin'), data)
  const run = async (...args: string[]) => {
    const ended = await larder(...args)
    assert.equal(ended.code, 0, ended.stderr)
    return ended.stdout
  }
  if (release === 1) {
    await run('site', 'create', 'berlin', '--time-zone', 'Europe/Berlin')
    await run('profile', 'create', 'shops', '--site', 'berlin', '--package', 'lobby')
  }
  const { digest } = JSON.parse(
    await run('publish', page, '--package', 'lobby', '--version', String(release), '--json'),
  )
  const manifest = await fetch(new URL(`releases/${digest}/manifest`, deviceUrl()))
  return { digest: String(digest), chunk: String((await manifest.json()).manifest.chunks[0].digest) }
}
