import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { hash } from 'node:crypto'
import { appendFile, chmod, mkdir, mkdtemp, rm, symlink, unlink, utimes, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { PACKED_BELOW_BYTES } from '../../../../protocol/chunking/layout.ts'
import { checkReleaseContent, releaseContentSchema } from '../../../../protocol/manifest.ts'
import { parseWith } from '../../../../protocol/parse.ts'
import { readDirectory } from '../../../../signal-server/publishing/read-directory.ts'
import { reassembleFile } from '../../../support/reassemble-file.ts'
import { seededBytes } from '../../../support/seeded-bytes.ts'

type Tree = Record<string, string | Uint8Array>

async function withTree(tree: Tree, use: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'larder-read-'))
  try {
    for (const [path, content] of Object.entries(tree)) {
      await mkdir(dirname(join(directory, path)), { recursive: true })
      await writeFile(join(directory, path), content)
    }
    await use(directory)
  } finally {
    await rm(directory, { recursive: true })
  }
}

/** Node has no call for it; every POSIX system has the command. */
const MAKE_PIPE_COMMAND = 'mkfifo'
function makePipe(path: string): void {
  execFileSync(MAKE_PIPE_COMMAND, [path])
}

/** Reads the directory, keeping every chunk; `onEach` runs while the chunk is being handed over. */
async function read(directory: string, onEach?: () => Promise<void>) {
  const handedOut: Array<{ digest: string; raw: Uint8Array }> = []
  const result = await readDirectory(directory, {
    async onChunk(chunk) {
      handedOut.push(chunk)
      await onEach?.()
    },
  })
  return { result, handedOut }
}

async function assertRefused(directory: string, reason: string, named: string): Promise<void> {
  const { result, handedOut } = await read(directory)
  assert.ok(!result.ok)
  assert.equal(result.reason, reason)
  assert.ok(result.message.includes(named), result.message)
  assert.equal(handedOut.length, 0, 'nothing is handed out before everything has been looked at')
}

const LARGE = seededBytes(1, 1_500_000)
const PAGE: Tree = {
  'index.html': '<!doctype html><title>Lobby</title>',
  'assets/app.js': LARGE,
  'assets/copy of app.js': LARGE,
  'assets/a.css': 'body { margin: 0 }',
  'assets/deep/er/x.bin': seededBytes(2, PACKED_BELOW_BYTES),
  '.well-known/thing.json': '{}',
  empty: '',
}

