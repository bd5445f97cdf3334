/**
 * The import arrows of docs/ARCHITECTURE.md and the purity of policy/, protocol/ and the machines, over every .ts file;
 * and that the checker itself sees what it claims to see.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { violationsIn } from '../support/architecture-rules.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const FOLDERS = [
  'policy',
  'protocol',
  'presentation',
  'client',
  'signal-server',
  'bench',
  'scripts',
  'examples',
  'test',
]

function sourceFiles(): string[] {
  return FOLDERS.flatMap(folder => {
    try {
      return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter(name => /\.m?tsx?$/.test(name) && !name.split(path.sep).includes('node_modules'))
        .map(name => path.posix.join(folder, ...name.split(path.sep)))
    } catch {
      return []
    }
  })
}

test('every import follows the arrows, and pure code calls no clock, chance or I/O', () => {
  const files = sourceFiles()
  assert.ok(files.includes('test/unit/architecture.test.ts'), 'the walk must find the files')
  const violations = files.flatMap(file => violationsIn(file, readFileSync(path.join(root, file), 'utf8')))
  const report = violations.map(({ file, line, message }) => `${file}:${line} ${message}`)
  assert.deepEqual(report, [])
})

test('two values are compared by isSameValue, never by their JSON texts, in which the order of fields counts', () => {
  const product = sourceFiles().filter(file => !file.startsWith('test/'))
  const offenders = product.filter(file =>
    /JSON\.stringify\([^\n]*\)\s*[!=]==|[!=]==\s*JSON\.stringify/.test(
      readFileSync(path.join(root, file), 'utf8'),
    ),
  )
  assert.deepEqual(offenders, [])
})

/** [title, file, source, what the only violation must say; null for none] */
type Case = readonly [title: string, file: string, source: string, message: RegExp | null]

