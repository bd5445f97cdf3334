/**
 * A process of its own that puts chunks into the file vault of the directory it is given, one line with the digest for each one that
 * was acknowledged, until it is killed. Run by the file vault's test.
 */
import { hash } from 'node:crypto'
import { openFileVault } from '../../signal-server/vault/file-vault.ts'
import { encodeChunk } from '../../signal-server/vault/zstd.ts'
import { seededBytes } from './seeded-bytes.ts'

const vault = await openFileVault(process.argv[2] ?? '')

async function putForEver(firstSeed: number): Promise<void> {
  for (let seed = firstSeed; ; seed += 4) {
    const raw = seededBytes(seed, 200_000)
    const digest = hash('sha256', raw, 'hex')
    const result = await vault.put(digest, await encodeChunk(raw))
    if (result.ok) process.stdout.write(`${digest}\n`)
  }
}

await Promise.all([0, 1, 2, 3].map(putForEver))
