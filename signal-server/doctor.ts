/**
 * Looks whether a data directory is whole: closed to other users, the records sound, the keys there and trusted, every chunk of every
 * release in the vault. It migrates nothing and repairs nothing, but a chunk that it finds damaged is set aside, as the server does,
 * so that publishing the same files again sends it.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DataDirectory, type DirectoryLock, lockDataDirectory } from './data-directory.ts'
import { exposureWords, findExposedKeys, findOpenPaths, modeWords } from './data-modes.ts'
import { Failure, messageOf } from './failure.ts'
import { openSigningKey, readSigningKey, signingKeyPath } from './keys/signing-key.ts'
import { isTrusted, UNTRUSTED_KEY_REMEDY, untrustedKeyWords } from './keys/trusted-signing-key.ts'
import { secureRandomBytes } from './random.ts'
import { copyPathOf, lacksRoom, measureRoom, roomSentence } from './records/copy-before-migration.ts'
import { copyDatabase, readRecordsVersion } from './records/database-copy.ts'
import { damagedDifferences } from './records/manifest-differences.ts'
import { RECORDS_VERSION } from './records/migrations.ts'
import { referencedParts } from './records/patch-sets.ts'
import { openRecords, type Records } from './records/records.ts'
import { chunksOfRelease, listPackages, listReleases, type ReleaseRecord } from './records/releases.ts'
import { listTrustedKeys } from './records/signing-keys.ts'
import { findDamage } from './records/sqlite.ts'
import { readStoredManifest } from './records/stored-manifests.ts'
import { type ChunkFlaw, type ChunkVault, ChunkVaultError } from './vault/chunk-vault.ts'
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

/** Checks in the order in which they are worth reading; one that fails keeps no other from being made. Rejects only for bugs. */
export async function checkDataDirectory(
  directory: DataDirectory,
  options: CheckOptions,
): Promise<Finding[]> {
  const findings = [...(await checkModes(directory)), checkRecords(directory)]
  const opened = await openForChecks(directory)
  if ('failure' in opened) {
    // Damage has been found already, and is why they cannot be opened.
    if (findings.at(-1)?.outcome === 'ok') findings[findings.length - 1] = failed('records', opened.failure)
    findings.push(
      await checkKeyFile(directory),
      skipped('chunks', 'the records name them, and cannot be opened'),
    )
    return findings
  }
  const { records } = opened
  try {
    findings.push(await checkSigningKey(directory, records))
    findings.push(...(await checkVault(directory, records, options)))
    return findings
  } catch (error) {
    if (!(error instanceof ChunkVaultError)) throw error
    return [...findings, failed('chunks', error.message)]
  } finally {
    await opened.close()
  }
}

async function checkModes(directory: DataDirectory): Promise<Finding[]> {
  const check = 'data directory'
  const { path } = directory
  const open = await findOpenPaths(directory, true)
  const example = open.at(-1)
  const modes =
    example === undefined
      ? ok(check, path)
      : failed(
          check,
          `the modes of ${open.length} of its files and directories let other users in, such as ${example.path} (mode ${modeWords(example.mode)}); repair them with: chmod -R go= ${path} (a start does too)`,
        )
  const exposed = await findExposedKeys(directory)
  return [
    modes,
    ...exposed.map(key =>
      failed(
        'key file',
        `other users can read ${key.path} (mode ${modeWords(key.mode)}): ${exposureWords(key)}`,
      ),
    ),
  ]
}

function checkRecords({ recordsPath }: DataDirectory): Finding {
  const check = 'records'
  try {
    const [damage] = findDamage(recordsPath)
    if (damage !== undefined) return failed(check, `${damage}; bring ${recordsPath} back from a backup`)
    const version = readRecordsVersion(recordsPath)
    if (version === 0 || version >= RECORDS_VERSION) return ok(check, 'SQLite finds nothing wrong')
    const room = measureRoom(recordsPath)
    return lacksRoom(room)
      ? failed(check, roomSentence(recordsPath, room, RECORDS_VERSION))
      : ok(
          check,
          `SQLite finds nothing wrong; the next start brings them from version ${version} to ${RECORDS_VERSION}, after copying them to ${copyPathOf(recordsPath, RECORDS_VERSION)}`,
        )
  } catch (error) {
    return failed(check, `${recordsPath} cannot be read: ${messageOf(error)}; bring it back from a backup`)
  }
}

interface OpenedRecords {
  readonly records: Records
  close(): Promise<void>
}

/** Records of an earlier version are opened as a copy elsewhere: a check migrates nothing. */
async function openForChecks({ recordsPath }: DataDirectory): Promise<OpenedRecords | { failure: string }> {
  let folder: string | undefined
  const close = async (records?: Records) => {
    await records?.close()
    if (folder !== undefined) await rm(folder, { recursive: true, force: true })
  }
  try {
    const version = readRecordsVersion(recordsPath)
    let path = recordsPath
    if (version < RECORDS_VERSION) {
      folder = await mkdtemp(join(tmpdir(), 'larder-doctor-'))
      path = join(folder, 'records.db')
      copyDatabase(recordsPath, path)
    }
    const records = await openRecords({ path, randomBytes: secureRandomBytes })
    return { records, close: () => close(records) }
  } catch (error) {
    const where = folder === undefined ? '' : `they could not be checked as a copy in ${folder}: `
    await close()
    return { failure: `${where}${messageOf(error)}` }
  }
}

