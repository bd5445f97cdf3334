/** `larder device`: the devices of the fleet. */
import type { Command } from 'commander'
import {
  type DevicePatch,
  type DeviceSummary,
  type DeviceView,
  deviceListSchema,
  deviceViewSchema,
} from '../../../protocol/admin-api.ts'
import type { AssignedRole } from '../../../protocol/primitives.ts'
import { type AdminClient, connect, type RemoteOptions, withServerOptions } from '../admin-client.ts'
import { findDeviceId } from '../find-device.ts'
import { type CliIo, printJson } from '../io.ts'
import { parseRole, parseSiteName } from '../values.ts'
import { formatBytes, formatFacts, formatInstant, formatTable, printable } from '../words.ts'

interface ShowOptions extends RemoteOptions {
  readonly json?: true
}

interface AcceptOptions extends ShowOptions {
  readonly site: string
  readonly role?: AssignedRole
}

const DEVICE_ARGUMENT = 'its id, the beginning of its id, its name or its code'

export function addDeviceCommands(program: Command, io: CliIo): void {
  const device = program
    .command('device')
    .description('the devices of the fleet')
    .addHelpText(
      'after',
      '\nExamples:\n  larder device list\n  larder device accept K7QX-2MPA --site berlin-mitte --role kiosk\n  larder device set-role "Lobby left" store',
    )

  withServerOptions(device.command('list').description('list the devices'))
    .option('--json', 'print as JSON')
    .action(async (options: ShowOptions) => {
      const answer = await connect(options, io).request('GET', ['devices'], deviceListSchema)
      if (options.json) return printJson(io, answer)
      io.out(describeDevices(answer.devices))
    })

  withServerOptions(device.command('show').description('show a device').argument('<device>', DEVICE_ARGUMENT))
    .option('--json', 'print as JSON')
    .action(async (text: string, options: ShowOptions) => {
      const client = connect(options, io)
      const segments = ['devices', await findDeviceId(client, text)]
      print(await client.request('GET', segments, deviceViewSchema), options)
    })

  withServerOptions(
    device
      .command('set-role')
      .description('make a device a store, a kiosk, or let the server choose (auto)')
      .argument('<device>', DEVICE_ARGUMENT)
      .argument('<role>', 'store, kiosk or auto', parseRole),
  )
    .option('--json', 'print as JSON')
    .action((text: string, role: AssignedRole, options: ShowOptions) => patch(text, { role }, options))

  withServerOptions(
    device
      .command('accept')
      .description('let a device that shows a code into the fleet')
      .argument('<device>', DEVICE_ARGUMENT)
      .requiredOption('--site <site>', 'where it stands', parseSiteName)
      .option('--role <role>', 'store, kiosk or auto (default: as it was, kiosk at first)', parseRole),
  )
    .option('--json', 'print as JSON')
    .action((text: string, options: AcceptOptions) => {
      const { site, role } = options
      return patch(text, { state: 'accepted', site, ...(role !== undefined && { role }) }, options)
    })

  withServerOptions(
    device
      .command('revoke')
      .description('shut a device out; it can be accepted again')
      .argument('<device>', DEVICE_ARGUMENT),
  )
    .option('--json', 'print as JSON')
    .action((text: string, options: ShowOptions) => patch(text, { state: 'revoked' }, options))

  async function patch(text: string, change: DevicePatch, options: ShowOptions): Promise<void> {
    const client: AdminClient = connect(options, io)
    const segments = ['devices', await findDeviceId(client, text)]
    print(await client.request('PATCH', segments, deviceViewSchema, { json: change }), options)
  }

  function print(view: DeviceView, options: ShowOptions): void {
    if (options.json) printJson(io, view)
    else io.out(describeDevice(view))
  }
}

function describeDevices(devices: readonly DeviceSummary[]): string {
  return formatTable(
    devices,
    [
      { title: 'device', of: row => row.deviceId },
      { title: 'name', of: row => row.name || '-' },
      { title: 'state', of: row => (row.code === null ? row.state : `${row.state}, shows ${row.code}`) },
      { title: 'role', of: roleText },
      { title: 'site', of: row => row.site ?? '-' },
      { title: 'connection', of: row => row.connection },
      { title: 'packages', of: row => row.packages.map(packageText).join(', ') || '-' },
    ],
    'No devices yet. Make a link for one with: larder enrol create --site SITE --role store',
  )
}

function describeDevice(view: DeviceView): string {
  const facts = formatFacts([
    ['device', view.deviceId],
    ['state', view.code === null ? view.state : `${view.state}, shows ${view.code}`],
    ['role', roleText(view)],
    ['site', view.site ?? 'none yet'],
    ['connection', view.connection],
    ['last seen', formatInstant(view.lastSeenAt, view.timeZone)],
    ['last report', formatInstant(view.reportedAt, view.timeZone)],
  ])
  const packages = view.packages.map(entry => {
    const { fromStores, fromServer, reused } = entry.bytes
    return `  ${packageText(entry)}: ${printable(entry.detail)}\n    ${entry.chunks.have} of ${entry.chunks.total} chunks; ${formatBytes(fromStores)} from stores, ${formatBytes(fromServer)} from the server, ${formatBytes(reused)} reused\n`
  })
  const events = view.events.map(
    event => `  ${formatInstant(event.at, view.timeZone)}  ${event.kind}  ${printable(event.detail)}\n`,
  )
  return [
    `${view.name || 'Device without a name'}\n`,
    facts,
    packages.length > 0 ? `\nPackages\n${packages.join('')}` : '',
    events.length > 0 ? `\nEvents\n${events.join('')}` : '',
  ].join('')
}

const roleText = (device: DeviceSummary): string =>
  device.assignedRole === 'auto' ? `auto (${device.role} now)` : device.assignedRole

function packageText(entry: DeviceSummary['packages'][number]): string {
  const { activeRelease, wantedRelease, phase } = entry
  const runs = activeRelease === null ? 'none' : String(activeRelease)
  return activeRelease === wantedRelease
    ? `${entry.package} ${runs} ${phase}`
    : `${entry.package} ${runs} → ${wantedRelease} ${phase}`
}
