/** Chunks that come over a real connection: whatever their length says, and one after another through the same memory. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { after, test } from 'node:test'
import { MAX_ENCODED_CHUNK_BYTES } from '../../protocol/limits.ts'
import { encodeChunk } from '../../signal-server/vault/zstd.ts'
import { digestOf } from '../support/admin-stage.ts'
import { startCliStage } from '../support/cli-stage.ts'
import { seededBytes } from '../support/seeded-bytes.ts'

const { server, env, end } = await startCliStage()
after(end)

/** `pieces` of which the length is told beforehand, or not. */
async function put(digest: string, pieces: readonly Uint8Array[], isLengthTold: boolean, agent?: Agent) {
  const length = pieces.reduce((sum, piece) => sum + piece.byteLength, 0)
  const sent = request(new URL(`/api/chunks/${digest}`, server.adminUrl), {
    method: 'PUT',
    headers: {
      authorization: `Bearer ${env.LARDER_TOKEN}`,
      'content-type': 'application/octet-stream',
      ...(isLengthTold && { 'content-length': length }),
    },
    ...(agent && { agent }),
  })
  // A server that refuses a body need not read it to its end.
  sent.on('error', () => {})
  for (const piece of pieces) sent.write(piece)
  sent.end()
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  let text = ''
  for await (const piece of answer.setEncoding('utf8')) text += piece
  return { status: answer.statusCode, body: JSON.parse(text) }
}

test('a large chunk, then small ones in the same memory, on one connection, are each what they are', async t => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  t.after(() => agent.destroy())
  for (const [seed, sizeBytes] of [700_000, 12, 90_000, 1].entries()) {
    for (const isLengthTold of [true, false]) {
      const raw = seededBytes(2 * seed + Number(isLengthTold), sizeBytes)
      const encoded = await encodeChunk(raw)
      const middle = Math.ceil(encoded.byteLength / 2)
      const pieces = [encoded.subarray(0, middle), encoded.subarray(middle)]
      const { status, body } = await put(digestOf(raw), pieces, isLengthTold, agent)
      assert.equal(status, 201)
      assert.equal(body.rawBytes, sizeBytes)
    }
  }
})

test('a chunk that is too large is told so, whether or not its length was told', async () => {
  // Far more than what lies in buffers on the way: most of it is still to come when it is refused.
  const pieces = Array.from({ length: 4 }, () => new Uint8Array(MAX_ENCODED_CHUNK_BYTES))
  for (const isLengthTold of [true, false]) {
    const { status, body } = await put('a'.repeat(64), pieces, isLengthTold)
    assert.deepEqual([status, body.type], [413, 'urn:larder:problem:too-large'])
  }
})
