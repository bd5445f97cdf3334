/**
 * A wire change is never an accident (PR-V3): everything the two sides must agree on is hashed and compared with the
 * newest entry of PROTOCOL_HISTORY. JSON Schema cannot say what custom checks and transforms do: their own tests do.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { toJsonSchema } from '@valibot/to-json-schema'
import { uint8ArrayToHex } from 'uint8array-extras'
import type { GenericSchema } from 'valibot'
import { assignmentSchema, deviceIdentitySchema, windowsSchema } from '../../../protocol/assignment.ts'
import { canonicalJsonBytes } from '../../../protocol/canonical-json.ts'
import {
  ENROL_DOMAIN,
  enrolRequestSchema,
  enrolResponseSchema,
  timeResponseSchema,
} from '../../../protocol/device-http.ts'
import { deviceStatusSchema } from '../../../protocol/device-status.ts'
import { frameEncodedChunk } from '../../../protocol/encoded-chunk.ts'
import { sha256Hex } from '../../../protocol/keys.ts'
import * as limits from '../../../protocol/limits.ts'
import { manifestSchema, releaseDigestOf } from '../../../protocol/manifest.ts'
import { patchSetSchema } from '../../../protocol/patching/patch-set.ts'
import { encodePeerMessage, peerMessageCodes } from '../../../protocol/peer/codec.ts'
import { rejectReasons } from '../../../protocol/peer/messages.ts'
import { PROBLEM_MEDIA_TYPE, problemSchema, problemTypes } from '../../../protocol/problem.ts'
import { signalDownSchema } from '../../../protocol/signal/down.ts'
import { HELLO_DOMAIN, signalUpSchema } from '../../../protocol/signal/up.ts'
import { signedManifestSchema } from '../../../protocol/signed-manifest.ts'
import { MIN_PROTOCOL_VERSION, PROTOCOL_HISTORY, PROTOCOL_VERSION } from '../../../protocol/version.ts'
import { exampleManifest, peerMessageExamples } from '../../support/protocol-examples.ts'

const schemas: Readonly<Record<string, GenericSchema>> = {
  signalUp: signalUpSchema,
  signalDown: signalDownSchema,
  manifest: manifestSchema,
  signedManifest: signedManifestSchema,
  assignment: assignmentSchema,
  windows: windowsSchema,
  deviceIdentity: deviceIdentitySchema,
  deviceStatus: deviceStatusSchema,
  enrolRequest: enrolRequestSchema,
  enrolResponse: enrolResponseSchema,
  timeResponse: timeResponseSchema,
  problem: problemSchema,
  patchSet: patchSetSchema,
}

/** Hashes of the versions that were released: never edited, and one more line with each release of another version. */
const RELEASED: readonly string[] = ['0c8c001a066f43eb765c3cbe079c1a38961056f549bb8a8766575a3a6b9cebf9']

/** Everything on the wire as one JSON value. Titles of problems are words for people and may change. */
async function wireForm(): Promise<unknown> {
  const raw = Uint8Array.of(1, 2, 3)
  return {
    schemas: Object.fromEntries(
      Object.entries(schemas).map(([name, schema]) => [
        name,
        toJsonSchema(schema, { errorMode: 'ignore', typeMode: 'input' }),
      ]),
    ),
    problems: {
      mediaType: PROBLEM_MEDIA_TYPE,
      statuses: Object.entries(problemTypes).map(([name, { status }]) => [name, status]),
    },
    peer: {
      codes: peerMessageCodes,
      rejectReasons,
      frames: Object.values(peerMessageExamples).map(message => uint8ArrayToHex(encodePeerMessage(message))),
    },
    encodedChunks: [frameEncodedChunk(raw, null), frameEncodedChunk(raw, raw.subarray(1))].map(
      uint8ArrayToHex,
    ),
    domains: { HELLO_DOMAIN, ENROL_DOMAIN },
    exampleRelease: await releaseDigestOf(exampleManifest),
    limits: { ...limits },
  }
}

describe('protocol version', () => {
  it('PR-V3 the wire is what PROTOCOL_HISTORY says it is', async () => {
    const schemaHash = await sha256Hex(canonicalJsonBytes(await wireForm()))
    assert.equal(
      PROTOCOL_HISTORY.at(-1)?.schemaHash,
      schemaHash,
      [
        'What travels has changed (PR-V3, PR-V4). In protocol/version.ts raise PROTOCOL_VERSION and append an entry to',
        `PROTOCOL_HISTORY that says what changed, with schemaHash: '${schemaHash}'.`,
        'In protocol/spoken-versions.ts say how the version before is read and written, and leave MIN_PROTOCOL_VERSION.',
      ].join('\n'),
    )
  })

  it('PR-V3 what is hashed holds every message, field, refusal and bound', async () => {
    const wire = JSON.stringify(await wireForm())
    const parts = [
      'challenge',
      'onlyToProxiesUntil',
      'window-closed',
      'proxy-distribution-off',
      'sizeBytes',
      'waiting',
    ]
    for (const part of [
      ...parts,
      ...Object.keys(limits),
      ...Object.keys(problemTypes),
      ...Object.keys(schemas),
    ]) {
      assert.ok(wire.includes(`"${part}"`), part)
    }
  })

  it('PR-V2 the entries of released versions are the ones they were released with, and the newest of them is still spoken', () => {
    const hashes = PROTOCOL_HISTORY.map(entry => entry.schemaHash)
    assert.deepEqual(hashes.slice(0, RELEASED.length), RELEASED)
    assert.ok(MIN_PROTOCOL_VERSION <= RELEASED.length, 'pages of the last release stay connected')
  })

  it('PR-V2 the history ascends without gaps up to the current version, and the minimum is in it', () => {
    assert.deepEqual(
      PROTOCOL_HISTORY.map(entry => entry.version),
      Array.from({ length: PROTOCOL_VERSION }, (_, i) => i + 1),
    )
    assert.ok(Number.isInteger(MIN_PROTOCOL_VERSION) && MIN_PROTOCOL_VERSION >= 1)
    assert.ok(MIN_PROTOCOL_VERSION <= PROTOCOL_VERSION)
    for (const { schemaHash, change } of PROTOCOL_HISTORY) {
      assert.match(schemaHash, /^[0-9a-f]{64}$/)
      assert.ok(change.length > 0)
    }
    assert.equal(new Set(PROTOCOL_HISTORY.map(entry => entry.schemaHash)).size, PROTOCOL_HISTORY.length)
  })
})
