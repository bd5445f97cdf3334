/**
 * A plain HTTP server for one folder in a process of its own: the download that Larder is compared with, and the pages of other
 * software. Any origin may read it, in ranges too. Run as a program: `static-server.ts FOLDER HOST PORT`.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { pipeline } from 'node:stream'
import { fileURLToPath } from 'node:url'

const THIS = fileURLToPath(import.meta.url)
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
}

export interface StaticServer {
  readonly port: number
  readonly pid: number
  close(): Promise<void>
}

/** @param prefix put before the command, such as `ip netns exec origin` */
export async function startStaticServer(
  folder: string,
  host: string,
  prefix: readonly string[] = [],
): Promise<StaticServer> {
  const [program = process.execPath, ...args] = [...prefix, process.execPath, THIS, folder, host, '0']
  const child: ChildProcess = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const closed = once(child, 'close')
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout?.setEncoding('utf8').on('data', text => resolve(Number(text)))
    child.once('error', reject)
    child.once('close', () => reject(new Error('the static server ended before it listened')))
  })
  return {
    port,
    pid: child.pid ?? 0,
    close: async () => {
      child.kill()
      await closed
    },
  }
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
