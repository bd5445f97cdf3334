/**
 * The protocol's version and its history (docs/PROTOCOL.md, rules PR-V1 to PR-V3).
 * `test/unit/protocol/schema-hash.test.ts` fails when a schema changes and this file does not.
 */

/** Version this code speaks on signaling sessions and peer links. */
export const PROTOCOL_VERSION = 1

/** Oldest version this code still understands. */
export const MIN_PROTOCOL_VERSION = 1

/** One entry per version ever released: what changed, and the hash of all schemas at that version. */
export const PROTOCOL_HISTORY: readonly {
  readonly version: number
  readonly schemaHash: string
  readonly change: string
}[] = [
  {
    version: 1,
    schemaHash: '9cbf50b80180d033bcf9a8b94d01759e7484c00106dfb7e29f980f64f08273c9',
    change: 'First version.',
  },
]
