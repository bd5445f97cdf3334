/** Packages of bytes that nothing can compress and no two rounds share, with a page that shows and says it is ready. */
import { createCipheriv, createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'

const PAGE = `<!doctype html>
<meta charset="utf-8">
<title>Benchmark</title>
<p>Benchmark
<script>parent.larder?.ready()</script>
`

export interface RandomPackage {
  readonly bytes: number
  /** Of each file beside the page; the last one is the rest. */
  readonly fileBytes: number
  /** The same seed gives the same bytes. */
  readonly seed: string
}

/** Writes the package into a new folder and gives its path back. */
export async function writeRandomPackage(
  folder: string,
  { bytes, fileBytes, seed }: RandomPackage,
): Promise<string> {
  await mkdir(folder, { recursive: true })
  await writeFile(path.join(folder, 'index.html'), PAGE)
  const next = randomBytes(seed)
  for (let written = 0, number = 1; written < bytes; number++) {
    const size = Math.min(fileBytes, bytes - written)
    await writeFile(path.join(folder, `part-${String(number).padStart(3, '0')}.bin`), next(size))
    written += size
  }
  return folder
}

/** A stream of bytes from a seed, as AES-CTR makes them: gigabytes in seconds. */
export function randomBytes(seed: string): (size: number) => Buffer {
  const key = createHash('sha256').update(seed).digest()
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16))
  return size => cipher.update(Buffer.alloc(size))
}
