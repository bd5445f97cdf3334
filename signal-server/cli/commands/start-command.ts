/** `larder start`: the server. */
import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import type { Command } from 'commander'
import type { Logger } from 'pino'
import { findExposure } from '../../data-modes.ts'
import { Failure, messageOf } from '../../failure.ts'
import { LogLines } from '../../log-lines.ts'
import type { RunningServer, TlsPair } from '../../server.ts'
import { type CliIo, UsageError } from '../io.ts'
import { parseDirectory, parseProxies, parseWebAddress, wholeNumber } from '../values.ts'

interface StartOptions {
  readonly data: string
  readonly port: number
  readonly host: string
  readonly adminPort: number
  readonly adminHost: string
  readonly tlsCert?: string
  readonly tlsKey?: string
  readonly publicUrl?: string
  readonly adminUrl?: string
  readonly acceptNewKey?: true
  readonly trustedProxies?: readonly string[]
}

const parsePort = wholeNumber(0, 65_535)

export function addStartCommand(program: Command, io: CliIo): void {
  program
    .command('start')
    .description('run the server')
    .option(
      '--data <dir>',
      'where the server keeps everything; made if it is missing',
      parseDirectory,
      './larder-data',
    )
    .option('--port <port>', 'for devices; 0 takes a free one', parsePort, 8080)
    .option('--host <address>', 'for devices', '0.0.0.0')
    .option('--admin-port <port>', 'for administration; 0 takes a free one', parsePort, 8081)
    .option('--admin-host <address>', 'for administration', '127.0.0.1')
    .option('--tls-cert <file>', 'certificate chain, PEM; devices beyond this machine need TLS')
    .option('--tls-key <file>', 'its private key, PEM')
    .option(
      '--public-url <url>',
      'address under which devices reach this server, if it is another, as behind a proxy',
      parseWebAddress,
    )
    .option(
      '--admin-url <url>',
      'address under which administrators reach this server; devices that wait to be accepted show it as a QR code',
      parseWebAddress,
    )
    .option(
      '--accept-new-key',
      'start with a signing key that enrolled devices do not trust; they refuse new releases until each is enrolled anew',
    )
    .option(
      '--trusted-proxies <cidrs>',
      'proxies whose X-Forwarded-For and X-Forwarded-Proto are believed: addresses or networks, separated by commas',
      parseProxies,
    )
    .addHelpText(
      'after',
      '\nPrints one line when it serves: ready {"kioskUrl":"…","adminUrl":"…","adminLink":"…"}\nIts log goes to standard error. Ctrl-C stops it.\n\nExamples:\n  larder start\n  larder start --data /var/lib/larder --port 443 --tls-cert fullchain.pem --tls-key privkey.pem --public-url https://larder.example.com --admin-url https://larder-admin.example.com\n  larder start --host 127.0.0.1 --trusted-proxies 127.0.0.1,10.20.0.0/16 --public-url https://larder.example.com',
    )
    .action(async (options: StartOptions) => {
      const tls = await readTls(options)
      // Loaded only here: every other command starts faster without a server.
      const [{ pino }, { startServer }, { surviveUnhandledRejections }] = await Promise.all([
        import('pino'),
        import('../../server.ts'),
        import('../../unhandled-rejections.ts'),
      ])
      const {
        data,
        port,
        host,
        adminPort,
        adminHost,
        publicUrl,
        trustedProxies,
        adminUrl: publicAdminUrl,
      } = options
      const lines = new LogLines(2, {
        onLost: lost => log.warn({ lost }, `${lost} log lines were lost while the log could not be written`),
      })
      // What is left is written at the end, whatever ends it.
      process.once('exit', () => lines.writeRestSync())
      const log: Logger = pino({ name: 'larder', base: null }, lines)
      surviveUnhandledRejections(log)
      io.outliveOutput(error => log.error({ err: error }, 'the ready line could not be written'))
      if (options.tlsKey !== undefined) await warnOfExposure(options.tlsKey, log)
      const server = await startServer({
        data,
        port,
        host,
        adminPort,
        adminHost,
        log,
        ...(tls && { tls }),
        ...(publicUrl !== undefined && { publicUrl }),
        ...(publicAdminUrl !== undefined && { adminUrl: publicAdminUrl }),
        acceptNewKey: options.acceptNewKey ?? false,
        ...(trustedProxies && { trustedProxies }),
      })
      const { kioskUrl, adminUrl, adminLink } = server
      if (adminLink !== adminUrl)
        lines.write(
          `No password is set yet. Open this link within 15 minutes to choose one (another: larder admin-link --data ${data}):\n  ${adminLink}\n`,
        )
      // A program that waits for the line on standard output then finds everything before it in the log.
      await lines.drain(LAST_LINES_MS)
      io.out(`ready ${JSON.stringify({ kioskUrl, adminUrl, adminLink })}\n`)
      await untilStopped(server, lines)
    })
}

/** At the end lines of the log are waited for no longer than this: their reader may be gone. */
const LAST_LINES_MS = 1000

/** Resolves when a first signal has stopped the server; a second one ends the process at once. */
async function untilStopped(server: RunningServer, lines: LogLines): Promise<void> {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  await new Promise<void>(resolve => {
    for (const signal of signals) process.once(signal, () => resolve())
  })
  const endNow = () => (lines.isStuck ? killItself() : process.exit(1))
  for (const signal of signals) process.on(signal, endNow)
  await server.close()
  await lines.drain(LAST_LINES_MS)
  if (lines.isStuck) killItself()
  for (const signal of signals) process.off(signal, endNow)
}

/** Node waits at its end for every write that is under way, such as one to a pipe that is not read. */
const killItself = () => process.kill(process.pid, 'SIGKILL')

async function readTls({ tlsCert, tlsKey }: StartOptions): Promise<TlsPair | null> {
  if (tlsCert === undefined && tlsKey === undefined) return null
  if (tlsCert === undefined || tlsKey === undefined)
    throw new UsageError('--tls-cert and --tls-key are given together or not at all')
  const [cert, key] = await Promise.all([readPem('--tls-cert', tlsCert), readPem('--tls-key', tlsKey)])
  try {
    createSecureContext({ cert, key })
  } catch (error) {
    throw new Failure(
      `${tlsCert} and ${tlsKey} are not a PEM certificate and its private key: ${messageOf(error)}`,
      error,
    )
  }
  return { cert, key }
}

/** Groups are left alone: servers often read a certificate's key by one. */
async function warnOfExposure(tlsKey: string, log: Logger): Promise<void> {
  if (!(await findExposure(tlsKey))?.toAllUsers) return
  log.error(
    { path: tlsKey },
    'every user of this machine can read the private key of --tls-key, and pass for this server with it; make it private with chmod 600, and replace key and certificate if others may have read it',
  )
}

async function readPem(option: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new Failure(`cannot read the file of ${option}: ${messageOf(error)}`, error)
  }
}
