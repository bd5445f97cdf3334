/** Files of the releases that run, read and verified by the page itself: for pages that show no app in a frame. */
import type { Manifest } from '../../protocol/manifest.ts'
import { createReleaseFiles, type ReleaseFiles } from '../content/release-files.ts'
import { readActiveRelease, readManifest } from '../content/stored-release.ts'
import { createVerifiedChunks } from '../content/verified-chunks.ts'
import { fileResponse } from '../kiosk-page/worker/file-response.ts'
import type { ChunkStore, DecodeChunk, RecordStore } from '../ports.ts'

export interface FileStores {
  readonly records: Pick<RecordStore, 'get'>
  readonly chunks: Pick<ChunkStore, 'get'>
}

export interface PackageFilesDeps {
  /** Asked for each file: which tab runs the engine may change. */
  readonly stores: () => FileStores
  readonly decode: DecodeChunk
  /** A chunk that should be here is missing or rotten. */
  readonly onLost: (digest: string) => void
  /** The manifest of the release that runs cannot be read. */
  readonly onLostManifest: () => void
}

/** A file of the package's active release as a response with its media type; null when there is no such file or release. */
export type ReadPackageFile = (packageName: string, path: string) => Promise<Response | null>

/** What it gives rejects with a sentence when what is on the disk is damaged; that is then being mended. */
export function createPackageFiles(deps: PackageFilesDeps): ReadPackageFile {
  const readChunk = createVerifiedChunks({ get: digest => deps.stores().chunks.get(digest) }, deps.decode)
  const opened = new Map<string, ReleaseFiles>()

  function open(name: string, digest: string, manifest: Manifest): ReleaseFiles {
    const files = createReleaseFiles(manifest, async chunk => {
      const answer = await readChunk(chunk)
      if (!answer.ok) deps.onLost(answer.digest)
      return answer
    })
    // One release of a package at a time: what does not run any more is not asked for.
    opened.set(name, files)
    openedDigests.set(name, digest)
    return files
  }
  const openedDigests = new Map<string, string>()

  return async (packageName, path) => {
    const { records } = deps.stores()
    const active = await readActiveRelease(records, packageName)
    if (active === null) return null
    let files = openedDigests.get(packageName) === active.digest ? opened.get(packageName) : undefined
    if (!files) {
      const manifest = await readManifest(records, active.digest)
      if (manifest === null) {
        deps.onLostManifest()
        throw new Error(`The list of files of ${packageName} cannot be read; it is being fetched again.`)
      }
      files = open(packageName, active.digest, manifest)
    }
    const file = files.find(path.normalize('NFC'))
    if (file === null) return null
    const response = await fileResponse(files, file, new Request(location.href))
    if (response === null) throw new Error(`A part of ${path} is damaged; it is being fetched again.`)
    return response
  }
}
