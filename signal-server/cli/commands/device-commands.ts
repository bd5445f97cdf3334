/** `larder device`: the devices of the fleet. What is asked of one device is `device-request-commands.ts`. */
import type { Command } from 'commander'
import {
  type DevicePatch,
  type DeviceView,
  deviceListSchema,
  deviceViewSchema,
} from '../../../protocol/admin-api.ts'
import type { AssignedRole } from '../../../protocol/primitives.ts'
import { type AdminClient, connect, type RemoteOptions, withServerOptions } from '../admin-client.ts'
import { findDeviceId, findDeviceToAccept } from '../find-device.ts'
import { type CliIo, printJson, UsageError } from '../io.ts'
import { parseDeviceName, parseRole, parseSiteName } from '../values.ts'
import { addDeleteCommand } from './delete-command.ts'
import { addDismissCommand } from './device-dismiss-command.ts'
import { addDeviceRequestCommands } from './device-request-commands.ts'
import { ACCEPTED_ARGUMENT, DEVICE_ARGUMENT, describeDevice, describeDevices } from './device-words.ts'

interface ShowOptions extends RemoteOptions {
  readonly json?: true
}

interface ListOptions extends ShowOptions {
  readonly search?: string
}

interface AcceptOptions extends ShowOptions {
  readonly site?: string
  readonly role?: AssignedRole
}

interface SetOptions extends AcceptOptions {
  readonly name?: string
}

export function addDeviceCommands(program: Command, io: CliIo): void {
  const device = program
    .command('device')
    .description('the devices of the fleet')
    .addHelpText(
      'after',
      '\nExamples:\n  larder device list\n  larder device accept K7QX-2MPA --site berlin-mitte --role kiosk\n  larder device set-role "Lobby left" store\n  larder device set "Lobby left" --site hamburg-altona\n  larder device label "Lobby left" floor=2 area-\n  larder device diagnose "Lobby left"\n  larder device delete "Lobby left" --dry-run',
    )

  withServerOptions(device.command('list').description('list the devices'))
    .option('--search <words>', 'only those with these words in name, site, code, version, label or id')
    .option('--json', 'print as JSON')
    .action(async (options: ListOptions) => {
      const query = options.search === undefined ? {} : { search: options.search }
      const answer = await connect(options, io).request(
        'GET',
        ['devices'],
        deviceListSchema,
        undefined,
        query,
      )
      if (options.json) return printJson(io, answer)
      io.out(describeDevices(answer.devices, options.search === undefined))
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
    .action(async (text: string, role: AssignedRole, options: ShowOptions) => {
      const client = connect(options, io)
      await patch(client, await findDeviceId(client, text), { role }, options)
    })

  withServerOptions(
    device
      .command('accept')
      .description('let a device that shows a code into the fleet, or one back that was revoked')
      .argument('<code>', ACCEPTED_ARGUMENT)
      .option('--site <site>', 'where it stands (needed unless it has a site already)', parseSiteName)
      .option('--role <role>', 'store, kiosk or auto (default: as it was, kiosk at first)', parseRole),
  )
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      '\nNames are not taken: a device chooses its own before it is accepted. Type the code that you see on the screen.\n\nExamples:\n  larder device accept K7QX-2MPA --site berlin-mitte\n  larder device accept d-3f2a0c17',
    )
    .action(async (text: string, options: AcceptOptions) => {
      const { site, role } = options
      const place = { ...(site !== undefined && { site }), ...(role !== undefined && { role }) }
      const client = connect(options, io)
      const deviceId = await findDeviceToAccept(client, text)
      await patch(client, deviceId, { state: 'accepted', ...place }, options)
    })

  withServerOptions(
    device
      .command('revoke')
      .description('shut a device out; it can be accepted again')
      .argument('<device>', DEVICE_ARGUMENT),
  )
    .option('--json', 'print as JSON')
    .action(async (text: string, options: ShowOptions) => {
      const client = connect(options, io)
      await patch(client, await findDeviceId(client, text), { state: 'revoked' }, options)
    })

  withServerOptions(
    device
      .command('set')
      .description('name a device, move it to another site, or change its role; what is not given stays')
      .argument('<device>', DEVICE_ARGUMENT)
      .option('--name <name>', 'what people call it; "" takes the name off', parseDeviceName)
      .option('--site <site>', 'where it stands', parseSiteName)
      .option('--role <role>', 'store, kiosk or auto', parseRole),
  )
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      '\nA device that moves gets the packages and windows of its new site at once, and takes from the stores there.\n\nExamples:\n  larder device set "Lobby left" --site hamburg-altona\n  larder device set d-3f2a0c17 --name "Lobby right" --role store',
    )
    .action(async (text: string, options: SetOptions) => {
      const { name, site, role } = options
      if (name === undefined && site === undefined && role === undefined)
        throw new UsageError('give at least one of --name, --site and --role')
      const change = {
        ...(name !== undefined && { name }),
        ...(site !== undefined && { site }),
        ...(role !== undefined && { role }),
      }
      const client = connect(options, io)
      await patch(client, await findDeviceId(client, text), change, options)
    })

  addDeleteCommand(device, io, {
    noun: 'device',
    description: 'delete a device that is gone or was set up anew, with all that is kept of it',
    argument: DEVICE_ARGUMENT,
    find: async (client, text) => ['devices', await findDeviceId(client, text)],
    example: '"Lobby left"',
    help: 'A device that is deleted is not shut out: if it comes back, its screen shows a code, and it can be accepted again. To shut one out: larder device revoke',
  })
  addDismissCommand(device, io)
  addDeviceRequestCommands(device, io)

  async function patch(
    client: AdminClient,
    deviceId: string,
    change: DevicePatch,
    options: ShowOptions,
  ): Promise<void> {
    const view = await client.request('PATCH', ['devices', deviceId], deviceViewSchema, { json: change })
    print(view, options)
  }

  function print(view: DeviceView, options: ShowOptions): void {
    if (options.json) printJson(io, view)
    else io.out(describeDevice(view))
  }
}