describe('reading a directory', () => {
  it('gives files and chunks that make a valid manifest, and every file back', () =>
    withTree(PAGE, async directory => {
      const { result, handedOut } = await read(directory)
      assert.ok(result.ok)
      const { files, chunks } = result
      const content = parseWith(releaseContentSchema, { version: '1', entry: 'index.html', files, chunks })
      assert.ok(content.ok)
      assert.equal(checkReleaseContent(content.value), null)
      assert.deepEqual(
        files.map(file => file.path),
        Object.keys(PAGE).sort(),
      )
      assert.equal(files.find(file => file.path === 'index.html')?.mediaType, 'text/html; charset=utf-8')

      const rawByDigest = new Map(handedOut.map(({ digest, raw }) => [digest, raw]))
      for (const { digest, raw } of handedOut) assert.equal(hash('sha256', raw, 'hex'), digest)
      const rawChunks = chunks.map(chunk => {
        const raw = rawByDigest.get(chunk.digest)
        assert.equal(raw?.length, chunk.sizeBytes)
        return raw ?? new Uint8Array(0)
      })
      for (const file of files) {
        const expected = PAGE[file.path]
        assert.ok(expected !== undefined)
        assert.equal(Buffer.compare(reassembleFile(file, rawChunks), Buffer.from(expected)), 0, file.path)
      }
    }))

  it('hands each distinct chunk out once, one at a time', () =>
    withTree(PAGE, async directory => {
      let running = 0
      const { result, handedOut } = await read(directory, async () => {
        assert.equal(++running, 1)
        await new Promise(resolve => setImmediate(resolve))
        running--
      })
      assert.ok(result.ok)
      const distinct = new Set(result.chunks.map(chunk => chunk.digest))
      assert.equal(handedOut.length, distinct.size)
      assert.ok(result.chunks.length > distinct.size, 'the copy repeats digests')
    }))

  it('makes the same of the same content, wherever it lies', () =>
    withTree(PAGE, first =>
      withTree(Object.fromEntries(Object.entries(PAGE).reverse()), async second => {
        assert.deepEqual((await read(first)).result, (await read(second)).result)
      }),
    ))

  it('leaves out what version control and file managers drop, and says so; other hidden files stay', () =>
    withTree(
      {
        'index.html': 'x',
        '.env.example': 'x',
        '.git/config': 'x',
        'sub/.DS_Store': 'x',
        'sub/Thumbs.db': 'x',
        'sub/._a.txt': 'x',
        '__MACOSX/sub/._a.txt': 'x',
        'sub/a.txt': 'x',
      },
      async directory => {
        const { result } = await read(directory)
        assert.ok(result.ok)
        assert.deepEqual(
          result.files.map(file => file.path),
          ['.env.example', 'index.html', 'sub/a.txt'],
        )
        assert.deepEqual(result.leftOut, [
          '.git',
          '__MACOSX',
          'sub/.DS_Store',
          'sub/._a.txt',
          'sub/Thumbs.db',
        ])
      },
    ))

  it('gives names in composed form, whatever form the disk keeps', () =>
    withTree({ 'index.html': 'x', 'Gro\u0308ße/a\u0308.svg': 'x' }, async directory => {
      const { result } = await read(directory)
      assert.ok(result.ok)
      assert.deepEqual(
        result.files.map(file => file.path),
        ['Gr\u00f6ße/\u00e4.svg', 'index.html'],
      )
    }))

  it('rejects with what the callback rejects with', () =>
    withTree(PAGE, async directory => {
      const failure = new Error('the server is gone')
      await assert.rejects(readDirectory(directory, { onChunk: () => Promise.reject(failure) }), failure)
    }))
})

