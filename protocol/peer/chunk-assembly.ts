/**
 * Puts the slices of one encoded chunk together (PR-P9). Allocates the whole chunk once, after its size was
 * checked against the manifest; refuses slices that are out of order, overlap or disagree about the size.
 * A slice that is a whole chunk is that chunk: a view of its frame, not copied.
 */
import type { PeerMessage } from './messages.ts'

type ChunkSlice = Extract<PeerMessage, { type: 'chunk' }>

export interface ChunkAssembly {
  readonly totalBytes: number
  readonly bytes: Uint8Array<ArrayBuffer>
  receivedBytes: number
}

export type AssemblyStep =
  | { readonly state: 'partial'; readonly assembly: ChunkAssembly }
  | { readonly state: 'complete'; readonly encoded: Uint8Array<ArrayBuffer> }
  | { readonly state: 'violation'; readonly message: string }

/** `rawBytes`: the chunk's size in the manifest; an encoded chunk is at most one byte larger. */
export function addSlice(assembly: ChunkAssembly | null, slice: ChunkSlice, rawBytes: number): AssemblyStep {
  if (slice.totalBytes > rawBytes + 1) return violation('a chunk is larger than its manifest allows')
  const expectedOffset = assembly?.receivedBytes ?? 0
  if (slice.offset !== expectedOffset) return violation('a slice of a chunk is out of order')
  if (assembly !== null && assembly.totalBytes !== slice.totalBytes) {
    return violation('slices of one chunk disagree about its size')
  }
  if (slice.offset + slice.payload.byteLength > slice.totalBytes) {
    return violation('a slice runs past the end of its chunk')
  }
  if (slice.payload.byteLength === slice.totalBytes) return { state: 'complete', encoded: slice.payload }
  const current = assembly ?? {
    totalBytes: slice.totalBytes,
    bytes: new Uint8Array(slice.totalBytes),
    receivedBytes: 0,
  }
  current.bytes.set(slice.payload, slice.offset)
  current.receivedBytes += slice.payload.byteLength
  return current.receivedBytes === current.totalBytes
    ? { state: 'complete', encoded: current.bytes }
    : { state: 'partial', assembly: current }
}

function violation(message: string): AssemblyStep {
  return { state: 'violation', message }
}
