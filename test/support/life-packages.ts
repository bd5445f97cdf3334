/**
 * Packages whose releases behave in every way an update can end, for tests of its life. A page that is whole says so in
 * its title: its two files come from one release.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { seededBytes } from './seeded-bytes.ts'

/** What the app does once its files are there. */
const BEHAVIOURS = {
  works: 'window.frameElement.larder.ready()',
  /** Says that it works only once the test has allowed it. */
  hesitates: `setInterval(() => localStorage.getItem('may-be-ready') && window.frameElement.larder.ready(), 50)`,
  'says-nothing': '',
  throws: 'nowhere()',
  'misses-a-script': `document.body.append(Object.assign(document.createElement('script'), { src: 'gone.js' }))`,
  'goes-to-no-page': `location.href = 'gone.html'`,
  hangs: `setTimeout(() => { for (;;); }, 200)`,
} as const
export type Behaviour = keyof typeof BEHAVIOURS

export const titleOf = (release: number) => `App ${release} whole`

/** Writes the files of a release below `directory` and gives the directory back, ready to be published. */
export async function writeLifeRelease(
  directory: string,
  release: number,
  behaviour: Behaviour,
  weightBytes = 0,
): Promise<string> {
  await mkdir(directory, { recursive: true })
  const page = `<!doctype html><meta charset="utf-8"><title>App ${release}</title><h1>App ${release}</h1><body><script src="app.js"></script>\n`
  const script = `document.title += document.title === 'App ${release}' ? ' whole' : ' mixed'\n${BEHAVIOURS[behaviour]}\n`
  await writeFile(join(directory, 'index.html'), page)
  await writeFile(join(directory, 'app.js'), script)
  if (weightBytes > 0) await writeFile(join(directory, 'weight.bin'), seededBytes(release, weightBytes))
  return directory
}

/**
 * Runs in the kiosk page before its own scripts. While `localStorage['hold-pointer']` names a release, a record that
 * makes it active is held back in its transaction: the state in which it is being written lasts.
 */
export const HOLD_POINTER = `
  const put = IDBObjectStore.prototype.put
  IDBObjectStore.prototype.put = function (value, key) {
    const release = localStorage.getItem('hold-pointer')
    const isHeld = String(key).startsWith('package:') && String(value?.active?.release) === release
    if (!isHeld) return put.call(this, value, key)
    globalThis.pointerIsHeld = true
    const wait = () => {
      if (localStorage.getItem('hold-pointer') === release) this.get('nothing').onsuccess = wait
      else put.call(this, value, key)
    }
    const first = this.get('nothing')
    first.onsuccess = wait
    return first
  }
`

/** Slows every chunk of the origin down, in any browser, so that a download lasts. */
export const SLOW_CHUNKS = `
  const { fetch } = globalThis
  globalThis.fetch = async (...args) => {
    if (String(args[0]?.url ?? args[0]).includes('/chunks/') && localStorage.getItem('slow-chunks'))
      await new Promise(resolve => setTimeout(resolve, 700))
    return fetch(...args)
  }
`

/** The kiosk's own clock a year ahead. */
export const CLOCK_A_YEAR_AHEAD = `
  const Right = Date
  const aheadMs = 365 * 24 * 3600 * 1000
  globalThis.Date = class extends Right {
    constructor(...args) {
      if (args.length === 0) super(Right.now() + aheadMs)
      else super(...args)
    }
    static now() {
      return Right.now() + aheadMs
    }
  }
`
