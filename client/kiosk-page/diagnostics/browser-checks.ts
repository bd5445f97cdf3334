/** Checks of the browser and its disk: what Larder needs before any other device comes in. */
import { base64ToUint8Array } from 'uint8array-extras'
import { formatBytes } from '../../../presentation/sizes-and-spans.ts'
import { deleteIdbDatabase, openIdbDatabase, whenCommitted } from '../../adapters/browser/idb-database.ts'
import { decodeEncodedChunk } from '../../adapters/browser/zstd-decoder.ts'
import { bad, type Check, type Finding, good, messageOf, note } from './finding.ts'

/** Below this a larger package will hardly fit beside its successor. */
const LITTLE_SPACE_BYTES = 1_000_000_000
const ASK_TIMEOUT_MS = 2_000
const SCRATCH_DATABASE = 'larder-diagnostics'
/** What is written to see whether there is room at all: enough for a small package, and soon removed. */
const SPACE_DATABASE = 'larder-diagnostics-space'
const TRIED_PIECES = 2
const TRIED_PIECE_BYTES = 4_194_304
/** As many as the browser gives out at once. */
const RANDOM_BYTES = 65_536
/** `larder ` forty times, as a zstd chunk. */
const SAMPLE_CHUNK = 'ASi1L/1gGAB1AAA4bGFyZGVyIAEADlKLEQ=='
const SAMPLE_BYTES = 280

/** Where nothing is secure, the browser does not even offer the question. */
const withheld = bad('The browser withholds this.', 'Mend “Secure connection” first: it comes with https.')

export const browserChecks: readonly Check[] = [
  {
    id: 'secure-context',
    title: 'Secure connection',
    run: async () =>
      window.isSecureContext
        ? good(`The browser treats ${location.origin} as secure.`)
        : bad(
            `The browser does not treat ${location.origin} as secure and withholds what Larder needs.`,
            'Serve Larder over https (larder start --tls-cert … --tls-key …, or a proxy with TLS). For a trial only: policy OverrideSecurityRestrictionsOnInsecureOrigin with this address (Chrome, Edge, Chromium). Firefox has no such exception but localhost.',
          ),
  },
  { id: 'service-worker', title: 'Service worker', run: checkServiceWorker },
  {
    id: 'indexeddb',
    title: 'Storage (IndexedDB)',
    run: async () => {
      try {
        return await tryDatabase()
      } catch (error) {
        return bad(
          `Nothing can be stored: ${messageOf(error)}`,
          'Allow this site to store data: policy CookiesAllowedForUrls (Chrome, Edge, Chromium), policy Cookies with Allow (Firefox). Leave private windows, and free space on the disk.',
        )
      }
    },
  },
  {
    id: 'persistence',
    title: 'Storage that stays',
    run: async ({ attended }) => {
      if (!navigator.storage) return withheld
      const persisted = (await navigator.storage.persisted()) || (attended && (await askToPersist()))
      return persisted
        ? good('The browser keeps the packages also when the disk runs low.')
        : note(
            'The browser may throw the packages away when the disk runs low; they would be fetched again.',
            'Chrome, Edge, Chromium: policy NotificationsAllowedForUrls with this address (Larder shows none; it makes storage last), or install the page as an app. Firefox: allow persistent storage when it asks, or open this page on the device and check again.',
          )
    },
  },
  {
    id: 'quota',
    title: 'Space',
    run: checkSpace,
  },
  {
    id: 'signatures',
    title: 'Signatures (Ed25519)',
    run: async () => {
      try {
        await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])
        return good('The browser can prove who it is and check who published a package.')
      } catch {
        return bad(
          'The browser does not know this kind of signature.',
          'Update the browser: Chrome, Edge and Chromium from 137, Firefox from 129, Safari from 17.',
        )
      }
    },
  },
  {
    id: 'unpacking',
    title: 'Unpacking (WebAssembly)',
    run: async () => {
      const chunk = new Uint8Array(base64ToUint8Array(SAMPLE_CHUNK))
      const unpacked = await decodeEncodedChunk(chunk, SAMPLE_BYTES).catch(() => null)
      return unpacked
        ? good('Compressed parts of packages can be unpacked.')
        : bad(
            'WebAssembly does not run here, so that nothing compressed can be unpacked.',
            'Chrome, Edge, Chromium: policy DefaultJavaScriptJitSetting must not be 2 for this site, and no switch may turn WebAssembly off. Firefox: javascript.options.wasm must be true. A proxy must not change the page’s Content-Security-Policy.',
          )
    },
  },
]

const workerMend =
  'Use https and an ordinary window, no private one, and allow this site to store data: policy CookiesAllowedForUrls (Chrome, Edge, Chromium), policy Cookies with Allow (Firefox). In Firefox, dom.serviceWorkers.enabled must be true.'

/** Looks at the worker that the kiosk page registered. Registers none itself: the kiosk page decides how wide it serves. */
async function checkServiceWorker(): Promise<Finding> {
  if (!('serviceWorker' in navigator)) return bad('The browser offers none.', workerMend)
  try {
    const registration = await navigator.serviceWorker.getRegistration()
    if (registration?.active)
      return good(
        registration.waiting ? 'Running; a newer one is about to take over.' : 'Running and up to date.',
      )
    if (registration?.installing || registration?.waiting) return good('Just being installed.')
  } catch (error) {
    return bad(`The browser does not allow one here: ${messageOf(error)}`, workerMend)
  }
  return bad(
    'None is installed, so that nothing could be shown without a network.',
    `Open the kiosk page in this browser once. ${workerMend}`,
  )
}

const spaceMend =
  'Free space on the disk that holds the browser’s profile, or start the browser with a profile on a larger one (--user-data-dir in Chrome, Edge and Chromium, --profile in Firefox). In Firefox, dom.quotaManager.temporaryStorage.fixedLimit must not be set.'

/** What a browser says of its space is a guess, in Chromium not even about the disk: so something is written as well. */
async function checkSpace(): Promise<Finding> {
  if (!navigator.storage) return withheld
  const { usage = 0, quota = 0 } = await navigator.storage.estimate()
  const found = `${formatBytes(usage)} are used, of ${formatBytes(quota)} that the browser would allow.`
  try {
    await writeAndRemove(TRIED_PIECES)
  } catch (error) {
    const tried = formatBytes(TRIED_PIECES * TRIED_PIECE_BYTES)
    return bad(`There is no room for ${tried} more (${messageOf(error)}). ${found}`, spaceMend)
  }
  return quota - usage >= LITTLE_SPACE_BYTES ? good(found) : note(found, spaceMend)
}

/** Rejects when they do not all fit; nothing of them stays. */
async function writeAndRemove(pieces: number): Promise<void> {
  const piece = new Uint8Array(TRIED_PIECE_BYTES)
  for (let at = 0; at < piece.length; at += RANDOM_BYTES)
    crypto.getRandomValues(piece.subarray(at, at + RANDOM_BYTES))
  const database = openIdbDatabase(SPACE_DATABASE)
  try {
    for (let index = 0; index < pieces; index++)
      await database.use('readwrite', store => {
        store.put(piece, `piece-${index}`)
        return whenCommitted(store.transaction)
      })
  } finally {
    database.close()
    await deleteIdbDatabase(SPACE_DATABASE).catch(() => {})
  }
}

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
