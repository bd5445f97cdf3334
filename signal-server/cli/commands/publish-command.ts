/** `larder publish`: a directory becomes a release. */
import type { Command } from 'commander'
import {
  chunkStoredSchema,
  missingChunksViewSchema,
  type Published,
  publishedSchema,
} from '../../../protocol/admin-api.ts'
import type { KioskWarning } from '../../../protocol/publishing/kiosk-warnings.ts'
import { Failure } from '../../failure.ts'
import {
  type PublishingApi,
  type UploadOptions,
  type UploadProgress,
  uploadDirectory,
} from '../../publishing/upload-directory.ts'
import {
  type AdminClient,
  connect,
  ProblemFailure,
  type RemoteOptions,
  withServerOptions,
} from '../admin-client.ts'
import { type CliIo, printJson } from '../io.ts'
import { parsePackageName, parseVersionLabel } from '../values.ts'
import { count, formatBytes, formatFacts, printable } from '../words.ts'

interface PublishOptions extends RemoteOptions {
  readonly package: string
  readonly version: string
  readonly entry: string
  readonly json?: true
}

export function addPublishCommand(program: Command, io: CliIo): void {
  withServerOptions(
    program
      .command('publish')
      .description('publish a directory as the next release of a package')
      .argument('<path>', 'the directory')
      .requiredOption('--package <name>', 'the package; made if it is new', parsePackageName)
      .requiredOption('--version <label>', 'what people call this release, such as 1.4.0', parseVersionLabel)
      .option('--entry <page>', 'the page that a kiosk opens', 'index.html'),
  )
    .option('--json', 'print the release as JSON')
    .addHelpText(
      'after',
      '\nOnly chunks that the server lacks are sent. What version control and file managers make (.git, .DS_Store, ._*,\nThumbs.db, desktop.ini, __MACOSX) is left out and named. What in the files a kiosk cannot serve is warned of.\n\nExamples:\n  larder publish ./dist --package lobby --version 1.4.0\n  larder publish ./dist --package lobby --version 1.4.0 --entry start.html --json',
    )
    .action(async (path: string, options: PublishOptions) => {
      const api = publishingApi(connect(options, io), options.package)
      const progress = progressLine(io)
      const upload: UploadOptions = {
        directory: path,
        version: options.version,
        entry: options.entry,
        onProgress: progress.show,
      }
      const result = await withSecondTry(() => uploadDirectory(api, upload)).finally(progress.clear)
      if (!result.ok) throw new Failure(result.message)
      if (options.json)
        return printJson(io, { ...result.published, leftOut: result.leftOut, warnings: result.warnings })
      io.out(describe(result.published, result.sentChunks))
      if (result.leftOut.length > 0) io.err(describeLeftOut(result.leftOut))
      for (const warning of result.warnings) io.err(describeWarning(warning))
    })
}

function publishingApi(client: AdminClient, packageName: string): PublishingApi {
  return {
    async missingChunks(digests) {
      const segments = ['packages', packageName, 'chunks', 'missing']
      return (await client.request('POST', segments, missingChunksViewSchema, { json: { digests } })).missing
    },
    async putChunk(digest, encoded) {
      await client.request('PUT', ['chunks', digest], chunkStoredSchema, { bytes: encoded })
    },
    publish: content =>
      client.request('POST', ['packages', packageName, 'releases'], publishedSchema, { json: content }),
  }
}

/** A chunk may leave the server between the question and the release; asking everything again then sends it. */
async function withSecondTry<T>(upload: () => Promise<T>): Promise<T> {
  try {
    return await upload()
  } catch (error) {
    if (error instanceof ProblemFailure && error.problemName === 'chunks-missing') return await upload()
    throw error
  }
}

const CLEAR_LINE = '\r\u001b[K'
const PROGRESS_INTERVAL_MS = 100

function progressLine(io: CliIo) {
  let shownAt = Number.NEGATIVE_INFINITY
  return {
    show({ readBytes, sentChunks, sentBytes }: UploadProgress): void {
      if (!io.isWatched || io.now() - shownAt < PROGRESS_INTERVAL_MS) return
      shownAt = io.now()
      io.err(
        `${CLEAR_LINE}read ${formatBytes(readBytes)}, sent ${count(sentChunks, 'new chunk')} (${formatBytes(sentBytes)})`,
      )
    },
    clear(): void {
      if (io.isWatched && shownAt !== Number.NEGATIVE_INFINITY) io.err(CLEAR_LINE)
    },
  }
}

/** Names of left-out files that are printed. */
const MAX_NAMED = 10

function describeLeftOut(leftOut: readonly string[]): string {
  const more = leftOut.length - MAX_NAMED
  const names = `${leftOut.slice(0, MAX_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
  return `Left out ${count(leftOut.length, 'name')} that version control and file managers make: ${printable(names)}\n`
}

function describeWarning({ message, paths, fileCount }: KioskWarning): string {
  const more = fileCount - paths.length
  const names = `${paths.join(', ')}${more > 0 ? ` and ${count(more, 'more file')}` : ''}`
  return `Warning: ${message}\n  in ${printable(names)}\n`
}

function describe(published: Published, sentChunks: number): string {
  const { release, version, newChunkCount, sameContentAs } = published
  // Chunks that earlier releases have, and that were sent all the same: they were damaged or missing there.
  const repaired = Math.max(0, sentChunks - newChunkCount)
  const newChunks =
    newChunkCount === 0
      ? `nothing: ${repaired > 0 ? 'earlier releases have every chunk' : 'every chunk was here already'}`
      : `${count(newChunkCount, 'chunk')}, ${formatBytes(published.newEncodedBytes)}`
  return [
    `Published ${published.package} release ${release} (${version})\n`,
    formatFacts([
      ['digest', published.digest],
      ['files', `${published.fileCount}, ${formatBytes(published.rawBytes)}`],
      ['chunks', `${published.chunkCount}, ${formatBytes(published.encodedBytes)} as they travel`],
      ['new', newChunks],
      ...(repaired > 0 ? ([['repaired', `${count(repaired, 'chunk')} of earlier releases`]] as const) : []),
    ]),
    sameContentAs === null ? '' : `  The files are the same as in release ${sameContentAs}.\n`,
  ].join('')
}