const ARROWS: readonly Case[] = [
  [
    'protocol on policy',
    'protocol/a.ts',
    "import { x } from '../policy/windows.ts'",
    /may import only protocol\//,
  ],
  ['protocol on itself', 'protocol/a.ts', "import { x } from './sub/b.ts'", null],
  ['protocol on a package it may use', 'protocol/a.ts', "import * as v from 'valibot'", null],
  ['protocol on any other package', 'protocol/a.ts', "import { Hono } from 'hono'", /may use only valibot/],
  ['policy on protocol', 'policy/a.ts', "import type { X } from '../protocol/b.ts'", null],
  ['policy on client', 'policy/a.ts', "import '../client/b.ts'", /imports client\/b\.ts/],
  ['policy on Node', 'policy/a.ts', "import fs from 'node:fs'", /imports node:fs/],
  [
    'client on server, types only',
    'client/a.ts',
    "import type { X } from '../signal-server/b.ts'",
    /signal-server\/b/,
  ],
  [
    'client on server, dynamically',
    'client/a.ts',
    "const m = await import('../signal-server/b.ts')",
    /signal-server\/b/,
  ],
  [
    'client on server, as a type',
    'client/a.ts',
    "let m: import('../signal-server/b.ts').X",
    /signal-server\/b/,
  ],
  [
    'client on server, re-exported',
    'client/a.ts',
    "export * from '../signal-server/b.ts'",
    /signal-server\/b/,
  ],
  [
    'client on server, as a worker',
    'client/adapters/a.ts',
    "new Worker(new URL('../../signal-server/w.ts', import.meta.url))",
    /signal-server\/w/,
  ],
  ['a computed import', 'client/a.ts', 'await import(name)', /computed/],
  ['client on Node', 'client/engine/a.ts', "import path from 'node:path'", /imports node:path/],
  ['the Node adapters on Node', 'client/adapters/node/a.ts', "import path from 'node:path'", null],
  ['a build configuration on Node', 'client/kiosk-page/vite.config.ts', "import path from 'node:path'", null],
  [
    'server on client',
    'signal-server/a.ts',
    "import {\n  x,\n  y,\n} from '../client/b.ts'",
    /imports client\/b/,
  ],
  ['server on policy', 'signal-server/a.ts', "import { x } from '../policy/b.ts'", null],
  [
    'the demo on the browser finder',
    'signal-server/demo/a.ts',
    "import { x } from '../../scripts/find-browsers.mjs'",
    null,
  ],
  [
    'server on another script',
    'signal-server/a.ts',
    "import { x } from '../scripts/setup.mjs'",
    /scripts\/setup/,
  ],
  ['admin on protocol', 'signal-server/admin/a.ts', "import { x } from '../../protocol/b.ts'", null],
  [
    'admin on policy',
    'signal-server/admin/a.ts',
    "import { x } from '../../policy/b.ts'",
    /imports policy\/b/,
  ],
  [
    'admin on the server',
    'signal-server/admin/a.ts',
    "import { x } from '../records/b.ts'",
    /signal-server\/records/,
  ],
  ['server on admin', 'signal-server/a.ts', "import { x } from './admin/b.ts'", /admin page is a browser's/],
  ['anything on test/', 'bench/a.ts', "export { x } from '../test/support/b.ts'", /nothing imports test\//],
  ['test on anything', 'test/unit/a.test.ts', "import { x } from '../../client/b.ts'", null],
]

const PURITY: readonly Case[] = [
  ['the clock', 'policy/a.ts', 'const now = Date.now()', /uses Date\.now/],
  ['a date of now', 'protocol/a.ts', 'const now = new Date()', /uses new Date/],
  ['a date of now without parentheses', 'protocol/a.ts', 'const now = new Date', /uses new Date/],
  ['a date as text', 'protocol/a.ts', 'const now = Date()', /uses Date/],
  ['a date from an instant', 'protocol/a.ts', 'const at = new Date(instant).toISOString()', null],
  ['the Temporal clock', 'policy/a.ts', 'Temporal.Now.instant()', /Temporal\.Now/],
  ['the monotonic clock', 'policy/a.ts', 'performance.now()', /performance\.now/],
  ['chance', 'policy/a.ts', 'Math.random()', /Math\.random/],
  ['random bytes', 'protocol/a.ts', 'crypto.getRandomValues(new Uint8Array(4))', /getRandomValues/],
  ['random identity', 'protocol/a.ts', 'crypto.randomUUID()', /randomUUID/],
  ['hashing', 'protocol/a.ts', "crypto.subtle.digest('SHA-256', bytes)", null],
  ['making a key', 'protocol/a.ts', "crypto.subtle.generateKey('Ed25519', false, [])", /generateKey/],
  ['a timer', 'policy/a.ts', 'setTimeout(f, 1)', /setTimeout/],
  ['a request', 'policy/a.ts', "await fetch('/x')", /uses fetch/],
  ['the console', 'policy/a.ts', "console.log('x')", /console\.log/],
  ['an escape through globalThis', 'policy/a.ts', 'globalThis.setTimeout(f, 1)', /globalThis/],
  ['a machine of the client', 'client/machines/a.ts', 'Date.now()', /a machine is pure/],
  ['a machine of the server', 'signal-server/signaling/machines/a.ts', 'Math.random()', /a machine is pure/],
  ['the server elsewhere', 'signal-server/a.ts', 'Date.now()', null],
  ['client code', 'client/engine/a.ts', 'indexedDB.open(name)', /only adapters\//],
  ['client code on the navigator', 'client/engine/a.ts', 'navigator.storage.persist()', /navigator/],
  ['a browser adapter', 'client/adapters/a.ts', 'setTimeout(() => Date.now(), 1)', null],
  ['the kiosk page', 'client/kiosk-page/a.ts', 'navigator.serviceWorker', null],
  ['a port called by its name', 'client/engine/a.ts', 'this.platform.setTimeout(f, 1)', null],
  [
    'a port that declares a method',
    'client/ports/a.ts',
    'interface P {\n  now(): number\n  setTimeout(f: () => void, ms: number): () => void\n}',
    null,
  ],
  [
    'a port that declares a field',
    'client/ports/a.ts',
    'interface P { readonly setTimeout: (f: () => void) => void }',
    null,
  ],
  ['a fake that implements it', 'client/a.ts', 'const p = {\n  setTimeout(f: () => void) { f() },\n}', null],
  ['domain words', 'policy/a.ts', 'if (window.until <= now) return document.signature', null],
]

const TEXT: readonly Case[] = [
  ['line comments', 'policy/a.ts', '// never Date.now()\nconst a = 1', null],
  ['block comments', 'policy/a.ts', '/* import "../client/a.ts"\n * Math.random() */', null],
  ['strings', 'policy/a.ts', `const a = 'Date.now()' + "it\\"s Math.random()"`, null],
  ['templates', 'policy/a.ts', `const a = \`Date.now() \\\` \${b} fetch(x)\``, null],
  ['code inside templates', 'policy/a.ts', `const a = \`at \${{ x: Date.now() }.x} ms\``, /Date\.now/],
  ['code after a nested template', 'policy/a.ts', `const a = \`\${\`\${b}\`}\`; Date.now()`, /Date\.now/],
  ['regular expressions', 'policy/a.ts', `const a = /['"\`/]/.test(b); const c = 'Date.now()'`, null],
  ['code after a regular expression', 'policy/a.ts', `const a = /['"]/\nDate.now()`, /Date\.now/],
  ['code between divisions', 'policy/a.ts', 'const a = b / Date.now() / 2', /Date\.now/],
]

for (const [group, cases] of [
  ['the checker judges imports:', ARROWS],
  ['the checker judges purity:', PURITY],
  ['the checker tells code from text:', TEXT],
] as const) {
  describe(group, () => {
    for (const [title, file, source, message] of cases) {
      test(title, () => {
        const messages = violationsIn(file, source).map(violation => violation.message)
        assert.equal(messages.length, message === null ? 0 : 1, messages.join('\n'))
        if (message !== null) assert.match(messages.join(), message)
      })
    }
  })
}

test('a violation names its line', () => {
  const [violation] = violationsIn('policy/a.ts', '/*\n\n*/\nconst a = 1\nconst now = Date.now()\n')
  assert.equal(violation?.line, 5)
})
