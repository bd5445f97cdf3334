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
        'What travels has changed. In protocol/version.ts, either',
        '  - raise PROTOCOL_VERSION and append an entry to PROTOCOL_HISTORY that says what changed, or',
        '  - before the first release only: replace the hash of version 1, knowingly,',
        `with schemaHash: '${schemaHash}'`,
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
