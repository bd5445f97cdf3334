/** `larder … delete`: the same for everything that can be deleted. Says what deleting does to the fleet, with `--dry-run` only that. */
import type { Command } from 'commander'
import { type Deletion, deletionSchema } from '../../../protocol/admin/deletion.ts'
import { type AdminClient, connect, type RemoteOptions, withServerOptions } from '../admin-client.ts'
import { type CliIo, printJson } from '../io.ts'

interface DeleteOptions extends RemoteOptions {
  readonly dryRun?: true
  readonly force?: true
  readonly json?: true
}

export interface Deletable {
  /** Of the argument: `site`. */
  readonly noun: string
  readonly description: string
  /** What is to be typed for it. */
  readonly argument: string
  /** Throws where the text cannot name one. */
  readonly parse?: (text: string) => string
  /** Its path below `/api`. */
  readonly find: (client: AdminClient, text: string) => Promise<readonly string[]>
  readonly example: string
  readonly help: string
  /** What `--force` does; left out where nothing can be forced. */
  readonly force?: string
}

export function addDeleteCommand(
  parent: Command,
  io: CliIo,
  { noun, description, argument, parse = text => text, find, example, help, force }: Deletable,
): void {
  const command = withServerOptions(
    parent
      .command('delete')
      .description(description)
      .argument(`<${noun}>`, argument, parse)
      .option('--dry-run', 'only say what it would do'),
  )
  if (force !== undefined) command.option('--force', force)
  const name = `larder ${parent.name()} delete`
  command
    .option('--json', 'print as JSON')
    .addHelpText('after', `\n${help}\n\nExamples:\n  ${name} ${example} --dry-run\n  ${name} ${example}`)
    .action(async (text: string, options: DeleteOptions) => {
      const client = connect(options, io)
      const path = await find(client, text)
      if (options.dryRun) {
        const planned = await client.request('GET', [...path, 'deletion'], deletionSchema)
        if (options.json) return printJson(io, planned)
        return io.out(describePlan(planned))
      }
      const query = options.force ? { force: 'true' } : {}
      const done = await client.request('DELETE', path, deletionSchema, undefined, query)
      if (options.json) return printJson(io, done)
      io.out(`Deleted the ${done.subject}.\n${lines(done.effects)}`)
    })
}

function describePlan({ subject, effects, blockers, cautions }: Deletion): string {
  if (blockers.length > 0) return `The ${subject} cannot be deleted now:\n${lines(blockers)}`
  const warned =
    cautions.length > 0 ? `It is in use, so it is deleted only with --force:\n${lines(cautions)}` : ''
  return `Deleting the ${subject} would do this:\n${lines(effects)}${warned}`
}

const lines = (sentences: readonly string[]) => sentences.map(sentence => `  ${sentence}\n`).join('')
