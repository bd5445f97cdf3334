// `node scripts/pack-kiosk-page.mjs COMMIT`: the kiosk page of an earlier commit as test/fixtures/kiosk-page-COMMIT.tar.gz.
//
// Tests let the pages of releases meet today's server and pages. The commit is built in a separate work tree with what its own
// lock file names, so the checkout stays as it is. The same commit gives the same files.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { rootFolder } from './run-process.mjs'

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} cwd
 * @returns {Buffer} what it wrote
 */
function run(command, args, cwd) {
  // A page of today is at most a few megabytes.
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, maxBuffer: 64 * 1024 * 1024 })
  if (status === 0) return stdout
  throw new Error(`${command} ${args.join(' ')} failed:\n${error?.message ?? stderr}`)
}

const commit = process.argv[2]
if (commit === undefined) throw new Error('Name the commit: node scripts/pack-kiosk-page.mjs COMMIT')
const name = run('git', ['rev-parse', '--short=7', `${commit}^{commit}`], rootFolder)
  .toString()
  .trim()

const temporary = mkdtempSync(path.join(tmpdir(), 'larder-kiosk-page-'))
const tree = path.join(temporary, name)
try {
  run('git', ['worktree', 'add', '--detach', tree, name], rootFolder)
  run('npm', ['ci'], tree)
  run('npm', ['run', 'build'], tree)
  // No owner and no time of this machine, and an order that depends on nothing but the names.
  const sameEverywhere = [
    '--sort=name',
    '--mtime=@0',
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '--mode=u=rwX,go=rX',
  ]
  const files = readdirSync(path.join(tree, 'dist', 'kiosk'))
  const archive = run(
    'tar',
    [...sameEverywhere, '-cf', '-', ...files.sort()],
    path.join(tree, 'dist', 'kiosk'),
  )
  const place = path.join(rootFolder, 'test', 'fixtures', `kiosk-page-${name}.tar.gz`)
  writeFileSync(place, gzipSync(archive, { level: 9 }))
  console.log(`Wrote ${path.relative(rootFolder, place)}.`)
} finally {
  run('git', ['worktree', 'remove', '--force', tree], rootFolder)
  rmSync(temporary, { recursive: true, force: true })
}
