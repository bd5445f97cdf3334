/**
 * Encodes and decodes chunks with the zstd of node:zlib. The work runs on the thread pool, so the server goes on meanwhile.
 * Knows nothing of where chunks rest; the framing is `protocol/encoded-chunk.ts`.
 */
import { promisify } from 'node:util'
import { constants, zstdCompress, zstdDecompress } from 'node:zlib'
import { frameEncodedChunk, type ZstdDecoder } from '../../protocol/encoded-chunk.ts'

const compress = promisify(zstdCompress)
const decompress = promisify(zstdDecompress)

/**
 * On a 2.2 MB web bundle in chunks: level 9 gives 481 KB at 37 MB/s, 15 gives 451 KB at 6 MB/s, 19 gives 446 KB at 3 MB/s.
 * Chunks travel in full once per site; publishing a large package should not take minutes for the last 6 %.
 */
const LEVEL = 9

/** 4 MiB, the largest chunk: no honest frame needs a larger window, and a hostile one gets no larger buffer. */
const WINDOW_LOG_MAX = 22

/** Pieces of a chunk that are looked at first. */
const PROBES = 3
const PROBE_BYTES = 4096
/** Bits of information in a byte above which a piece is taken for compressed or random: text has 5, machine code 6.5. */
const INCOMPRESSIBLE_BITS = 7.9

/**
 * Media, archives and fonts are compressed already, and level 9 takes as long to find that out as to compress. How often each
 * byte stands in three small pieces tells at a thousandth of the price.
 */
function isIncompressible(raw: Uint8Array): boolean {
  if (raw.length < 2 * PROBES * PROBE_BYTES) return false
  const step = Math.floor((raw.length - PROBE_BYTES) / (PROBES - 1))
  const counts = new Uint32Array(256)
  for (let probe = 0; probe < PROBES; probe++) {
    const from = probe * step
    for (let at = from; at < from + PROBE_BYTES; at++)
      counts[raw[at] as number] = (counts[raw[at] as number] ?? 0) + 1
  }
  const total = PROBES * PROBE_BYTES
  const bits = counts.reduce(
    (sum, count) => (count === 0 ? sum : sum - (count / total) * Math.log2(count / total)),
    0,
  )
  return bits >= INCOMPRESSIBLE_BITS
}

/** The encoded form of a raw chunk: zstd or identity, whichever is smaller. */
export async function encodeChunk(raw: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return frameEncodedChunk(raw, await compressed(raw))
}

/** The zstd frame of a raw chunk, in the hope that it is smaller; null where there is none. */
export async function compressed(raw: Uint8Array): Promise<Uint8Array | null> {
  if (isIncompressible(raw)) return null
  return await compress(raw, {
    // Without it an asynchronous frame declares no content size, and nobody may decode it.
    pledgedSrcSize: raw.length,
    params: { [constants.ZSTD_c_compressionLevel]: LEVEL },
  })
}

/** Decodes a zstd frame to at most `sizeBytes` bytes; rejects when it is broken or holds more. */
export const decodeZstd: ZstdDecoder = (body, sizeBytes) =>
  decompress(body, {
    maxOutputLength: sizeBytes,
    params: { [constants.ZSTD_d_windowLogMax]: WINDOW_LOG_MAX },
  })
