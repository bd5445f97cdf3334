/**
 * What the files of a package use that a kiosk cannot give them, since a service worker serves packages: found by looking at the
 * text of pages and scripts, so it may miss some and may name what is never used. It warns and never refuses.
 */

export type KioskWarningKind =
  | 'plugin-element'
  | 'sandboxed-frame'
  | 'synchronous-request'
  | 'shared-memory'
  | 'precompressed-file'

export const KIOSK_WARNING_KINDS = [
  'plugin-element',
  'sandboxed-frame',
  'synchronous-request',
  'shared-memory',
  'precompressed-file',
] as const satisfies readonly KioskWarningKind[]

/** One kind of warning on a package. */
export interface KioskWarning {
  readonly kind: KioskWarningKind
  /** What will not work, and what to do instead. */
  readonly message: string
  /** The first few files that it is about, by path. */
  readonly paths: readonly string[]
  /** All of them. */
  readonly fileCount: number
}

const MESSAGES: Readonly<Record<KioskWarningKind, string>> = {
  'plugin-element':
    'Browsers load the content of <object> and <embed> past the kiosk, so it stays empty or shows an error. Use <img>, <iframe> or <video> instead.',
  'sandboxed-frame':
    'A frame with a sandbox attribute without allow-same-origin is loaded past the kiosk, so it shows an error. Add allow-same-origin, or leave the attribute out.',
  'synchronous-request':
    'Synchronous requests of a script reach no file of the package in Chromium. Use fetch() instead.',
  'shared-memory':
    'SharedArrayBuffer does not exist on a kiosk, because its pages are not isolated from other origins. Build without threads.',
  'precompressed-file':
    'Compressed files are served as they are, without a Content-Encoding, so browsers refuse to run them. Build without compression; Larder compresses what travels by itself.',
}

/** Text of one file that is looked at: bundles are well within, and hostile ones cost a bounded time. */
export const MAX_SCANNED_BYTES = 4 * 1024 * 1024
/** Files that a warning names. */
const MAX_NAMED_PATHS = 5

/** Lengths are bounded, so that no text makes the search slow. */
const TAG = (name: string, rest: string) => new RegExp(`<(?:${name})\\b[^<>]{0,2000}?\\s${rest}`, 'i')
const IN_PAGES: readonly (readonly [KioskWarningKind, RegExp])[] = [
  ['plugin-element', TAG('object', 'data\\s{0,9}=\\s{0,9}["\']?(?!data:|blob:|https?:|//|["\'\\s>])')],
  ['plugin-element', TAG('embed', 'src\\s{0,9}=\\s{0,9}["\']?(?!data:|blob:|https?:|//|["\'\\s>])')],
]
const IN_SCRIPTS: readonly (readonly [KioskWarningKind, RegExp])[] = [
  [
    'synchronous-request',
    /\.open\(\s{0,99}["'`](?:GET|POST|HEAD|PUT)["'`]\s{0,99},[^;]{1,300}?,\s{0,99}(?:false|!1)\s{0,99}[,)]/i,
  ],
  // Libraries ask for the name to see whether it is there; those that need it make one.
  ['shared-memory', /new (?:(?:self|window|globalThis)\.)?SharedArrayBuffer\b/],
  ['shared-memory', /new WebAssembly\.Memory\(\{[^}]{0,300}?\bshared["']?\s{0,9}:\s{0,9}(?:true|!0)/],
  // What asks for isolation seldom goes on without.
  ['shared-memory', /\bcrossOriginIsolated\b/],
]
const FRAME = /<iframe\b[^<>]{0,2000}?>/gi
const SANDBOX = /\ssandbox(?:\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?[\s>]/i
const PRECOMPRESSED = /\.(?:m?js|wasm|data|json|css|html|svg)\.(?:gz|br)$/i
const PAGE = /\.x?html?$/i
const SCRIPT = /\.[mc]?js$/i

/** Whether the text of a file of this name is looked at. */
export const isScanned = (path: string): boolean => PAGE.test(path) || SCRIPT.test(path)

/** `text`: the beginning of a page or script, of {@link MAX_SCANNED_BYTES} at most; empty for any other file. */
export function findKioskWarnings(path: string, text: string): KioskWarningKind[] {
  const kinds = new Set<KioskWarningKind>()
  const isPage = PAGE.test(path)
  if (PRECOMPRESSED.test(path)) kinds.add('precompressed-file')
  for (const [kind, pattern] of isPage ? [...IN_PAGES, ...IN_SCRIPTS] : IN_SCRIPTS)
    if (pattern.test(text)) kinds.add(kind)
  if (isPage && hasOpaqueFrame(text)) kinds.add('sandboxed-frame')
  return KIOSK_WARNING_KINDS.filter(kind => kinds.has(kind))
}

function hasOpaqueFrame(html: string): boolean {
  for (const [tag] of html.matchAll(FRAME)) {
    const sandbox = SANDBOX.exec(tag)
    if (sandbox && !/\ballow-same-origin\b/i.test(sandbox[1] ?? sandbox[2] ?? sandbox[3] ?? '')) return true
  }
  return false
}

/** Gathers what is found in the files of one package. */
export class KioskWarnings {
  readonly #paths = new Set<string>()
  readonly #pathsByKind = new Map<KioskWarningKind, string[]>()

  /** For every file of the package, also where nothing was found in it. */
  add(path: string, kinds: readonly KioskWarningKind[]): void {
    this.#paths.add(path)
    for (const kind of kinds) {
      const paths = this.#pathsByKind.get(kind)
      if (paths) paths.push(path)
      else this.#pathsByKind.set(kind, [path])
    }
  }

  list(): KioskWarning[] {
    return KIOSK_WARNING_KINDS.flatMap(kind => {
      const paths = (this.#pathsByKind.get(kind) ?? []).filter(
        // Build tools put compressed copies beside files, for servers that choose; pages ask for the files.
        path => kind !== 'precompressed-file' || !this.#paths.has(path.replace(/\.\w+$/, '')),
      )
      if (paths.length === 0) return []
      const named = paths.toSorted().slice(0, MAX_NAMED_PATHS)
      return [{ kind, message: MESSAGES[kind], paths: named, fileCount: paths.length }]
    })
  }
}
