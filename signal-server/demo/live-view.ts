/**
 * What the demo shows while it runs: one line a device, who has how much from where. Pure text; redrawing in place on
 * a terminal, and only when something changed elsewhere.
 */
import { formatBytes } from '../../presentation/sizes-and-spans.ts'
import type { PackageStatus } from '../../protocol/device-status.ts'

export interface DemoDevice {
  /** Says the role too: `store-1`, `kiosk-2`. */
  readonly name: string
  readonly status: PackageStatus | null
}

/** A line of 80 columns then has room for what the device is doing. */
const BAR_CELLS = 10

function deviceLine({ name, status }: DemoDevice): string {
  const heading = name.padEnd(8)
  if (status === null) return `${heading} starting`
  const { chunks, bytes, phase, detail } = status
  const share = chunks.total === 0 ? 0 : chunks.have / chunks.total
  const filled = Math.round(share * BAR_CELLS)
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_CELLS - filled)
  const percent = `${Math.floor(share * 100)} %`.padStart(5)
  const fromStores = formatBytes(bytes.fromStores).padStart(9)
  const fromServer = formatBytes(bytes.fromServer).padStart(9)
  return `${heading} ${bar}${percent} ${fromStores} stores ${fromServer} server  ${phase}: ${detail}`
}

export interface LiveView {
  draw(devices: readonly DemoDevice[]): void
}

/** On a terminal the lines are redrawn in place, cut to its width; elsewhere a device's line is printed when it changes. */
export function createLiveView(write: (text: string) => void, columns: number | null): LiveView {
  let drawnLines = 0
  const printed = new Map<string, string>()
  return {
    draw(devices) {
      const lines = devices.map(deviceLine)
      if (columns === null) {
        for (const [at, line] of lines.entries()) {
          const { name = '', status = null } = devices[at] ?? {}
          const summary = status === null ? 'starting' : `${status.phase} ${status.detail}`
          if (printed.get(name) !== summary) write(`${line}\n`)
          printed.set(name, summary)
        }
        return
      }
      const up = drawnLines === 0 ? '' : `\u001b[${drawnLines}A`
      write(up + lines.map(line => `\u001b[2K${line.slice(0, columns - 1)}\n`).join(''))
      drawnLines = lines.length
    },
  }
}
