/** Reads Server-Sent Events as they come, each parsed against the live feed's schemas. */
import type { TestContext } from 'node:test'
import * as v from 'valibot'
import { type LiveEvent, type LiveEventName, liveEventSchemas } from '../../protocol/admin/live.ts'
import { withCleanup } from './cleanup.ts'

/** How long a test waits for an event that must come, before it fails. */
const PATIENCE_MS = 10_000

interface HeardEvent {
  readonly name: LiveEventName
  readonly id: string
  readonly data: unknown
}

export class EventReader {
  readonly heard: HeardEvent[] = []
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  readonly #decoder = new TextDecoder()
  #text = ''
  #read = 0

  constructor(t: Pick<TestContext, 'after'>, response: Response) {
    if (response.body === null || response.status !== 200) throw new Error(`no events: ${response.status}`)
    this.#reader = response.body.getReader()
    withCleanup(t).defer(() => this.close())
  }

  get lastId(): string {
    return this.heard.at(-1)?.id ?? ''
  }

  /** The next event of this name that was not returned before, and that fits; what lies between is skipped. */
  async next<N extends LiveEventName>(
    name: N,
    fits: (data: LiveEvent<N>) => boolean = () => true,
  ): Promise<LiveEvent<N>> {
    const { promise: late, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(
      () => reject(new Error(`waited for "${name}"; heard ${JSON.stringify(this.heard).slice(-2000)}`)),
      PATIENCE_MS,
    )
    try {
      for (;;) {
        while (this.#read < this.heard.length) {
          const event = this.heard[this.#read++]
          if (event?.name === name && fits(event.data as LiveEvent<N>)) return event.data as LiveEvent<N>
        }
        const { value, done } = await Promise.race([this.#reader.read(), late])
        if (done) throw new Error(`the events ended before "${name}" came`)
        this.#take(value)
      }
    } finally {
      clearTimeout(timer)
    }
  }

  /** Resolves when the server has ended the stream. */
  async ended(): Promise<void> {
    while (!(await this.#reader.read()).done);
  }

  async close(): Promise<void> {
    await this.#reader.cancel().catch(() => undefined)
  }

  #take(bytes: Uint8Array): void {
    this.#text += this.#decoder.decode(bytes, { stream: true })
    const events = this.#text.split('\n\n')
    this.#text = events.pop() ?? ''
    for (const event of events) {
      const fields = new Map(event.split('\n').map(line => splitAt(line, line.indexOf(': '))))
      const name = fields.get('event') as LiveEventName | undefined
      if (name === undefined) continue
      const data = v.parse(liveEventSchemas[name], JSON.parse(fields.get('data') ?? ''))
      this.heard.push({ name, id: fields.get('id') ?? '', data })
    }
  }
}

const splitAt = (line: string, at: number): [string, string] => [line.slice(0, at), line.slice(at + 2)]
