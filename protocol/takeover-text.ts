/**
 * How a package takes over, as people write and read it: `idle:10min` on the command line, and in words. Pure; what the
 * options mean on a device is `policy/activation.ts`.
 */
import type * as v from 'valibot'
import { type Activation, activationSchema, type Confirmation, confirmationSchema } from './assignment.ts'
import { parseWith } from './parse.ts'

type ParsedText<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string }

const ACTIVATION_FORMS =
  'at-once, idle:10min (1s to 24h), or window:02:00-04:30 (two times of day on the clock of each site)'
const CONFIRMATION_FORMS = 'ready:60s or runs:30s (1s to 24h)'

/** Reads `at-once`, `idle:10min` or `window:02:00-04:30`. Never throws; the message says what to write. */
export function parseActivationText(text: string): ParsedText<Activation> {
  const [form, value] = formAndValue(text)
  const [, from, until] = /^(\d\d:\d\d)-(\d\d:\d\d)$/.exec(value) ?? []
  const inputs: Readonly<Record<string, unknown>> = {
    'at-once': value === '' ? { when: 'at-once' } : null,
    idle: { when: 'idle', idleMs: parseSpanMs(value) },
    window: { when: 'window', from, until },
  }
  return read(activationSchema, inputs[form], ACTIVATION_FORMS)
}

/** Reads `ready:60s` or `runs:30s`, as {@link parseActivationText} does. */
export function parseConfirmationText(text: string): ParsedText<Confirmation> {
  const [form, value] = formAndValue(text)
  const spanMs = parseSpanMs(value)
  const inputs: Readonly<Record<string, unknown>> = {
    ready: { by: 'ready', withinMs: spanMs },
    runs: { by: 'runs', forMs: spanMs },
  }
  return read(confirmationSchema, inputs[form], CONFIRMATION_FORMS)
}

/** The text that {@link parseActivationText} reads back as this. */
export function activationText(activation: Activation): string {
  switch (activation.when) {
    case 'at-once':
      return 'at-once'
    case 'idle':
      return `idle:${spanText(activation.idleMs, '')}`
    case 'window':
      return `window:${activation.from}-${activation.until}`
  }
}

export function confirmationText(confirmation: Confirmation): string {
  return confirmation.by === 'ready'
    ? `ready:${spanText(confirmation.withinMs, '')}`
    : `runs:${spanText(confirmation.forMs, '')}`
}

/** Goes on from "a new release takes over": `when nobody has touched the screen for 10 min`. */
export function activationWords(activation: Activation): string {
  switch (activation.when) {
    case 'at-once':
      return 'as soon as it is complete'
    case 'idle':
      return `when nobody has touched the screen for ${spanText(activation.idleMs)}`
    case 'window':
      return `between ${activation.from} and ${activation.until} on the clock of the site`
  }
}

/** Goes on from "it is confirmed". */
export function confirmationWords(confirmation: Confirmation): string {
  return confirmation.by === 'ready'
    ? `when the app calls larder.ready(), for which it has ${spanText(confirmation.withinMs)}`
    : `when the app calls larder.ready() or has run for ${spanText(confirmation.forMs)} without an error`
}

const UNIT_MS = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000 } as const
/** Largest first: the first one that leaves no rest names a span. */
const UNITS = ['h', 'min', 's', 'ms'] as const

function parseSpanMs(text: string): number | null {
  const [, number, unit] = /^(\d{1,9})(ms|s|m|min|h)$/.exec(text) ?? []
  return unit === undefined ? null : Number(number) * UNIT_MS[unit as keyof typeof UNIT_MS]
}

/** `10 min`, `90 s`. */
function spanText(ms: number, between = ' '): string {
  const unit = UNITS.find(name => ms % UNIT_MS[name] === 0) ?? 'ms'
  return `${ms / UNIT_MS[unit]}${between}${unit}`
}

/** `idle:10min` in its parts; what stands behind the first colon may hold more of them. */
function formAndValue(text: string): readonly [form: string, value: string] {
  const [, form = '', value = ''] = /^([a-z-]+)(?::(.*))?$/.exec(text.trim()) ?? []
  return [form, value]
}

function read<S extends v.GenericSchema>(
  schema: S,
  input: unknown,
  forms: string,
): ParsedText<v.InferOutput<S>> {
  const parsed = parseWith(schema, input)
  return parsed.ok ? parsed : { ok: false, message: `write ${forms}` }
}
