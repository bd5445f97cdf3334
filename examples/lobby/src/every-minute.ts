/**
 * Redraws a component when the minute changes, and never in between: an idle lobby screen should cost next to nothing.
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { Temporal } from 'temporal-polyfill'

const MINUTE_MS = 60_000

export class EveryMinute implements ReactiveController {
  #host: ReactiveControllerHost
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(host: ReactiveControllerHost) {
    this.#host = host
    host.addController(this)
  }

  get now(): Temporal.ZonedDateTime {
    return Temporal.Now.zonedDateTimeISO()
  }

  hostConnected(): void {
    this.#arm()
  }

  hostDisconnected(): void {
    clearTimeout(this.#timer)
  }

  #arm(): void {
    const untilNextMinuteMs = MINUTE_MS - (Date.now() % MINUTE_MS)
    this.#timer = setTimeout(() => {
      this.#host.requestUpdate()
      this.#arm()
    }, untilNextMinuteMs + 20)
  }
}

/** Minutes from `now` to a wall-clock time of the same day; negative when it has passed. */
export function minutesUntil(now: Temporal.ZonedDateTime, time: string): number {
  const then = Temporal.PlainTime.from(time)
  return then.hour * 60 + then.minute - (now.hour * 60 + now.minute)
}
