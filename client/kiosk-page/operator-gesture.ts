/**
 * How somebody who looks after the device opens the status panel over an app that visitors use: Ctrl+Alt+L, or a press of
 * three seconds in the lower left corner. Only listens: the app gets every event as if nobody else had been there.
 */

/** Side of the corner, CSS px: a finger hits it, and little of an app lies wholly in it. */
const CORNER_PX = 96
const PRESS_MS = 3_000
/** A finger that rests trembles; one that moves further is dragging something. */
const TREMBLE_PX = 24

/** Event types to pass to `handle`, of the page and of the app in its frame. */
export const GESTURE_EVENTS = ['keydown', 'pointerdown', 'pointermove', 'pointerup', 'pointercancel'] as const

export interface OperatorGesture {
  /** `viewportHeight`: of the window the event is from; its coordinates are that window's. */
  handle(event: Event, viewportHeight: number): void
  stop(): void
}

export function createOperatorGesture(onWanted: () => void): OperatorGesture {
  let pressed: { readonly id: number; readonly x: number; readonly y: number } | null = null
  let timer: ReturnType<typeof setTimeout> | undefined

  function letGo(): void {
    clearTimeout(timer)
    pressed = null
  }

  function onPointer(event: PointerEvent, viewportHeight: number): void {
    const { pointerId: id, clientX: x, clientY: y } = event
    if (event.type === 'pointerdown') {
      // A second finger is a gesture of the app's own.
      const first = pressed === null
      letGo()
      if (!first || x > CORNER_PX || y < viewportHeight - CORNER_PX) return
      pressed = { id, x, y }
      timer = setTimeout(() => {
        letGo()
        onWanted()
      }, PRESS_MS)
    } else if (pressed?.id === id) {
      const moved = Math.hypot(x - pressed.x, y - pressed.y) > TREMBLE_PX
      if (event.type !== 'pointermove' || moved) letGo()
    }
  }

  return {
    handle: (event, viewportHeight) => {
      // `instanceof` does not hold across frames, each of which has classes of its own.
      if ('code' in event) {
        const { code, ctrlKey, altKey } = event as KeyboardEvent
        if (event.type === 'keydown' && code === 'KeyL' && ctrlKey && altKey) onWanted()
      } else if ('pointerId' in event) onPointer(event as PointerEvent, viewportHeight)
    },
    stop: letGo,
  }
}
