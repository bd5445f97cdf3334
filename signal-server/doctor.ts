/**
 * Looks whether a data directory is whole: the records sound, the keys there, every chunk of every release in the vault. It
 * changes nothing but what opening the directory does (migrations).
 */
import { stat } from 'node:fs/promises'
import { type DataDirectory, type DirectoryLock, lockDataDirectory } from './data-directory.ts'
import { Failure, messageOf } from './failure.ts'
import { openSigningKey } from './keys/signing-key.ts'
import { secureRandomBytes } from './random.ts'
import { openRecords, type Records } from './records/records.ts'
import { chunksOfRelease, listPackages, listReleases, type ReleaseRecord } from './records/releases.ts'
import { listTrustedKeys } from './records/signing-keys.ts'
import { findDamage } from './records/sqlite.ts'
import { type ChunkVault, checkEncodedChunk } from './vault/chunk-vault.ts'
import { openFileVault } from './vault/file-vault.ts'

export interface Finding {
  readonly check: string
  /** `skipped`: it could not be looked at now. */
  readonly outcome: 'ok' | 'failed' | 'skipped'
  readonly detail: string
}

export interface CheckOptions {
  /** Reads and verifies every chunk instead of only looking for it. */
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
  let lock: DirectoryLock
  try {
    lock = lockDataDirectory(directory)
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
    return findings
  } finally {
    lock.release()
  }
}

async function checkRelease(
  vault: ChunkVault,
  records: Records,
  release: ReleaseRecord,
  { deep }: CheckOptions,
): Promise<Finding> {
  const check = `${release.package} release ${release.release}`
  const digests = await chunksOfRelease(records.db, release.digest)
  const held = await vault.sizes(digests)
  const missing = digests.filter(digest => !held.has(digest))
  const rotten: string[] = []
  if (deep) {
    for (const digest of held.keys()) {
      const encoded = await vault.get(digest)
      if (encoded === null || !(await checkEncodedChunk(digest, encoded)).ok) rotten.push(digest)
    }
  }
  const bad = missing[0] ?? rotten[0]
  if (bad === undefined) return ok(check, `${digests.length} chunks ${deep ? 'verified' : 'present'}`)
  return failed(
    check,
    `of ${digests.length} chunks ${missing.length} are missing and ${rotten.length} damaged, such as ${bad}; publish the same files again`,
  )
}

const ok = (check: string, detail: string): Finding => ({ check, outcome: 'ok', detail })
const failed = (check: string, detail: string): Finding => ({ check, outcome: 'failed', detail })
const skipped = (check: string, detail: string): Finding => ({ check, outcome: 'skipped', detail })
