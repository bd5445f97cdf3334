/** A real device listener on loopback over a fake directory and a vault in memory, with one small release to hand out. */

import { once } from 'node:events'
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import type { Assignment } from '../../protocol/assignment.ts'
import { defaultUpdateOptions } from '../../protocol/assignment.ts'
import type { AssignedRole } from '../../protocol/primitives.ts'
import type { ConnectionTimeouts } from '../../signal-server/bounded-server.ts'
import { type ClientAddresses, createClientAddresses } from '../../signal-server/client-address.ts'
import { createDeviceApp, type DeviceApp, type DeviceAppDeps } from '../../signal-server/fleet/device-app.ts'
import { createDeviceListener } from '../../signal-server/fleet/device-listener.ts'
import { createOriginCounter } from '../../signal-server/fleet/origin-counter.ts'
import { plainRecord } from './default-fields.ts'
import { FakeFleetDirectory } from './fake-fleet-directory.ts'
import { type DeviceKeys, generateDeviceKeys, SignalingClient } from './signaling-client.ts'

export const RELEASE = 'a'.repeat(64)
export const OTHER_RELEASE = 'b'.repeat(64)
export const CHUNK = 'c'.repeat(64)
export const CHUNK_BYTES = new Uint8Array([0, 1, 2, 3, 4, 5, 6, 7])
export const MANIFEST_TEXT = '{"manifest":{"as":"stored"},"signature":{}}'
/** A whole minute, so that instants read well when a test fails. */
export const START = Date.parse('2026-11-22T12:00:00Z')
export const GRANT_SECRET = new Uint8Array(32).fill(7)

export function assignment(
  change: Partial<Omit<Assignment, 'windows'>> & { windows?: Partial<Assignment['windows']> } = {},
): Assignment {
  const { windows, ...rest } = change
  return {
    package: 'lobby',
    release: 1,
    version: '1.0.0',
    digest: RELEASE,
    ...defaultUpdateOptions,
    assignedAt: START - 60_000,
    ...rest,
    windows: { proxyDistribution: true, onlyToProxiesUntil: null, enforceProxyUntil: null, ...windows },
  }
}

/** The real timers under a clock whose time a test sets. */
export class SteppedClock {
  #now = START
  now = (): number => this.#now
  set(epochMs: number): void {
    this.#now = epochMs
  }
  after = (delayMs: number, task: () => void): (() => void) => {
    const timer = setTimeout(task, delayMs)
    return () => clearTimeout(timer)
  }
}

/** As if every request came from what `address` says. */
export const fromAddress = (address: () => string): ClientAddresses => ({
  ...createClientAddresses(),
  addressOf: address,
})

export interface Stage {
  readonly url: string
  readonly directory: FakeFleetDirectory
  readonly clock: SteppedClock
  readonly counter: ReturnType<typeof createOriginCounter>
  readonly app: DeviceApp
  readonly errors: object[]
  /** Connections the listener holds now, WebSockets and half-open ones among them. */
  connectionCount(): Promise<number>
  /** A request whose headers, `Host` and `Origin` too, are as given; `fetch` chooses some itself. */
  send(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body?: string,
  ): Promise<{ readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: string }>
  /** A device the directory knows. */
  addDevice(site: string, role: AssignedRole): Promise<DeviceKeys>
  /** A device that is known and online. */
  online(site: string, role: AssignedRole): Promise<SignalingClient>
}

/** Sites `berlin` and `oslo` are to run the release; `oslo` has nothing to do with `berlin`. Torn down with the test. */
export async function openStage(
  t: TestContext,
  change: Partial<DeviceAppDeps> = {},
  timeouts: Partial<ConnectionTimeouts> = {},
): Promise<Stage> {
  const directory = new FakeFleetDirectory()
  for (const site of ['berlin', 'oslo']) directory.setSite(site, { assignments: [assignment()] })
  for (const digest of [RELEASE, OTHER_RELEASE]) {
    directory.setRelease(digest, {
      package: 'lobby',
      release: digest === RELEASE ? 1 : 2,
      signedManifestText: MANIFEST_TEXT,
      chunkDigests: new Set([CHUNK]),
    })
  }
  const clock = new SteppedClock()
  const counter = createOriginCounter()
  const errors: object[] = []
  const app = createDeviceApp({
    directory,
    siteNames: directory.siteNames,
    vault: {
      get: async digest => (digest === CHUNK ? CHUNK_BYTES : null),
      verify: async digest => (digest === CHUNK ? 'whole' : 'missing'),
    },
    patches: { patchSet: async () => null, hasPart: async () => false, manifestPatch: async () => null },
    grantSecret: GRANT_SECRET,
    counter,
    kioskDirectory: join(tmpdir(), 'larder-no-kiosk-page'),
    log: { info: () => undefined, error: fields => errors.push(fields) },
    clock,
    ...change,
  })
  const listener = createDeviceListener(app, undefined, timeouts)
  listener.server.listen(0, '127.0.0.1')
  await once(listener.server, 'listening')
  const url = `http://127.0.0.1:${(listener.server.address() as AddressInfo).port}/`
  t.after(() => listener.stop())

  async function addDevice(site: string, assignedRole: AssignedRole): Promise<DeviceKeys> {
    const keys = await generateDeviceKeys()
    directory.setDevice({
      deviceId: keys.deviceId,
      publicKey: keys.publicKey,
      name: '',
      state: 'accepted',
      code: null,
      ...plainRecord,
      assignedRole,
      site,
      timeZone: 'Europe/Berlin',
    })
    return keys
  }

  return {
    url,
    directory,
    clock,
    counter,
    app,
    errors,
    connectionCount: () =>
      new Promise((resolve, reject) =>
        listener.server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
      ),
    async send(method, path, headers, body) {
      const { hostname, port } = new URL(url)
      const request = httpRequest({ hostname, port, method, path, headers, agent: false })
      request.end(body)
      const [answer] = (await once(request, 'response')) as [IncomingMessage]
      return { status: answer.statusCode ?? 0, headers: answer.headers, body: await text(answer) }
    },
    addDevice,
    async online(site, role) {
      const { client } = await SignalingClient.join(url, await addDevice(site, role))
      return client
    },
  }
}