describe('directories that cannot be published', () => {
  it('one that does not exist, and a file', () =>
    withTree({ 'a.txt': 'x' }, async directory => {
      await assertRefused(join(directory, 'missing'), 'not-found', join(directory, 'missing'))
      await assertRefused(join(directory, 'a.txt'), 'not-a-directory', 'a.txt')
    }))

  it('an empty one, also with directories in it, or with nothing but what is left out', () =>
    withTree({ 'only/.DS_Store': 'x' }, async directory => {
      await mkdir(join(directory, 'a/b/c'), { recursive: true })
      await assertRefused(directory, 'empty-directory', directory)
    }))

  for (const name of ['con.txt', 'a:b', 'what?', 'trailing.', 'back\\slash', 'new\nline']) {
    it(`one with a file named ${JSON.stringify(name)}`, () =>
      withTree({ 'index.html': 'x', [`sub/${name}`]: 'x' }, directory =>
        assertRefused(directory, 'path-not-allowed', JSON.stringify(`sub/${name}`)),
      ))
  }

  it('one with a file name that is not UTF-8', () =>
    withTree({ 'index.html': 'x' }, async directory => {
      await writeFile(Buffer.concat([Buffer.from(`${directory}/bad-`), Buffer.of(0xff)]), 'x')
      await assertRefused(directory, 'path-not-allowed', 'bad-')
    }))

  it('one with names that differ only in case', () =>
    withTree({ 'a/Logo.svg': 'x', 'a/logo.svg': 'x' }, directory =>
      assertRefused(directory, 'path-conflict', 'a/Logo.svg'),
    ))

  it('one with two names that become one when they are composed', () =>
    withTree({ '\u00e4.txt': 'x', 'a\u0308.txt': 'x' }, directory =>
      assertRefused(directory, 'path-conflict', 'is there twice'),
    ))

  it('one with several names and links that no package may have, all named at once', () =>
    withTree(
      { 'index.html': 'x', 'con.txt': 'x', 'sub/what?': 'x', 'bad./inner.txt': 'x' },
      async directory => {
        await symlink('index.html', join(directory, 'link'))
        const { result } = await read(directory)
        assert.ok(!result.ok)
        for (const named of [
          '4 names cannot be published',
          '"con.txt"',
          '"sub/what?"',
          '"bad."',
          '/link" is a',
        ])
          assert.ok(result.message.includes(named), result.message)
      },
    ))

  it('one with a symbolic link, to a file, to a directory or to nothing', async () => {
    for (const target of ['index.html', '.', '/etc/passwd', 'missing']) {
      await withTree({ 'index.html': 'x' }, async directory => {
        await symlink(target, join(directory, 'link'))
        await assertRefused(directory, 'symbolic-link', join(directory, 'link'))
      })
    }
  })

  it('one with a named pipe or a socket', async () => {
    await withTree({ 'index.html': 'x' }, async directory => {
      makePipe(join(directory, 'pipe'))
      await assertRefused(directory, 'special-file', 'a named pipe')
    })
    await withTree({ 'index.html': 'x' }, async directory => {
      const server = createServer()
      await new Promise<void>(resolve => server.listen(join(directory, 'socket'), resolve))
      await assertRefused(directory, 'special-file', 'a socket')
      await new Promise(resolve => server.close(resolve))
    })
  })

  it('one with a file or a directory that may not be read', async () => {
    for (const path of ['secret.txt', 'secret']) {
      await withTree({ 'secret.txt': 'x', 'secret/index.html': 'x' }, async directory => {
        await chmod(directory, 0o755)
        await chmod(join(directory, path), 0)
        // Root may read everything: be nobody meanwhile.
        const user = process.geteuid?.()
        if (user === 0) process.seteuid?.(65534)
        try {
          await assertRefused(directory, 'unreadable', join(directory, path))
        } finally {
          if (user === 0) process.seteuid?.(0)
          await chmod(join(directory, path), 0o755)
        }
      })
    }
  })
})

describe('files that change while they are read', () => {
  const spoilers: Array<
    [what: string, spoil: (directory: string) => Promise<void>, reason: string, path: string]
  > = [
    ['grows', d => appendFile(join(d, 'b.bin'), 'more'), 'changed-while-reading', 'b.bin'],
    ['shrinks', d => writeFile(join(d, 'b.bin'), 'less'), 'changed-while-reading', 'b.bin'],
    ['changes in place', d => utimes(join(d, 'a.bin'), 1, 1), 'changed-while-reading', 'a.bin'],
    ['grows while it is open', d => appendFile(join(d, 'a.bin'), 'more'), 'changed-while-reading', 'a.bin'],
    ['goes away', d => unlink(join(d, 'b.bin')), 'unreadable', 'b.bin'],
    [
      'becomes a link',
      async d => {
        await unlink(join(d, 'b.bin'))
        await symlink('/etc/passwd', join(d, 'b.bin'))
      },
      'unreadable',
      'b.bin',
    ],
    [
      'becomes a pipe',
      async d => {
        await unlink(join(d, 'b.bin'))
        makePipe(join(d, 'b.bin'))
      },
      'changed-while-reading',
      'b.bin',
    ],
  ]
  for (const [what, spoil, reason, path] of spoilers) {
    it(`refuses one that ${what}`, () =>
      withTree({ 'a.bin': LARGE, 'b.bin': seededBytes(3, 600_000) }, async directory => {
        let spoilt = false
        const { result } = await read(directory, async () => {
          if (!spoilt) await spoil(directory)
          spoilt = true
        })
        assert.ok(!result.ok)
        assert.equal(result.reason, reason)
        assert.equal(result.path, join(directory, path))
        assert.ok(result.message.includes(path))
      }))
  }
})
