/**
 * What an app gets from the kiosk around it. An app in the kiosk page's frame has it in one line:
 *
 *     const larder = window.frameElement?.larder
 *
 * It is there before the app's first script runs, in every page the frame goes to, and belongs to the release in the
 * frame; outside a kiosk it is undefined. For TypeScript, import the type `LarderApp` from here.
 */
import type { ActivateResult, Kiosk, ShownApp } from './kiosk-api.ts'

/** A release of the app's own package. */
export interface AppRelease {
  readonly package: string
  readonly release: number
  readonly version: string
}

export interface AppDevice {
  readonly id: string
  readonly name: string
  /** Null while the device belongs to no site. */
  readonly site: string | null
  /** What the administrator wrote on the device, such as `{ floor: '2' }`. */
  readonly labels: Readonly<Record<string, string>>
}

export interface LarderApp {
  /** Says that this release works: it is confirmed. May be called at any time and more than once. */
  ready(): void
  /** As it is now; an administrator may rename and move a device while the app runs. */
  readonly device: AppDevice
  /** The release in this frame. */
  readonly release: AppRelease
  /** A newer release that is complete and waits for its moment; null when there is none. */
  readonly staged: AppRelease | null
  /** Calls `listener` whenever a newer release is staged, and at once if one is. Returns the way to stop. */
  onStaged(listener: (release: AppRelease) => void): () => void
  /**
   * Lets the staged release take over now, within what the administrator allows: at any time where it waits for nobody to
   * use the screen, inside a daily window only while that is open. The answer says what became of it.
   */
  activateNow(): Promise<ActivateResult>
}

export interface AppApi {
  readonly larder: LarderApp
  /** The frame is gone: nothing is called any more. */
  stop(): void
}

type KioskOfApp = Pick<Kiosk, 'view' | 'subscribeView' | 'appReady' | 'activateNow'>

/** For a page that shows a release in a frame: give `larder` to the frame element before it loads anything. */
export function createAppApi(kiosk: KioskOfApp, app: ShownApp): AppApi {
  const release: AppRelease = { package: app.package, release: app.release, version: app.version }
  const stops = new Set<() => void>()
  const staged = (): AppRelease | null => {
    const shown = kiosk.view().app
    if (shown?.digest !== app.digest || shown.staged === null) return null
    return { package: app.package, ...shown.staged }
  }
  return {
    larder: {
      ready: () => kiosk.appReady(app.digest),
      get device() {
        const { enrolment, status } = kiosk.view()
        const known = enrolment.state === 'enrolled' ? enrolment : { name: '', labels: {} }
        return { id: status.deviceId, name: known.name, site: status.site, labels: known.labels }
      },
      release,
      get staged() {
        return staged()
      },
      onStaged: listener => {
        let told: number | null = null
        const stop = kiosk.subscribeView(() => {
          const newer = staged()
          if (newer !== null && newer.release !== told) listener(newer)
          told = newer?.release ?? null
        })
        stops.add(stop)
        return () => {
          stops.delete(stop)
          stop()
        }
      },
      activateNow: () => kiosk.activateNow(app.package),
    },
    stop: () => {
      for (const stop of stops) stop()
      stops.clear()
    },
  }
}
