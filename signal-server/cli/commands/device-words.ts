/** Devices as a terminal shows them. Texts that devices wrote are made fit for one line. */
import type { DeviceSummary, DeviceView } from '../../../protocol/admin-api.ts'
import { duplicateSentence } from '../../../protocol/duplicate-words.ts'
import { obstacleTo, remedyCommand } from '../../../protocol/update-obstacle.ts'
import { count, formatBytes, formatFacts, formatInstant, formatTable, printable } from '../words.ts'

export const DEVICE_ARGUMENT = 'its id, the beginning of its id, its code, or its name once it is accepted'
export const ACCEPTED_ARGUMENT = 'the code on its screen, or the id of a revoked device'

/** `isWhole`: nothing was searched for, so an empty list is an empty fleet. */
export function describeDevices(devices: readonly DeviceSummary[], isWhole: boolean): string {
  return formatTable(
    devices,
    [
      { title: 'device', of: row => row.deviceId },
      { title: 'name', of: row => printable(row.name) || '-' },
      {
        title: 'state',
        of: row => (row.duplicate === null ? stateText(row) : `${stateText(row)}, two browsers`),
      },
      { title: 'role', of: roleText },
      { title: 'site', of: row => row.site ?? '-' },
      { title: 'connection', of: connectionText },
      { title: 'labels', of: row => labelsText(row.labels) || '-' },
      { title: 'packages', of: row => row.packages.map(entry => packageText(entry, row)).join(', ') || '-' },
    ],
    isWhole
      ? 'No devices yet. Make a link for one with: larder enrol create --site SITE --role store'
      : 'No device has these words.',
  )
}

export function describeDevice(view: DeviceView): string {
  const facts = formatFacts([
    ['device', view.deviceId],
    ['state', stateText(view)],
    ['role', roleText(view)],
    ['site', view.site ?? 'none yet'],
    ['labels', labelsText(view.labels) || 'none'],
    ['connection', connectionText(view)],
    ['last seen', formatInstant(view.lastSeenAt, view.timeZone)],
    ['last report', formatInstant(view.reportedAt, view.timeZone)],
    ['storage', storageText(view.storage)],
  ])
  const events = view.events.map(
    event =>
      `  ${formatInstant(event.at, view.timeZone)}  ${event.kind}  ${aboutText(event)}${printable(event.detail)}\n`,
  )
  return [
    `${printable(view.name) || 'Device without a name'}\n`,
    facts,
    view.duplicate === null
      ? ''
      : `\nwarning: ${duplicateSentence(view.duplicate.addresses)} Use: larder device separate ${view.deviceId}\n`,
    view.warnings.map(warning => `\nwarning: ${printable(warning)}\n`).join(''),
    view.packages.length > 0
      ? `\n${view.connection === 'online' ? 'Packages' : 'Packages, by its last report'}\n${view.packages.map(entry => describePackage(entry, view)).join('')}`
      : '',
    describeMissing(view),
    `\n${describeDiagnostics(view)}`,
    events.length > 0 ? `\nEvents\n${events.join('')}` : '',
  ].join('')
}

/** What the device last found out about itself; what is wrong comes with what mends it. */
export function describeDiagnostics(view: DeviceView, isWhole = false): string {
  const { diagnostics } = view
  if (diagnostics === null)
    return `Diagnostics\n  none yet; ask for them with: larder device diagnose ${view.deviceId}\n`
  const { findings } = diagnostics
  const notable = findings.filter(finding => finding.state !== 'good')
  const bad = findings.filter(finding => finding.state === 'bad').length
  const shown = isWhole ? findings : notable
  const summary = `${count(findings.length, 'check')}, ${bad === 0 ? 'nothing to mend' : `${bad} to mend`}, ${notable.length - bad} worth knowing`
  const lines = shown.map(
    ({ state, title, found, mend }) =>
      `  ${state.padEnd(4)}  ${printable(title)}: ${printable(found)}\n${mend === null ? '' : `        ${printable(mend)}\n`}`,
  )
  return `Diagnostics of ${formatInstant(diagnostics.receivedAt, view.timeZone)}: ${summary}\n${lines.join('')}`
}

function describePackage(entry: DeviceView['packages'][number], view: DeviceView): string {
  const { deviceId } = view
  const { fromStores, fromServer, reused } = entry.bytes
  const obstacle = obstacleTo(entry.wantedRelease, entry)
  const command = obstacle && remedyCommand(obstacle, { ...entry, deviceId, release: entry.wantedRelease })
  const again =
    command === null ? '' : `    ${obstacle?.remedy === 'retry' ? 'try again' : 'go back'} with: ${command}\n`
  return `  ${packageText(entry, view)}: ${printable(entry.detail)}\n    ${entry.update === null ? '' : `update ${entry.update}; `}${entry.chunks.have} of ${entry.chunks.total} chunks; ${formatBytes(fromStores)} from stores, ${formatBytes(fromServer)} from the server, ${formatBytes(reused)} reused\n${again}`
}

/** What it is to run and has said nothing of yet. */
function describeMissing({ assigned, packages, connection }: DeviceView): string {
  const missing = assigned.filter(one => !packages.some(reported => reported.package === one.package))
  if (missing.length === 0) return ''
  const until = connection === 'online' ? 'not reported yet' : 'not reported yet: it is offline'
  return `\nTo run\n${missing.map(one => `  ${one.package} ${one.release} (${printable(one.version)}): ${until}\n`).join('')}`
}

/** Since when a device of the fleet is missing; of those that are not accepted that is no news. */
const connectionText = ({ state, connection, lastSeenAt, timeZone }: DeviceSummary): string =>
  state === 'accepted' && connection === 'offline'
    ? `offline since ${formatInstant(lastSeenAt, timeZone)}`
    : connection

function storageText(storage: DeviceView['storage']): string {
  if (storage === null) return 'not reported yet'
  const { kind, persisted, usageBytes, quotaBytes } = storage
  const parts = [kind === 'disk' ? 'on its disk' : 'in memory only: a restart fetches everything again']
  if (usageBytes !== null)
    parts.push(
      quotaBytes === null
        ? `${formatBytes(usageBytes)} used`
        : `${formatBytes(usageBytes)} of ${formatBytes(quotaBytes)} used`,
    )
  if (kind === 'disk' && persisted !== null)
    parts.push(persisted ? 'kept by the browser' : 'the browser may clear it when its disk is full')
  return parts.join(', ')
}

function aboutText({ package: name, release }: DeviceView['events'][number]): string {
  if (name === undefined) return ''
  return release === undefined ? `${name}: ` : `${name} ${release}: `
}

const stateText = ({ state, code }: DeviceSummary): string =>
  code === null ? state : `${state}, shows ${code}`

export const labelsText = (labels: DeviceSummary['labels']): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${printable(value)}`)
    .join(', ')

const roleText = (device: DeviceSummary): string =>
  device.assignedRole === 'auto' ? `auto (${device.role} now)` : device.assignedRole

/** An offline device was in the phase that it reported last, and that says nothing of now. */
function packageText(entry: DeviceSummary['packages'][number], { connection }: DeviceSummary): string {
  const { activeRelease, wantedRelease } = entry
  const phase = connection === 'online' ? entry.phase : `(was ${entry.phase})`
  const runs = activeRelease === null ? 'none' : String(activeRelease)
  return activeRelease === wantedRelease
    ? `${entry.package} ${runs} ${phase}`
    : `${entry.package} ${runs} → ${wantedRelease} ${phase}`
}
