/** Checks of the browser and its disk: what Larder needs before any other device comes in. */
import { base64ToUint8Array } from 'uint8array-extras'
import { deleteIdbDatabase, openIdbDatabase, whenCommitted } from '../../adapters/browser/idb-database.ts'
import { decodeEncodedChunk } from '../../adapters/browser/zstd-decoder.ts'
import { formatBytes } from '../format.ts'
import { bad, type Check, good, note } from './finding.ts'

/** Below this a larger package will hardly fit beside its successor. */
const LITTLE_SPACE_BYTES = 1_000_000_000
const ASK_TIMEOUT_MS = 2_000
const SCRATCH_DATABASE = 'larder-diagnostics'
/** `larder ` forty times, as a zstd chunk. */
const SAMPLE_CHUNK = 'ASi1L/1gGAB1AAA4bGFyZGVyIAEADlKLEQ=='
const SAMPLE_BYTES = 280

export const browserChecks: readonly Check[] = [
  {
    title: 'Secure connection',
    run: async () =>
      window.isSecureContext
        ? good(`The browser treats ${location.origin} as secure.`)
        : bad(
            `The browser does not treat ${location.origin} as secure and withholds what Larder needs.`,
            'Serve Larder over https (larder start --tls-cert … --tls-key …), or set the policy OverrideSecurityRestrictionsOnInsecureOrigin (Chrome, Edge) to this address.',
          ),
  },
  {
    title: 'Service worker',
    run: async () => {
      if (!('serviceWorker' in navigator)) {
        return bad(
          'The browser offers none.',
          'Use https and an ordinary window, no private one; in Firefox, dom.serviceWorkers.enabled must be on.',
        )
      }
      const registration = await navigator.serviceWorker.register('./sw.js', {
        scope: './',
        updateViaCache: 'none',
      })
      await navigator.serviceWorker.ready
      return good(
        registration.waiting ? 'Running; a newer one is about to take over.' : 'Running and up to date.',
      )
    },
  },
  {
    title: 'Storage (IndexedDB)',
    run: async () => {
      try {
        return await tryDatabase()
      } catch (error) {
        return bad(
          `Nothing can be stored: ${error instanceof Error ? error.message : String(error)}`,
          'Free space on the disk, leave private mode, and allow this site to store data (policy CookiesAllowedForUrls in Chrome and Edge, Cookies in Firefox).',
        )
      }
    },
  },
  {
    title: 'Storage that stays',
    run: async () => {
      const persisted = (await navigator.storage.persisted()) || (await askToPersist())
      return persisted
        ? good('The browser keeps the packages also when the disk runs low.')
        : note(
            'The browser may throw the packages away when the disk runs low; they would be fetched again.',
            'Install the kiosk page as an app, bookmark it or allow notifications for it; in Firefox, allow persistent storage when asked.',
          )
    },
  },
  {
    title: 'Space',
    run: async () => {
      const { usage = 0, quota = 0 } = await navigator.storage.estimate()
      const found = `${formatBytes(usage)} are used, of ${formatBytes(quota)} that the browser would allow.`
      return quota - usage >= LITTLE_SPACE_BYTES
        ? good(found)
        : note(found, 'Free space on the disk that holds the browser’s profile.')
    },
  },
  {
    title: 'Signatures (Ed25519)',
    run: async () => {
      const mend = 'Update the browser: Chrome and Edge from 137, Firefox from 129, Safari from 17.'
      try {
        await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])
        return good('The browser can prove who it is and check who published a package.')
      } catch {
        return bad('The browser does not know this kind of signature.', mend)
      }
    },
  },
  {
    title: 'Unpacking',
    run: async () => {
      const chunk = new Uint8Array(base64ToUint8Array(SAMPLE_CHUNK))
      return (await decodeEncodedChunk(chunk, SAMPLE_BYTES))
        ? good('Compressed parts of packages can be unpacked.')
        : bad(
            'WebAssembly does not run here, so that nothing compressed can be unpacked.',
            'Allow WebAssembly (policy DefaultJavaScriptJitSetting must not be 2 in Chrome and Edge); a proxy must not change the page’s Content-Security-Policy.',
          )
    },
  },
]

async function tryDatabase() {
  const database = openIdbDatabase(SCRATCH_DATABASE)
  const written = crypto.getRandomValues(new Uint8Array(65_536))
  const beganAt = performance.now()
  await database.use('readwrite', store => {
    store.put(written, 'probe')
    return whenCommitted(store.transaction)
  })
  const tookMs = Math.round(performance.now() - beganAt)
  database.close()
  await deleteIdbDatabase(SCRATCH_DATABASE)
  return good(`A record was written to the disk in ${tookMs} ms.`)
}

/** Firefox asks whoever is in front of the screen, who may not be there. */
function askToPersist(): Promise<boolean> {
  const nobodyAnswers = new Promise<boolean>(resolve => setTimeout(() => resolve(false), ASK_TIMEOUT_MS))
  return Promise.race([navigator.storage.persist(), nobodyAnswers])
}
