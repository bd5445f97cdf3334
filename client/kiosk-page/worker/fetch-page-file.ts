/**
 * Fetches a file of the kiosk page from the server and verifies it; finds out why when it is not the one of this build. What
 * answers need not be the server, nor what it sent. Keeps nothing.
 */
import { type Bytes, sha256Hex } from '../../../protocol/keys.ts'
import { isWebPageAnswer } from '../../web-page-answer.ts'
import { bodyOf } from './bounded-body.ts'
import type { PageFileFault } from './page-file-fault.ts'
import type { PageFile } from './page-files.ts'

/**
 * Without a byte for so long a network counts as silent: a kiosk that starts shows nothing until then. A slow one may take
 * longer altogether.
 */
const SILENCE_MS = 10_000

export type FetchedPageFile =
  | { readonly ok: true; readonly body: Bytes }
  | { readonly ok: false; readonly fault: PageFileFault }

/** Never rejects. */
export type FetchPageFile = (file: PageFile) => Promise<FetchedPageFile>

export interface FetchPageFileDeps {
  /** Address of the folder that holds the page, with its final slash. */
  readonly folder: string
  /** Address of the worker's script, which names the digests of the build that the server has. */
  readonly script: string
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
}

type Asked =
  | { readonly kind: 'answer'; readonly response: Response; readonly body: Bytes | null }
  | { readonly kind: 'silent' }
  | { readonly kind: 'failed' }

export function createFetchPageFile({ folder, script, fetch }: FetchPageFileDeps): FetchPageFile {
  let askedForScript: Promise<Asked> | null = null

  async function ask(url: string, redirect: RequestRedirect): Promise<Asked> {
    const silence = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const onSign = () => {
      clearTimeout(timer)
      timer = setTimeout(() => silence.abort(), SILENCE_MS)
    }
    onSign()
    try {
      const { signal } = silence
      const response = await fetch(url, { cache: 'reload', credentials: 'same-origin', redirect, signal })
      return { kind: 'answer', response, body: await bodyOf(response, onSign) }
    } catch {
      return { kind: silence.signal.aborted ? 'silent' : 'failed' }
    } finally {
      clearTimeout(timer)
    }
  }

  /** Once for all files that fail at the same time. */
  function askForScript(): Promise<Asked> {
    askedForScript ??= ask(script, 'manual').finally(() => {
      askedForScript = null
    })
    return askedForScript
  }

  /** The script comes from the same server on the same way, so what is wrong with it is wrong with the file. */
  async function faultOf(file: PageFile, asked: Asked): Promise<PageFileFault> {
    // A kiosk that starts waits for this: a second silence would take as long again.
    if (asked.kind === 'silent') return 'no-answer'
    if (asked.kind === 'answer' && asked.response.redirected) return 'login-page'
    const current = await askForScript()
    if (current.kind !== 'answer') return 'no-answer'
    const { response, body } = current
    if (response.type === 'opaqueredirect' || isWebPageAnswer(response)) return 'login-page'
    if (!response.ok || body === null) return 'refused'
    if (!new TextDecoder().decode(body).includes(file.sha256)) return 'other-build'
    if (asked.kind === 'failed') return 'no-answer'
    return asked.response.ok ? 'altered' : 'refused'
  }

  return async file => {
    const asked = await ask(new URL(file.path, folder).href, 'follow')
    if (asked.kind === 'answer' && asked.response.ok && asked.body !== null) {
      const { body } = asked
      // The server may have moved on to another build between two answers; mixing them would break the page.
      if ((await sha256Hex(body)) === file.sha256) return { ok: true, body }
    }
    return { ok: false, fault: await faultOf(file, asked) }
  }
}
