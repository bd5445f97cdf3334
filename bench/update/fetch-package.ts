/** Gets a version of a package from the npm registry, unpacked and without its dependencies; kept for the next run. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { PackageVersion } from './pairs.ts'

const run = promisify(execFile)
const KEPT = fileURLToPath(new URL('../node_modules/.larder-pairs/', import.meta.url))

/** What every version gets, so that a kiosk can show it. */
const PAGE = `<!doctype html>
<meta charset="utf-8">
<title>Benchmark</title>
<script>parent.larder?.ready()</script>
`

/** The folder with its files. @throws Error when the tarball is not the pinned one */
export async function fetchPackage(name: string, { version, integrity }: PackageVersion): Promise<string> {
  const folder = path.join(KEPT, `${name.replace(/[@/]/g, '_')}-${version}`)
  if (existsSync(folder)) return folder
  await mkdir(KEPT, { recursive: true })
  const work = await mkdtemp(path.join(KEPT, 'tmp-'))
  try {
    const { stdout } = await run('npm', ['pack', `${name}@${version}`, '--json', '--pack-destination', work])
    const [packed] = JSON.parse(stdout) as { filename: string; integrity: string }[]
    if (packed?.integrity !== integrity)
      throw new Error(`${name} ${version} is not the package that was pinned`)
    const unpacked = path.join(work, 'files')
    await mkdir(unpacked)
    const tarball = path.join(work, packed.filename.replace('@', '').replace('/', '-'))
    await run('tar', ['xzf', tarball, '-C', unpacked, '--strip-components=1'])
    await writeFile(path.join(unpacked, 'index.html'), PAGE)
    await rename(unpacked, folder)
    return folder
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}