/** What can be said of the key without the records. */
async function checkKeyFile({ keysPath }: DataDirectory): Promise<Finding> {
  const check = 'signing key'
  try {
    const key = await readSigningKey(keysPath)
    return key === null
      ? failed(check, `${signingKeyPath(keysPath)} is missing; bring it back from a backup`)
      : skipped(check, `key ${key.keyId}; which one devices trust is in the records`)
  } catch (error) {
    if (error instanceof Failure) return failed(check, error.message)
    throw error
  }
}

async function checkSigningKey({ keysPath }: DataDirectory, records: Records): Promise<Finding> {
  const check = 'signing key'
  const trusted = await listTrustedKeys(records.db)
  if (trusted.length === 0) return skipped(check, 'made when the server starts for the first time')
  try {
    const key = await openSigningKey(keysPath, trusted)
    if (isTrusted(key, trusted)) return ok(check, `key ${key.keyId}`)
    return failed(
      check,
      `${untrustedKeyWords(keysPath, key, trusted)} The server does not start with it. ${UNTRUSTED_KEY_REMEDY}`,
    )
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
    const findBad = createChunkCheck(vault, options.deep)
    const findings: Finding[] = []
    for (const { package: packageName } of await listPackages(records.db)) {
      for (const release of await listReleases(records.db, packageName))
        findings.push(...(await checkRelease(findBad, records, release, options)))
    }
    findings.push(...(await checkPatches(findBad, records, options)))
    return findings
  } finally {
    lock.release()
  }
}

async function checkRelease(
  findBad: FindBad,
  records: Records,
  release: ReleaseRecord,
  { deep }: CheckOptions,
): Promise<Finding[]> {
  const check = `${release.package} release ${release.release}`
  const manifest = await readStoredManifest(records.db, release.digest)
  const manifestFindings =
    manifest?.ok === true
      ? []
      : [
          failed(
            check,
            `its stored manifest is damaged (${manifest?.message}), and devices refuse it; bring the records back from a backup, or publish the files again`,
          ),
        ]
  const digests = await chunksOfRelease(records.db, release.digest)
  const bad = await findBad(digests)
  const [such] = bad.keys()
  const chunkFinding =
    such === undefined
      ? ok(check, `${digests.length} chunks ${deep ? 'verified' : 'present'}`)
      : failed(
          check,
          `of ${countOf(digests.length, 'chunk')} ${describe(bad)}, such as ${such}; publish the same files again`,
        )
  return [...manifestFindings, chunkFinding]
}

/** Patches are not published: the server makes those that are damaged again. */
async function checkPatches(findBad: FindBad, records: Records, { deep }: CheckOptions): Promise<Finding[]> {
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
  const bad = await findBad(parts)
  if (bad.size === 0) return [ok(check, `${countOf(parts.length, 'part')} ${deep ? 'verified' : 'present'}`)]
  return [
    failed(
      check,
      `of ${countOf(parts.length, 'part')} ${describe(bad)}; start the server, which makes them again`,
    ),
  ]
}

type FindBad = (digests: readonly string[]) => Promise<ReadonlyMap<string, ChunkFlaw>>

/**
 * Finds those that are not whole, and why; without `deep` only those that are known to be. Each is looked at once, since looking
 * sets a damaged one aside, and it would be missing for the next release that has it.
 */
function createChunkCheck(vault: ChunkVault, deep: boolean): FindBad {
  const damagedBefore = new Set(vault.damaged)
  const states = new Map<string, ChunkFlaw | 'whole'>()
  return async digests => {
    const held = await vault.sizes(digests.filter(digest => !states.has(digest)))
    const bad = new Map<string, ChunkFlaw>()
    for (const digest of digests) {
      const found = states.get(digest) ?? (!deep && held.has(digest) ? 'whole' : await vault.verify(digest))
      const state = found !== 'whole' && damagedBefore.has(digest) ? 'damaged' : found
      states.set(digest, state)
      if (state !== 'whole') bad.set(digest, state)
    }
    return bad
  }
}

/** `2 are missing and 1 is damaged`. */
function describe(bad: ReadonlyMap<string, ChunkFlaw>): string {
  const counted = (flaw: ChunkFlaw, one: string, many: string) => {
    const count = [...bad.values()].filter(each => each === flaw).length
    return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`]
  }
  return [
    ...counted('missing', 'is missing', 'are missing'),
    ...counted('damaged', 'is damaged', 'are damaged'),
    ...counted('unreadable', 'cannot be read', 'cannot be read'),
  ].join(' and ')
}

const countOf = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`

const ok = (check: string, detail: string): Finding => ({ check, outcome: 'ok', detail })
const failed = (check: string, detail: string): Finding => ({ check, outcome: 'failed', detail })
const skipped = (check: string, detail: string): Finding => ({ check, outcome: 'skipped', detail })
