/**
 * The import arrows and the purity rules of docs/ARCHITECTURE.md as a function of one file's path and text.
 *
 * Knows the project's folders; reads no disk and judges no style. test/unit/architecture.test.ts runs it over every file.
 */
import path from 'node:path'
import { type ImportedSpecifier, lineAt, scanSource } from './source-scan.ts'

export interface Violation {
  readonly file: string
  readonly line: number
  readonly message: string
}

interface Layer {
  /** Folders, with a trailing slash, whose files this layer may import. */
  readonly folders: readonly string[]
  /** Single files beside them. */
  readonly files?: readonly string[]
  /** npm packages; any where absent. */
  readonly packages?: readonly string[]
  readonly nodeModules: boolean
}

/** From the narrowest folder to the widest: the first that holds a file is its layer. */
const LAYERS: readonly (readonly [folder: string, layer: Layer])[] = [
  [
    'protocol/',
    {
      folders: ['protocol/'],
      packages: ['valibot', 'canonicalize', 'uint8array-extras'],
      nodeModules: false,
    },
  ],
  [
    'policy/',
    { folders: ['protocol/', 'policy/'], packages: ['temporal-polyfill', 'valibot'], nodeModules: false },
  ],
  ['presentation/', { folders: ['presentation/'], packages: ['lit', 'uqr'], nodeModules: false }],
  ['client/adapters/node/', { folders: ['protocol/', 'policy/', 'client/'], nodeModules: true }],
  ['client/', { folders: ['protocol/', 'policy/', 'presentation/', 'client/'], nodeModules: false }],
  [
    'signal-server/admin/',
    { folders: ['protocol/', 'presentation/', 'signal-server/admin/'], nodeModules: false },
  ],
  [
    'signal-server/',
    {
      folders: ['protocol/', 'policy/', 'presentation/', 'signal-server/'],
      // The demo opens browsers.
      files: ['scripts/find-browsers.mjs'],
      nodeModules: true,
    },
  ],
]

const bare = (name: string) => `(?<![\\w$.#])${name}(?![\\w$])`
const call = (name: string) => `${bare(name)}\\s*\\(`
const member = (name: string, members = '[\\w$]+') => `${bare(name)}\\s*\\??\\.\\s*(?:${members})(?![\\w$])`
const made = (name: string) => `(?<![\\w$.])new\\s+${name}(?![\\w$])`

/** Clocks, chance and I/O by name. Words that the product itself uses (window, document) count only as the browser's. */
const AMBIENT = [
  member('Date', 'now'),
  `(?<![\\w$.])new\\s+Date\\s*(?:\\(\\s*\\)|(?![\\w$\\s(]))`,
  `(?<![\\w$.]|new\\s)Date\\s*\\(`,
  member('Temporal', 'Now'),
  member('performance'),
  member('Math', 'random'),
  member('crypto', 'getRandomValues|randomUUID|randomBytes'),
  member('crypto\\.subtle', 'generateKey'),
  ...['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval'].map(bare),
  ...['requestAnimationFrame', 'requestIdleCallback', 'queueMicrotask', 'indexedDB'].map(bare),
  ...['fetch', 'alert', 'addEventListener'].map(call),
  ...['console', 'navigator', 'localStorage', 'sessionStorage', 'caches'].map(name => member(name)),
  ...['Worker', 'SharedWorker', 'WebSocket', 'EventSource', 'XMLHttpRequest', 'RTCPeerConnection'].map(made),
  ...['BroadcastChannel', 'MessageChannel'].map(made),
  member(
    'document',
    'body|head|cookie|title|hidden|visibilityState|documentElement|(?:query|get|create|add)[A-Z]\\w*',
  ),
  member('location', 'href|hash|search|origin|host|hostname|pathname|protocol|reload|assign|replace'),
  member(
    '(?:window|self)',
    'location|navigator|crypto|performance|indexedDB|set\\w+|clear\\w+|add\\w+|post\\w+',
  ),
  member('process', 'env|argv|cwd|hrtime|pid|exit|stdout|stderr|stdin|nextTick|on'),
  `(?<!typeof\\s+)${bare('globalThis')}`,
].map(pattern => new RegExp(pattern, 'g'))

