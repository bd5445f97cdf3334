/** What the same update costs in other ways. Each takes both folders and gives back bytes. */
import { execFile } from 'node:child_process'
import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { constants, gzip, zstdCompress } from 'node:zlib'

const run = promisify(execFile)
const compressGzip = promisify(gzip)
const compressZstd = promisify(zstdCompress)
/** Large enough for both trees of every pair. */
const LONG = '--long=30'

/** Files that are new or differ, each gzipped by itself, as a web server would send them. */
export async function changedFilesGzipped(from: string, to: string): Promise<number> {
  let bytes = 0
  for (const file of await filesOf(to)) {
    const content = await readFile(path.join(to, file))
    const before = await readFile(path.join(from, file)).catch(() => null)
    if (before?.equals(content)) continue
    bytes += (await compressGzip(content, { level: 9 })).length
  }
  return bytes
}

/** The whole tree as one archive, as it would be downloaded afresh. */
export async function wholeCompressed(to: string, scratch: string): Promise<number> {
  const archive = await tar(to, path.join(scratch, 'whole.tar'))
  const params = { [constants.ZSTD_c_compressionLevel]: 9 }
  return (await compressZstd(await readFile(archive), { params })).length
}

/** `zstd -19 --patch-from` over both trees as archives with files in one order and no times. */
export async function zstdPatch(from: string, to: string, scratch: string): Promise<number> {
  const before = await tar(from, path.join(scratch, 'from.tar'))
  const after = await tar(to, path.join(scratch, 'to.tar'))
  const patch = path.join(scratch, 'patch.zst')
  await run('zstd', ['-19', LONG, '-q', '-f', `--patch-from=${before}`, after, '-o', patch])
  const again = path.join(scratch, 'again.tar')
  await run('zstd', ['-d', LONG, '-q', '-f', `--patch-from=${before}`, patch, '-o', again])
  await run('cmp', [after, again])
  return (await stat(patch)).size
}

/** Chunks that casync's store lacks, compressed as it does, and the new index. */
export async function casync(from: string, to: string, scratch: string): Promise<number> {
  const store = path.join(scratch, 'store.castr')
  const make = (index: string, folder: string) =>
    run('casync', ['make', '--without=all', `--store=${store}`, path.join(scratch, index), folder])
  await make('from.caidx', from)
  const before = await folderBytes(store)
  await make('to.caidx', to)
  return (await folderBytes(store)) - before + (await stat(path.join(scratch, 'to.caidx'))).size
}

async function tar(folder: string, archive: string): Promise<string> {
  const still = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--mode=u+rw']
  await run('tar', [...still, '-cf', archive, '-C', folder, '.'])
  return archive
}

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter(entry => entry.isFile())
    .map(entry => path.relative(folder, path.join(entry.parentPath, entry.name)))
}

async function folderBytes(folder: string): Promise<number> {
  const sizes = (await filesOf(folder)).map(async file => (await stat(path.join(folder, file))).size)
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}
