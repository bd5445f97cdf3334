/** Manifests that are not to be trusted: refused and reported, and the device keeps what it runs. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { keyIdOf, toBase64Url } from '../../protocol/keys.ts'
import type { Manifest } from '../../protocol/manifest.ts'
import { signManifest } from '../../protocol/signed-manifest.ts'
import { assertNothingLeaks } from '../support/cleanup.ts'
import { writeTestPackage } from '../support/test-packages.ts'
import { assignPackages, startTestSite, type TestDevice, type TestSite, until } from '../support/test-site.ts'

after(() => assertNothingLeaks())

/**
 * The page gets this text in place of the manifest of the release named by digest: a tampered origin, as it sees it. The short way,
 * a manifest as its difference from the one before, is rubbish throughout, so that each manifest is asked for whole.
 */
const TAMPERED_ORIGIN = `
  globalThis.tampered = {}
  const realFetch = globalThis.fetch
  globalThis.fetch = async (input, init) => {
    if (/\\/patches\\/[0-9a-f]{64}\\/manifest$/.test(String(input?.url ?? input))) return new Response('rubbish')
    const digest = /\\/releases\\/([0-9a-f]{64})\\/manifest$/.exec(String(input?.url ?? input))?.[1]
    if (digest === undefined) return realFetch(input, init)
    for (;;) {
      const answer = globalThis.tampered[digest] ?? globalThis.tampered['*']
      if (answer !== 'hold') return answer === undefined ? realFetch(input, init) : new Response(answer)
      await new Promise(resolve => setTimeout(resolve, 20))
    }
  }
`

async function manifestText(site: TestSite, digest: string): Promise<string> {
  return (await fetch(new URL(`../releases/${digest}/manifest`, site.server.kioskUrl))).text()
}

async function tamper(device: TestDevice, digest: string, text: string): Promise<void> {
  await device.browser.page.evaluate(
    ([key, value]) => {
      const { tampered } = globalThis as unknown as { tampered: Record<string, string> }
      tampered[key] = value
    },
    [digest, text] as const,
  )
}

/** The same manifest under a key of somebody else, in all else as it should be. */
async function signedByStranger(manifest: Manifest): Promise<string> {
  const pair = (await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])) as CryptoKeyPair
  const publicKey = toBase64Url(new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)))
  return JSON.stringify(await signManifest(manifest, await keyIdOf(publicKey), pair.privateKey))
}

async function eventsOf(site: TestSite, deviceId: string) {
  const { events } = (await (await site.api(`api/devices/${deviceId}`)).json()) as {
    events: { kind: string; detail: string; release?: number }[]
  }
  return events
}

test('PR-M2 PR-M3 PR-M4 unsigned, wrongly signed, altered, malformed and older manifests are refused; the device keeps what it runs', async t => {
  const site = await startTestSite(t)
  const publish = async (release: number) => {
    const directory = await writeTestPackage(join(site.root, `v${release}`), {
      title: `App ${release}`,
      seed: release,
      weightBytes: 50_000,
    })
    return site.publish(directory, `${release}.0.0`)
  }
  await publish(1)
  await assignPackages(site, 'lobby')
  const kiosk = await site.open({ role: 'kiosk', initScript: TAMPERED_ORIGIN })
  await kiosk.untilRuns(1, 'App 1')
  const { deviceId } = await kiosk.untilOnline()

  type Envelope = { manifest: Manifest; signature: { keyId: string; value: string } }
  const forgeries: [name: string, reason: RegExp, forge: (genuine: Envelope) => Promise<string> | string][] =
    [
      ['unsigned', /malformed/, ({ manifest }) => JSON.stringify({ manifest })],
      ['signed by another key', /untrusted-key/, ({ manifest }) => signedByStranger(manifest)],
      [
        'signed by another key under a trusted id',
        /bad-signature/,
        async ({ manifest, signature }) => {
          const forged = JSON.parse(await signedByStranger(manifest))
          return JSON.stringify({ manifest, signature: { ...forged.signature, keyId: signature.keyId } })
        },
      ],
      [
        'altered',
        /bad-signature/,
        ({ manifest, signature }) =>
          JSON.stringify({ manifest: { ...manifest, version: '9.9.9' }, signature }),
      ],
      ['not JSON', /malformed/, genuine => JSON.stringify(genuine).slice(0, -10)],
      [
        'with a path that leaves the package',
        /malformed/,
        genuine => JSON.stringify(genuine).replace('weight.bin', '../weight.bin'),
      ],
    ]
  let release = 1
  for (const [name, reason, forge] of forgeries) {
    await tamper(kiosk, '*', 'hold')
    const { digest } = await publish(++release)
    await tamper(kiosk, digest, await forge(JSON.parse(await manifestText(site, digest))))
    const refused = await kiosk.untilPackage(
      `${name}: refused`,
      status => status.wantedRelease === release && status.phase === 'failed',
    )
    assert.equal(refused.reason, 'manifest-refused', name)
    assert.equal(refused.activeRelease, 1, name)
    assert.equal(await kiosk.browser.appTitle(), 'App 1', name)
    const event = await until(`${name}: reported`, async () =>
      (await eventsOf(site, deviceId)).find(
        ({ kind, release: of }) => kind === 'manifest-refused' && of === release,
      ),
    )
    assert.match(event.detail, reason, name)
  }
  // Another release's genuine manifest in place of the announced one.
  await tamper(kiosk, '*', 'hold')
  const announced = await publish(++release)
  const other = await publish(++release)
  await tamper(kiosk, other.digest, await manifestText(site, announced.digest))
  await kiosk.untilPackage(
    'another release is refused',
    status => status.wantedRelease === release && status.reason === 'manifest-refused',
  )
  assert.equal(await kiosk.browser.appTitle(), 'App 1')

  await tamper(kiosk, '*', 'hold')
  const good = await publish(++release)
  await tamper(kiosk, good.digest, await manifestText(site, good.digest))
  await kiosk.untilRuns(release, `App ${release}`)

  // Going back by pinning an old number: numbers only rise on a device.
  await site.larder('profile', 'set', 'screens', '--package', 'lobby@1')
  const { releases } = (await (await site.api('api/packages/lobby')).json()) as {
    releases: { release: number; digest: string }[]
  }
  const first = releases.find(candidate => candidate.release === 1)
  assert.ok(first)
  await tamper(kiosk, first.digest, await manifestText(site, first.digest))
  const refused = await kiosk.untilPackage(
    'the older release is refused',
    status => status.wantedRelease === 1 && status.phase === 'failed',
  )
  assert.match(refused.detail, /older/)
  assert.equal(refused.activeRelease, release)
  assert.equal(await kiosk.browser.appTitle(), `App ${release}`)
})
