/** A value that several elements watch, and the controller that renders an element again when it changes. */
import type { ReactiveController, ReactiveControllerHost } from 'lit'

export class Store<T> {
  #value: T
  readonly #listeners = new Set<(value: T) => void>()

  constructor(value: T) {
    this.#value = value
  }

  get value(): T {
    return this.#value
  }

  set(value: T): void {
    if (Object.is(value, this.#value)) return
    this.#value = value
    for (const listener of [...this.#listeners]) listener(value)
  }

  /** Calls `listener` on every change until the returned function is called. */
  subscribe(listener: (value: T) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}

/** Renders its host whenever the store changes, for as long as the host is in the page. */
export class Watch<T> implements ReactiveController {
  readonly #store: Store<T>
  readonly #host: ReactiveControllerHost
  #unsubscribe = () => {}

  constructor(host: ReactiveControllerHost, store: Store<T>) {
    this.#host = host
    this.#store = store
    host.addController(this)
  }

  get value(): T {
    return this.#store.value
  }

  hostConnected(): void {
    this.#unsubscribe = this.#store.subscribe(() => this.#host.requestUpdate())
  }

  hostDisconnected(): void {
    this.#unsubscribe()
  }
}
