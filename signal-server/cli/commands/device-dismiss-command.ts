/** `larder device dismiss`: takes devices off the list of those that wait to be accepted. */
import type { Command } from 'commander'
import { type DismissPost, dismissViewSchema } from '../../../protocol/admin/devices.ts'
import { Failure } from '../../failure.ts'
import { connect, type RemoteOptions, withServerOptions } from '../admin-client.ts'
import { type CliIo, printJson, UsageError } from '../io.ts'
import { parseDurationS } from '../values.ts'
import { count } from '../words.ts'

interface DismissOptions extends RemoteOptions {
  readonly all?: true
  readonly olderThan?: number
  readonly json?: true
}

export function addDismissCommand(device: Command, io: CliIo): void {
  withServerOptions(
    device
      .command('dismiss')
      .description('forget devices that wait to be accepted, one by one or many at once')
      .argument('[codes...]', 'the codes on their screens')
      .option('--all', 'every device that waits')
      .option('--older-than <duration>', 'those that wait longer than this, such as 2h', parseDurationS),
  )
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      '\nDevices that are accepted or revoked are not touched. A screen that is still on asks for another code by itself; to shut one out for good: larder device revoke\n\nExamples:\n  larder device dismiss --older-than 2h\n  larder device dismiss --all\n  larder device dismiss K7QX-2MPA 9ZRB-44TE',
    )
    .action(async (codes: readonly string[], options: DismissOptions) => {
      const body = bodyOf(codes, options)
      const client = connect(options, io)
      const answer = await client.request('POST', ['devices', 'dismiss'], dismissViewSchema, { json: body })
      if (body.codes && answer.dismissed === 0)
        throw new Failure('no device that waits shows one of these codes; see: larder device list')
      if (options.json) return printJson(io, answer)
      io.out(`Dismissed ${count(answer.dismissed, 'waiting device')}.\n`)
    })
}

function bodyOf(codes: readonly string[], { all, olderThan }: DismissOptions): DismissPost {
  const chosen = [codes.length > 0, all === true, olderThan !== undefined].filter(Boolean).length
  if (chosen !== 1) throw new UsageError('give either codes, or --older-than, or --all')
  if (codes.length > 0) return { codes: [...codes] }
  return olderThan === undefined ? { all: true } : { olderThanS: olderThan }
}
