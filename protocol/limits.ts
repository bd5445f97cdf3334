/**
 * Every bound the protocol puts on what a remote side may send, in one place.
 * A parser refuses what is over its bound before it allocates anything for it.
 * Raising a bound is a wire change (PR-V3): old peers refuse what new ones send.
 */

export const KIB = 1024
export const MIB = 1024 * KIB

/** Largest raw chunk; FastCDC's maximum for files over 64 MiB. */
export const MAX_CHUNK_BYTES = 4 * MIB
/** An encoded chunk is at most its raw bytes and the byte that names the encoding. */
export const MAX_ENCODED_CHUNK_BYTES = MAX_CHUNK_BYTES + 1
/** 131,072 chunks: a bitfield of 16 KiB, and 16 GiB and more of content at the ordinary average size. */
export const MAX_CHUNKS_PER_RELEASE = 128 * KIB
export const MAX_FILES_PER_RELEASE = 100_000
/** A signed manifest as JSON text. 100,000 files of 150 bytes and 131,072 chunks of 100 fit. */
export const MAX_MANIFEST_BYTES = 32 * MIB

/** Raw bytes of the chunks that one part of a patch makes: with the dictionary, what a device decodes at once. */
export const MAX_PART_MAKES_BYTES = 4 * MIB
/** Raw bytes of the chunks that one part of a patch is made from. */
export const MAX_PART_DICTIONARY_BYTES = 8 * MIB
/** A part of a patch travels like a raw chunk. */
export const MAX_PART_BYTES = 4 * MIB
export const MAX_PARTS_PER_PATCH_SET = 4096
/** A patch set as JSON text. */
export const MAX_PATCH_SET_BYTES = 2 * MIB

/** One WebSocket message of the signaling session, either way (DESIGN section 5). */
export const MAX_SIGNAL_MESSAGE_BYTES = 64 * KIB
/** A quarter of a signaling message: escaped as JSON, and with the server's envelope, the relayed signal still fits. */
export const MAX_SDP_BYTES = 16 * KIB
export const MAX_ASSIGNMENTS = 64

/** One data-channel message. Chromium and Firefox both take 256 KiB. */
export const MAX_PEER_FRAME_BYTES = 256 * KIB
/** Smallest frame bound a peer may announce; headers and a whole bitfield fit. */
export const MIN_PEER_FRAME_BYTES = 32 * KIB
/** Chunk indexes in one request, have, cancel or reject message. */
export const MAX_INDEXES_PER_MESSAGE = 1024
/** Releases a peer may show interest in on one link. */
export const MAX_INTERESTS_PER_LINK = 64

export const MAX_PACKAGE_NAME_LENGTH = 64
export const MAX_NAME_LENGTH = 80
export const MAX_VERSION_LENGTH = 64
export const MAX_PATH_BYTES = 1024
/** Text a device reports about an error; longer is cut by the device and refused by the server. */
export const MAX_EVENT_TEXT_LENGTH = 500
export const MAX_PEERS_IN_STATUS = 64
export const MAX_LABELS = 32
/** Findings in one diagnostics report. */
export const MAX_FINDINGS = 64
