/**
 * The protocol's version and its history (docs/PROTOCOL.md, rules PR-V1 to PR-V5).
 * `test/unit/protocol/schema-hash.test.ts` fails when a schema changes and this file does not.
 */

/** Newest version this code speaks on signaling sessions and peer links; how each is spoken: `spoken-versions.ts`. */
export const PROTOCOL_VERSION = 1

/** Oldest version this code still speaks. Rises no earlier than one release after the version it rises to. */
export const MIN_PROTOCOL_VERSION = 1

/** One entry per version ever released: what changed, and the hash of all schemas at that version. */
export const PROTOCOL_HISTORY: readonly {
  readonly version: number
  readonly schemaHash: string
  readonly change: string
}[] = [
  {
    version: 1,
    schemaHash: '0c8c001a066f43eb765c3cbe079c1a38961056f549bb8a8766575a3a6b9cebf9',
    change: 'First version.',
  },
]
