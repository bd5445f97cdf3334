/** How this page names what devices are and do. Texts that come from devices are shown as they are, never as markup. */
import type { DevicePhase, DeviceRow } from '../../../protocol/admin/devices.ts'
import type { PackageStatus } from '../../../protocol/device-status.ts'
import type { ChipKind } from '../elements/status-chip.ts'
import { formatShare } from '../words.ts'

export interface Chip {
  readonly kind: ChipKind
  readonly text: string
}

export const PHASES: Record<DevicePhase, Chip> = {
  offline: { kind: 'bad', text: 'Offline' },
  failed: { kind: 'bad', text: 'Failed' },
  downloading: { kind: 'busy', text: 'Downloading' },
  staged: { kind: 'busy', text: 'Ready to start' },
  waiting: { kind: 'waiting', text: 'Waiting' },
  active: { kind: 'good', text: 'Up to date' },
  none: { kind: 'quiet', text: 'Nothing to do' },
}

/** The chip of a device as a whole: whether it belongs here comes first, then whether it is there, then what it does. */
export function deviceChip({
  state,
  phase,
  packages,
  duplicate,
}: Pick<DeviceRow, 'state' | 'phase' | 'packages' | 'duplicate'>): Chip {
  if (state === 'pending') return { kind: 'busy', text: 'Wants to be accepted' }
  if (state === 'revoked') return { kind: 'quiet', text: 'Revoked' }
  if (duplicate !== null) return { kind: 'bad', text: 'Two browsers have its key' }
  const loading = phase === 'downloading' ? packages.find(one => one.phase === 'downloading') : undefined
  return loading ? packageChip(loading) : PHASES[phase]
}

/** Of one package. What a device that is offline said last is no state, and is not coloured like one. */
export function reportedChip(
  status: Pick<PackageStatus, 'phase' | 'chunks'>,
  { connection }: Pick<DeviceRow, 'connection'>,
): Chip {
  const chip = packageChip(status)
  return connection === 'online' ? chip : { kind: 'quiet', text: `Last report: ${chip.text.toLowerCase()}` }
}

function packageChip({ phase, chunks }: Pick<PackageStatus, 'phase' | 'chunks'>): Chip {
  if (phase !== 'downloading' || chunks.total === 0) return PHASES[phase]
  return { kind: 'busy', text: `Downloading, ${formatShare(chunks.have / chunks.total)}` }
}

/** Of a device of the fleet. One without a name goes by the beginning of its id. */
export function deviceName({ name, deviceId }: { readonly name: string; readonly deviceId: string }): string {
  return name === '' ? deviceId.slice(0, 10) : name
}

/** Of any device. One that was never accepted chose its name itself, so it goes by its code, or by the beginning of its id. */
export function deviceTitle(
  device: Pick<DeviceRow, 'name' | 'deviceId' | 'state' | 'code' | 'site'>,
): string {
  return hasOwnName(device) ? (device.code ?? device.deviceId.slice(0, 10)) : deviceName(device)
}

/** Whether no administrator has accepted its name yet: a device gets a site when it is accepted. */
const hasOwnName = ({ state, site }: Pick<DeviceRow, 'state' | 'site'>) =>
  state === 'pending' || site === null

/** `calls itself “Lobby”`; empty where an administrator knows the name. */
export function ownNameText(device: Pick<DeviceRow, 'name' | 'state' | 'site'>): string {
  return device.name !== '' && hasOwnName(device) ? `calls itself “${device.name}”` : ''
}

export const ROLE_WORDS = { store: 'Store', kiosk: 'Kiosk', auto: 'Automatic' } as const

/** The role in force, and that the server chose it. */
export function roleText({ role, assignedRole }: Pick<DeviceRow, 'role' | 'assignedRole'>): string {
  return assignedRole === 'auto' ? `${ROLE_WORDS[role]} (automatic)` : ROLE_WORDS[role]
}

/** `lobby 1.1.0, menu 3.0`. */
export function versionsText(packages: readonly PackageStatus[]): string {
  return packages
    .filter(({ activeVersion }) => activeVersion !== null)
    .map(one => (packages.length === 1 ? `${one.activeVersion}` : `${one.package} ${one.activeVersion}`))
    .join(', ')
}

/** `floor=2` of each label. */
export const labelTexts = (labels: DeviceRow['labels']): string[] =>
  Object.entries(labels).map(([name, value]) => (value === '' ? name : `${name}=${value}`))

const UPDATE_WORDS: Readonly<Record<NonNullable<PackageStatus['update']>, string>> = {
  waiting: 'waits',
  downloading: 'is on its way',
  staged: 'is complete and waits to take over',
  activating: 'is taking over',
  'on-trial': 'runs and has still to prove itself',
  confirmed: 'runs and has proved itself',
  'rolling-back': 'failed; the release before is coming back',
  failed: 'failed here and is not tried again by itself',
}

/** What the device does with the release that it wants; null where nothing is wanted. */
export function updateWords({ update, activeRelease }: PackageStatus): string | null {
  if (update === null) return null
  return update === 'failed' && activeRelease === null
    ? 'failed here and is tried again after a pause, as there is no earlier one to show'
    : UPDATE_WORDS[update]
}
