/** Asks the tab of this browser that runs the kiosk what it shows, and passes a report on to it. */
import type { DiagnosticsReport } from '../../../protocol/diagnostics.ts'
import type { KioskView } from '../../kiosk-api.ts'
import { reportToKiosk, VIEW_CHANNEL } from '../shared-kiosk.ts'

const ANSWER_MS = 1_000

/** Null when no kiosk answers. */
export function askKioskView(): Promise<KioskView | null> {
  return new Promise(resolve => {
    const channel = new BroadcastChannel(VIEW_CHANNEL)
    const settle = (view: KioskView | null) => {
      clearTimeout(timer)
      channel.close()
      resolve(view)
    }
    const timer = setTimeout(() => settle(null), ANSWER_MS)
    channel.onmessage = ({ data }) => {
      if (data.type === 'view') settle(data.view)
    }
    channel.postMessage({ type: 'hello' })
  })
}

/** So that an administrator sees it too; for nothing where no kiosk runs. */
export function passToKiosk(report: DiagnosticsReport): void {
  const channel = new BroadcastChannel(VIEW_CHANNEL)
  channel.postMessage(reportToKiosk(report))
  channel.close()
}
