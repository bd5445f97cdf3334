/** The labels of a device as lines to type: `floor=2`. Pure. */
import { isReservedName, reservedNameMessage, typedLabelsSchema } from '../../../protocol/admin/typed-text.ts'
import type { DeviceLabels } from '../../../protocol/assignment.ts'
import { parseWith } from '../../../protocol/parse.ts'

type ParsedLabels =
  | { readonly ok: true; readonly value: DeviceLabels }
  | { readonly ok: false; readonly message: string }

/** One a line; empty lines are none. A name alone is a label without a value. */
export function parseLabels(text: string): ParsedLabels {
  const labels = new Map<string, string>()
  for (const line of text.split('\n').map(one => one.trim())) {
    if (line === '') continue
    const [, name = line, value = ''] = /^([^=]*)=(.*)$/.exec(line) ?? []
    const key = name.trim()
    if (labels.has(key)) return { ok: false, message: `The label ${JSON.stringify(key)} stands there twice.` }
    labels.set(key, value.trim())
  }
  const reserved = [...labels.keys()].find(isReservedName)
  if (reserved !== undefined) return { ok: false, message: `${reservedNameMessage(reserved)}.` }
  const parsed = parseWith(typedLabelsSchema, Object.fromEntries(labels))
  if (parsed.ok) return parsed
  if (/invisible/.test(parsed.message)) return { ok: false, message: `${parsed.message}.` }
  const [first = ''] = [...labels.keys()].filter(name => !/^[a-z0-9][a-z0-9._-]{0,62}$/.test(name))
  return {
    ok: false,
    message:
      first === ''
        ? 'A device has at most 32 labels, and the value of each at most 200 characters.'
        : `${JSON.stringify(first)} is no name of a label: use small letters, digits, dots, dashes and underscores.`,
  }
}

/** In whatever order. */
export function sameLabels(a: DeviceLabels, b: DeviceLabels): boolean {
  const text = (labels: DeviceLabels) => JSON.stringify(Object.entries(labels).toSorted())
  return text(a) === text(b)
}
