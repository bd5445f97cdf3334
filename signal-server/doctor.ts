/**
 * Looks whether a data directory is whole: the records sound, the keys there, every chunk of every release in the vault. It
 * changes nothing but what opening the directory does (migrations), and that a chunk which it finds damaged is set aside, as
 * the server does, so that publishing the same files again sends it.
 */
import { stat } from 'node:fs/promises'
import { type DataDirectory, lockDataDirectory } from './data-directory.ts'
import { Failure, messageOf } from './failure.ts'
import { openSigningKey } from './keys/signing-key.ts'
import { secureRandomBytes } from './random.ts'
import { damagedDifferences } from './records/manifest-differences.ts'
import { referencedParts } from './records/patch-sets.ts'
import { openRecords, type Records } from './records/records.ts'
import { chunksOfRelease, listPackages, listReleases, type ReleaseRecord } from './records/releases.ts'
import { listTrustedKeys } from './records/signing-keys.ts'
import { findDamage } from './records/sqlite.ts'
import { readStoredManifest } from './records/stored-manifests.ts'
import type { ChunkFlaw, ChunkVault } from './vault/chunk-vault.ts'
import { openFileVault } from './vault/file-vault.ts'

export interface Finding {
  readonly check: string
  /** `skipped`: it could not be looked at now. */
  readonly outcome: 'ok' | 'failed' | 'skipped'
  readonly detail: string
}

export interface CheckOptions {
  /** Reads and verifies every chunk, every part of a patch and every manifest instead of only looking for them. */
  readonly deep: boolean
}

/** Checks in the order in which they are worth reading. Rejects only for bugs. */
export async function checkDataDirectory(
  directory: DataDirectory,
  options: CheckOptions,
): Promise<Finding[]> {
  const findings = [await checkMode(directory), checkRecords(directory)]
  if (findings.some(finding => finding.outcome === 'failed')) return findings
  const records = await openRecords({ path: directory.recordsPath, randomBytes: secureRandomBytes })
  try {
    findings.push(await checkSigningKey(directory, records))
    findings.push(...(await checkVault(directory, records, options)))
    return findings
  } finally {
    await records.close()
  }
}

async function checkMode({ path }: DataDirectory): Promise<Finding> {
  const check = 'data directory'
  const { mode } = await stat(path)
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    return failed(
      check,
      `${path} can be read by other users, and it holds keys; mend it with: chmod 700 ${path}`,
    )
  return ok(check, path)
}

function checkRecords({ recordsPath }: DataDirectory): Finding {
  const check = 'records'
  try {
    const [damage] = findDamage(recordsPath)
    return damage === undefined
      ? ok(check, 'SQLite finds nothing wrong')
      : failed(check, `${damage}; bring ${recordsPath} back from a backup`)
  } catch (error) {
    return failed(check, `${recordsPath} cannot be read: ${messageOf(error)}; bring it back from a backup`)
  }
}

async function checkSigningKey(directory: DataDirectory, records: Records): Promise<Finding> {
  const check = 'signing key'
  const trusted = await listTrustedKeys(records.db)
  if (trusted.length === 0) return skipped(check, 'made when the server starts for the first time')
  try {
    const key = await openSigningKey(directory.keysPath, trusted)
    return trusted.some(({ keyId }) => keyId === key.keyId)
      ? ok(check, `key ${key.keyId}`)
      : failed(check, `devices do not trust key ${key.keyId}; bring the keys back from a backup`)
  } catch (error) {
    if (error instanceof Failure) return failed(check, error.message)
    throw error
  }
}

async function checkVault(
  directory: DataDirectory,
  records: Records,
  options: CheckOptions,
): Promise<Finding[]> {
  let unlock: () => void
  try {
    unlock = lockDataDirectory(directory)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return [
      ok('server', 'running on this directory'),
      skipped('chunks', 'only one process may open them: stop the server and ask again'),
    ]
  }
  try {
    const vault = await openFileVault(directory.vaultPath)
    const findings: Finding[] = []
    for (const { package: packageName } of await listPackages(records.db)) {
      for (const release of await listReleases(records.db, packageName))
        findings.push(await checkRelease(vault, records, release, options))
    }
    findings.push(...(await checkPatches(vault, records, options)))
    return findings
  } finally {
    unlock()
  }
}

async function checkRelease(
  vault: ChunkVault,
  records: Records,
  release: ReleaseRecord,
  { deep }: CheckOptions,
): Promise<Finding> {
  const check = `${release.package} release ${release.release}`
  const manifest = await readStoredManifest(records.db, release.digest)
  if (manifest?.ok !== true)
    return failed(
      check,
      `its stored manifest is damaged (${manifest?.message}), and devices refuse it; bring the records back from a backup, or publish the files again`,
    )
  const digests = await chunksOfRelease(records.db, release.digest)
  const bad = await findBad(vault, digests, deep)
  const [such] = bad.keys()
  if (such === undefined) return ok(check, `${digests.length} chunks ${deep ? 'verified' : 'present'}`)
  return failed(
    check,
    `of ${digests.length} chunks ${describe(bad)}, such as ${such}; publish the same files again`,
  )
}

/** Patches are not published: the server makes those that are damaged again. */
async function checkPatches(vault: ChunkVault, records: Records, { deep }: CheckOptions): Promise<Finding[]> {
  const check = 'patches'
  const parts = [...(await referencedParts(records.db))]
  const differences = deep ? await damagedDifferences(records.db) : []
  if (differences.length > 0)
    return [
      failed(
        check,
        `${differences.length} differences between manifests are damaged; start the server, which makes them again`,
      ),
    ]
  if (parts.length === 0) return []
  const bad = await findBad(vault, parts, deep)
  if (bad.size === 0) return [ok(check, `${parts.length} parts ${deep ? 'verified' : 'present'}`)]
  return [
    failed(check, `of ${parts.length} parts ${describe(bad)}; start the server, which makes them again`),
  ]
}

/** Those that are not whole, and why; without `deep` only those that are known to be. */
async function findBad(
  vault: ChunkVault,
  digests: readonly string[],
  deep: boolean,
): Promise<Map<string, ChunkFlaw>> {
  const bad = new Map<string, ChunkFlaw>()
  const known = new Set(vault.damaged)
  const held = await vault.sizes(digests)
  for (const digest of digests) {
    const state = !deep && held.has(digest) ? 'whole' : await vault.verify(digest)
    if (state !== 'whole') bad.set(digest, known.has(digest) ? 'damaged' : state)
  }
  return bad
}

function describe(bad: ReadonlyMap<string, ChunkFlaw>): string {
  const count = (flaw: ChunkFlaw) => [...bad.values()].filter(one => one === flaw).length
  const unreadable = count('unreadable')
  const also = unreadable > 0 ? ` and ${unreadable} cannot be read` : ''
  return `${count('missing')} are missing and ${count('damaged')} damaged${also}`
}

const ok = (check: string, detail: string): Finding => ({ check, outcome: 'ok', detail })
const failed = (check: string, detail: string): Finding => ({ check, outcome: 'failed', detail })
const skipped = (check: string, detail: string): Finding => ({ check, outcome: 'skipped', detail })
