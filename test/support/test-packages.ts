/** Packages made for tests: a page that names its version in its title, says that it is ready, and carries some weight. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { seededBytes } from './seeded-bytes.ts'

export interface TestPackageOptions {
  readonly title: string
  /** Incompressible bytes beside the page; the same seed gives the same bytes. */
  readonly weightBytes?: number
  readonly seed?: number
  /** Script that runs in the page before it says that it is ready. */
  readonly script?: string
}

/** Writes the package's files below `directory` and gives the directory back, ready to be published. */
export async function writeTestPackage(directory: string, options: TestPackageOptions): Promise<string> {
  const { title, weightBytes = 0, seed = 1, script = '' } = options
  await mkdir(directory, { recursive: true })
  const page = `<!doctype html><meta charset="utf-8"><title>${title}</title><h1>${title}</h1><script>${script};parent.larder?.ready()</script>\n`
  await writeFile(join(directory, 'index.html'), page)
  if (weightBytes > 0) await writeFile(join(directory, 'weight.bin'), seededBytes(seed, weightBytes))
  return directory
}

/** Writes files by their path below `directory` and gives it back. */
export async function writeFiles(
  directory: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<string> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true })
    await writeFile(join(directory, path), content)
  }
  return directory
}
