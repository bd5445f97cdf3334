/** `larder device label | retry | separate | diagnose`: what is written on one device, and what is asked of it. */
import { type Command, InvalidArgumentError } from 'commander'
import { diagnoseViewSchema, retryViewSchema, separateViewSchema } from '../../../protocol/admin/devices.ts'
import { type DeviceView, deviceViewSchema } from '../../../protocol/admin-api.ts'
import { Failure } from '../../failure.ts'
import { type AdminClient, connect, type RemoteOptions, withServerOptions } from '../admin-client.ts'
import { findDeviceId } from '../find-device.ts'
import { type CliIo, printJson } from '../io.ts'
import { parseDurationS, parsePackageName } from '../values.ts'
import { DEVICE_ARGUMENT, describeDiagnostics, labelsText } from './device-words.ts'

interface ShowOptions extends RemoteOptions {
  readonly json?: true
}

/** How often a device that runs its checks is looked at. */
const LOOK_EVERY_MS = 500

/** A label to set, or one to take off. */
interface LabelChange {
  readonly name: string
  readonly value: string | null
}

export function addDeviceRequestCommands(device: Command, io: CliIo): void {
  withServerOptions(
    device
      .command('label')
      .description('write labels on a device, or take them off; its app can read them')
      .argument('<device>', DEVICE_ARGUMENT)
      .argument('<labels...>', 'floor=2 sets a label, floor- takes it off', collectLabel),
  )
    .option('--json', 'print the device as JSON')
    .addHelpText(
      'after',
      '\nWhat is not named stays as it is. A label name is lower-case letters, digits, dots, dashes and underscores.\n\nExamples:\n  larder device label "Lobby left" floor=2 "area=by the window"\n  larder device label "Lobby left" area-',
    )
    .action(async (text: string, changes: readonly LabelChange[], options: ShowOptions) => {
      const client = connect(options, io)
      const segments = ['devices', await findDeviceId(client, text)]
      const before = await client.request('GET', segments, deviceViewSchema)
      const labels = labelsAfter(before, changes)
      const after = await client.request('PATCH', segments, deviceViewSchema, { json: { labels } })
      if (options.json) return printJson(io, after)
      io.out(`${after.name || after.deviceId}: ${labelsText(after.labels) || 'no labels'}\n`)
    })

  withServerOptions(
    device
      .command('retry')
      .description('let a device try a release again that failed there')
      .argument('<device>', DEVICE_ARGUMENT)
      .requiredOption('--package <name>', 'the package', parsePackageName),
  )
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      '\nA release that failed on a device is not tried there again by itself. A device that is offline hears of it when it is back.\n\nExample:\n  larder device retry "Lobby left" --package lobby',
    )
    .action(async (text: string, options: ShowOptions & { readonly package: string }) => {
      const client = connect(options, io)
      const segments = ['devices', await findDeviceId(client, text), 'retry']
      const body = { json: { package: options.package } }
      const answer = await client.request('POST', segments, retryViewSchema, body)
      if (options.json) return printJson(io, answer)
      const when = answer.connection === 'online' ? 'now' : 'when it is online again'
      io.out(`Release ${answer.release} of ${answer.package} is tried again ${when}.\n`)
    })

  withServerOptions(
    device
      .command('separate')
      .description('of two browsers with the key of one device, make the one that is online a new device')
      .argument('<device>', DEVICE_ARGUMENT),
  )
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      '\nTwo browsers have one key after a disk image or a browser profile was copied; device list and device show say so. The\nbrowser that is asked makes a new key, keeps its packages, and shows a code until it is accepted.\n\nExample:\n  larder device separate "Lobby left"',
    )
    .action(async (text: string, options: ShowOptions) => {
      const client = connect(options, io)
      const segments = ['devices', await findDeviceId(client, text), 'separate']
      const answer = await client.request('POST', segments, separateViewSchema)
      if (options.json) return printJson(io, answer)
      io.out(
        `The browser at ${answer.address} was asked to begin as a new device. It shows a code: accept it with: larder device accept CODE --site SITE\n`,
      )
    })

  withServerOptions(
    device
      .command('diagnose')
      .description('let a device check itself, and print what it found and what mends it')
      .argument('<device>', DEVICE_ARGUMENT),
  )
    .option('--timeout <duration>', 'how long to wait for its report, such as 30s', parseDurationS, 60)
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      '\nThe device must be online. Its last report, also of one that is not, is part of: larder device show\n\nExample:\n  larder device diagnose "Lobby left"',
    )
    .action(async (text: string, options: ShowOptions & { readonly timeout: number }) => {
      const client = connect(options, io)
      const deviceId = await findDeviceId(client, text)
      const { askedAt } = await client.request('POST', ['devices', deviceId, 'diagnose'], diagnoseViewSchema)
      const view = await reported(client, { deviceId, askedAt, until: io.now() + options.timeout * 1000 })
      if (options.json) printJson(io, view.diagnostics)
      else io.out(`${view.name || view.deviceId}\n${describeDiagnostics(view, true)}`)
    })

  /** Waits for a report that was received after `askedAt`, both by the server's clock. */
  async function reported(
    client: AdminClient,
    { deviceId, askedAt, until }: { deviceId: string; askedAt: string; until: number },
  ): Promise<DeviceView> {
    for (;;) {
      const view = await client.request('GET', ['devices', deviceId], deviceViewSchema)
      if (view.diagnostics !== null && Date.parse(view.diagnostics.receivedAt) >= Date.parse(askedAt))
        return view
      if (io.now() >= until)
        throw new Failure(
          `${view.name || deviceId} has not reported yet${view.connection === 'online' ? '; its browser may be busy or asleep' : ' and is offline now'}. Wait longer with --timeout, or look later with: larder device show ${deviceId}`,
        )
      await new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MS))
    }
  }
}

function collectLabel(text: string, changes: readonly LabelChange[] | undefined): LabelChange[] {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? []
  const [, off] = /^([^=]+)-$/.exec(text) ?? []
  if (name !== undefined && value !== undefined) return [...(changes ?? []), { name, value }]
  if (off !== undefined) return [...(changes ?? []), { name: off, value: null }]
  throw new InvalidArgumentError('must be NAME=VALUE to set a label, or NAME- to take it off.')
}

function labelsAfter({ labels, name, deviceId }: DeviceView, changes: readonly LabelChange[]) {
  const after = new Map(Object.entries(labels))
  for (const change of changes) {
    if (change.value !== null) after.set(change.name, change.value)
    else if (!after.delete(change.name))
      throw new Failure(
        `${name || deviceId} has no label ${JSON.stringify(change.name)}; it has: ${labelsText(labels) || 'none'}`,
      )
  }
  return Object.fromEntries(after)
}
