/**
 * A plain HTTP server for one folder in a process of its own: the download that Larder is compared with, and the pages of other
 * software. Any origin may read it, in ranges too. Run as a program: `static-server.ts FOLDER HOST PORT`.
 */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { pipeline } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { type PortProgram, startPortProgram } from './port-program.ts'

const THIS = fileURLToPath(import.meta.url)
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
}

/** @param prefix put before the command, such as `ip netns exec origin` */
export function startStaticServer(
  folder: string,
  host: string,
  prefix: readonly string[] = [],
): Promise<PortProgram> {
  return startPortProgram(THIS, [folder, host, '0'], prefix)
}

async function answer(folder: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://any')
  const file = path.join(folder, path.posix.normalize(decodeURIComponent(pathname)))
  const size = (await stat(file).catch(() => null))?.size
  if (size === undefined) {
    response.writeHead(404).end()
    return
  }
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? []
  const start = Number(from ?? 0)
  const end = to ? Math.min(Number(to), size - 1) : size - 1
  response.writeHead(from === undefined ? 200 : 206, {
    'content-type': MEDIA_TYPES[path.extname(file)] ?? 'application/octet-stream',
    'content-length': end - start + 1,
    'accept-ranges': 'bytes',
    'access-control-allow-origin': '*',
    'access-control-allow-headers': '*',
    'access-control-expose-headers': '*',
    'cache-control': 'no-store',
    ...(from === undefined ? {} : { 'content-range': `bytes ${start}-${end}/${size}` }),
  })
  pipeline(createReadStream(file, { start, end }), response, () => undefined)
}

if (process.argv[1] === THIS) {
  const [, , folder = '.', host = '127.0.0.1', port = '0'] = process.argv
  const server = createServer((request, response) => {
    answer(folder, request, response).catch(() => response.destroy())
  })
  server.listen(Number(port), host, () => console.log((server.address() as AddressInfo).port))
}
