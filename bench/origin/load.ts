/** Load on an HTTP server with wrk, a load generator in C, and nginx as the server to compare with. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { untilTrue } from '../support/browsers.ts'

const execute = promisify(execFile)

export interface Request {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

export interface Load {
  readonly requestsPerSecond: number
  readonly megabytesPerSecond: number
  readonly bytes: number
  /** Of one answer, whole. */
  readonly medianMs: number
  readonly p99Ms: number
  /** Answers that were not 2xx, and connections that failed. */
  readonly errors: number
}

/** Prints what {@link runLoad} reads; `done` sees totals that wrk's own text rounds. */
const SCRIPT = `
local requests = {}
for line in io.lines(os.getenv("LARDER_BENCH_REQUESTS")) do
  local path, authorization = line:match("^(%S+) ?(.*)$")
  local headers = { ["Host"] = "127.0.0.1" }
  if authorization ~= "" then headers["Authorization"] = authorization end
  requests[#requests + 1] = wrk.format("GET", path, headers)
end
local at = 0
request = function()
  at = at + 1
  if at > #requests then at = 1 end
  return requests[at]
end
done = function(summary, latency, _)
  local errors = summary.errors
  io.write(string.format('RESULT {"requests":%d,"bytes":%d,"duration":%d,"p50":%d,"p99":%d,"errors":%d}\\n',
    summary.requests, summary.bytes, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
`

/** Asks for these in turn over so many connections, one thread, for so long. @throws Error when wrk is missing */
export async function runLoad(
  scratch: string,
  baseUrl: string,
  requests: readonly Request[],
  { connections, seconds }: { readonly connections: number; readonly seconds: number },
): Promise<Load> {
  const script = path.join(scratch, 'load.lua')
  const list = path.join(scratch, 'requests.txt')
  await writeFile(script, SCRIPT)
  await writeFile(list, requests.map(each => `${each.path} ${each.headers.authorization ?? ''}\n`).join(''))
  const { stdout } = await execute(
    'wrk',
    ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '-s', script, baseUrl],
    { env: { ...process.env, LARDER_BENCH_REQUESTS: list } },
  ).catch(error => {
    throw new Error(`wrk is needed (Debian: apt-get install wrk): ${error.message}`)
  })
  const line = /^RESULT (\{.*\})$/m.exec(stdout)?.[1]
  if (line === undefined) throw new Error(`wrk printed something unknown: ${stdout}`)
  const result = JSON.parse(line)
  const elapsedSeconds = result.duration / 1e6
  return {
    requestsPerSecond: result.requests / elapsedSeconds,
    bytes: result.bytes,
    megabytesPerSecond: result.bytes / elapsedSeconds / 1e6,
    medianMs: result.p50 / 1000,
    p99Ms: result.p99 / 1000,
    errors: result.errors,
  }
}

export interface Nginx {
  readonly url: string
  readonly pid: number
  close(): Promise<void>
}

/** nginx as Debian sets it up (one worker a core, sendfile) over a folder. @throws Error when nginx is missing */
export async function startNginx(scratch: string, root: string, port: number): Promise<Nginx> {
  const folder = path.join(scratch, 'nginx')
  await mkdir(folder, { recursive: true })
  const file = path.join(folder, 'nginx.conf')
  await writeFile(
    file,
    `user root;
worker_processes auto;
daemon off;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events { worker_connections 768; }
http {
  sendfile on;
  tcp_nopush on;
  access_log off;
  keepalive_requests 1000000;
  client_body_temp_path ${folder};
  server {
    listen 127.0.0.1:${port};
    root ${root};
    default_type application/octet-stream;
  }
}
`,
  )
  const child: ChildProcess = spawn('nginx', ['-c', file, '-p', folder], { stdio: 'ignore' })
  const closed = once(child, 'close')
  let failure: Error | null = null
  child.once('error', error => {
    failure = new Error(`nginx is needed (Debian: apt-get install nginx-light): ${error.message}`)
  })
  const url = `http://127.0.0.1:${port}/`
  await untilTrue('nginx answers', async () => {
    if (failure !== null) throw failure
    return (await fetch(url).catch(() => null)) !== null
  })
  return {
    url,
    pid: child.pid ?? 0,
    close: async () => {
      child.kill()
      await closed
    },
  }
}
