/** The SignalLink over WebSocket: its end comes exactly once, whoever brings it about. */
import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { WebSocketServer } from 'ws'
import { openWebSocketLink } from '../../client/adapters/browser/websocket-link.ts'
import { MAX_SIGNAL_MESSAGE_BYTES } from '../../protocol/limits.ts'

let server: WebSocketServer
let url: string

before(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await new Promise(resolve => server.once('listening', resolve))
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
  server.on('connection', socket => {
    socket.on('message', data => {
      const text = String(data)
      if (text === 'end') socket.close(4001)
      else if (text === 'binary') socket.send(new Uint8Array([1]))
      else if (text === 'long') socket.send('x'.repeat(MAX_SIGNAL_MESSAGE_BYTES + 1))
      else socket.send(`heard ${text}`)
    })
  })
})
after(() => {
  for (const client of server.clients) client.terminate()
  server.close()
})

/** Opens a link, sends `first` once it is open, and resolves with all that happened up to its end. */
function events(address: string, first: string | null): Promise<string[]> {
  return new Promise(resolve => {
    const seen: string[] = []
    const link = openWebSocketLink(address)({
      onOpen: () => {
        seen.push('open')
        if (first !== null) link.send(first)
      },
      onMessage: text => {
        seen.push(text)
        link.close()
        link.close()
        link.send('ignored')
      },
      onClose: code => {
        seen.push(`close ${code}`)
        // A second end would come within the closing handshake.
        setTimeout(() => resolve(seen), 50)
      },
    })
    if (first === null) link.close()
  })
}

test('carries text and ends once when closed here', async () => {
  assert.deepEqual(await events(url, 'hello'), ['open', 'heard hello', 'close 1000'])
})

test('ends once when the server ends it, or sends what it must not', async () => {
  assert.deepEqual(await events(url, 'end'), ['open', 'close 4001'])
  assert.deepEqual(await events(url, 'binary'), ['open', 'close 1003'])
  assert.deepEqual(await events(url, 'long'), ['open', 'close 1009'])
})

test('ends once when it never opened', async () => {
  assert.deepEqual(await events(url, null), ['close 1000'])
  assert.deepEqual(await events('ws://127.0.0.1:1', ''), ['close 1006'])
  assert.deepEqual(await events('no address', ''), ['close 1006'])
})