/** What one file does that its place forbids. `file` is relative to the checkout, with forward slashes. */
export function violationsIn(file: string, source: string): Violation[] {
  const { code, imports } = scanSource(source)
  const found = imports.flatMap(imported => {
    const message = problemWith(file, imported)
    return message === null ? [] : [{ file, line: imported.line, message }]
  })
  const because = whyPure(file)
  if (because === null) return found
  for (const pattern of AMBIENT) {
    for (const match of code.matchAll(pattern)) {
      if (isDeclaration(code, match)) continue
      const name = match[0].replace(/\s*\($/, '').replace(/\s+/g, ' ')
      found.push({ file, line: lineAt(code, match.index), message: `uses ${name}, but ${because}` })
    }
  }
  return found
}

function problemWith(file: string, { specifier, kind }: ImportedSpecifier): string | null {
  const [layerFolder, layer] = layerOf(file)
  if (specifier === null) return layer ? 'imports a computed specifier, which no rule can follow' : null
  if (kind === 'url' && !specifier.endsWith('.ts')) return null
  if (!specifier.startsWith('.')) return layer ? packageProblem(layerFolder, layer, specifier) : null

  const target = path.posix.normalize(path.posix.join(path.posix.dirname(file), specifier))
  if (target.startsWith('test/') && !file.startsWith('test/'))
    return `imports ${target}: nothing imports test/`
  if (!layer || layer.files?.includes(target)) return null
  if (target.startsWith('signal-server/admin/') && layerFolder === 'signal-server/') {
    return `imports ${target}: the admin page is a browser's, not the server's`
  }
  if (layer.folders.some(folder => target.startsWith(folder))) return null
  return `imports ${target}: ${layerFolder} may import only ${layer.folders.join(', ')}`
}

function packageProblem(layerFolder: string, layer: Layer, specifier: string): string | null {
  if (specifier.startsWith('node:'))
    return layer.nodeModules ? null : `imports ${specifier}: ${layerFolder} is not Node's alone`
  if (!layer.packages) return null
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
  return layer.packages.includes(name)
    ? null
    : `imports ${name}: ${layerFolder} may use only ${layer.packages.join(', ')}`
}

function layerOf(file: string): readonly [string, Layer | null] {
  // A build's configuration runs in Node, wherever it lies.
  if (/(^|\/)vite\.[\w-]+\.ts$/.test(file)) return ['', null]
  return LAYERS.find(([folder]) => file.startsWith(folder)) ?? ['', null]
}

function whyPure(file: string): string | null {
  if (layerOf(file)[1] === null) return null
  if (/^(policy|protocol)\//.test(file))
    return `${file.split('/', 1)} is pure: time, chance and bytes are arguments`
  if (/^(client|signal-server)\/(.*\/)?machines\//.test(file))
    return 'a machine is pure: time and chance are arguments'
  if (!file.startsWith('client/') || /^client\/(adapters|kiosk-page|library)\//.test(file)) return null
  return 'in client/ only adapters/, kiosk-page/ and library/ touch globals'
}

/** `{ setTimeout: … }`, `setTimeout?: …` and a method of that name declare something of one's own. */
function isDeclaration(code: string, match: RegExpExecArray): boolean {
  const isCall = match[0].endsWith('(')
  const name = match[0].replace(/\s*\($/, '')
  if (!/^\w+$/.test(name)) return false
  const before = code.slice(0, match.index)
  const startsMember = /(?:[{;,(]|^)\s*$|\n\s*$/.test(
    before.replace(/\b(?:readonly|async|public|private|static)\s+$/, ''),
  )
  const rest = code.slice(match.index + name.length)
  if (!startsMember) return false
  if (!isCall && /^\s*\??\s*:/.test(rest)) return true
  const afterCall = afterParentheses(rest.replace(/^\s*\??\s*/, ''))
  return afterCall !== null && /^\s*[:{]/.test(afterCall)
}

/** What follows the parenthesis that closes the one `text` starts with; null when it starts with none. */
function afterParentheses(text: string): string | null {
  if (!text.startsWith('(')) return null
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    if (text.charAt(at) === '(') depth++
    if (text.charAt(at) === ')' && --depth === 0) return text.slice(at + 1)
  }
  return null
}
