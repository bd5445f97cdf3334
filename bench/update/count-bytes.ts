/** A plain TCP relay in front of a server that counts what goes through: headers, WebSocket and all. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface ByteCounter {
  readonly port: number
  /** Towards the device since the beginning. */
  down(): number
  close(): Promise<void>
}

export async function countBytes(targetPort: number): Promise<ByteCounter> {
  let down = 0
  const sockets = new Set<Socket>()
  const server = createServer(device => {
    const origin = connect(targetPort, '127.0.0.1')
    for (const socket of [device, origin]) {
      sockets.add(socket)
      socket
        .on('error', () => {})
        .on('close', () => {
          sockets.delete(socket)
          device.destroy()
          origin.destroy()
        })
    }
    origin.on('data', (bytes: Buffer) => {
      down += bytes.length
    })
    device.pipe(origin)
    origin.pipe(device)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    down: () => down,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
