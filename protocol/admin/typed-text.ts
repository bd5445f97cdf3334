/**
 * Text that administrators type, held to more than what devices send: nothing in it may be invisible or turn around what stands
 * beside it, and no name may be one that objects of JavaScript have by themselves. Pure.
 */
import * as v from 'valibot'
import { deviceLabelsSchema } from '../assignment.ts'
import { displayNameSchema, packageNameSchema, versionLabelSchema } from '../primitives.ts'

/**
 * Direction marks, embeddings, overrides and isolates, and characters that show nothing. Not the joiners U+200C and U+200D, which
 * several scripts and emoji need.
 */
const HIDDEN =
  /[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu

const visible = v.check<string, string>(
  text => text.search(HIDDEN) < 0,
  'must not have invisible characters or such that turn text around',
)

/** The text with a sign (�) in place of each hidden character: for what devices choose themselves. */
export const withoutHidden = (text: string): string => text.replace(HIDDEN, '\ufffd')

export const typedNameSchema = v.pipe(displayNameSchema, visible)
export const typedVersionSchema = v.pipe(versionLabelSchema, visible)
export const typedLabelsSchema = v.pipe(
  deviceLabelsSchema,
  v.check(
    labels => Object.values(labels).every(value => value.search(HIDDEN) < 0),
    'the value of a label must not have invisible characters or such that turn text around',
  ),
)

/** Keys that valibot leaves out of what it parses, since they change objects instead of standing in them. */
const RESERVED: ReadonlySet<string> = new Set(['__proto__', 'prototype', 'constructor'])

export const isReservedName = (name: string): boolean => RESERVED.has(name)
export const reservedNameMessage = (name: string): string =>
  `${JSON.stringify(name)} cannot be a name here; choose another one`

/** Of a package that is made: devices count by these names. */
export const newPackageNameSchema = v.pipe(
  packageNameSchema,
  v.check(
    name => !isReservedName(name),
    ({ input }) => reservedNameMessage(String(input)),
  ),
)

/** A key somewhere in a document of JSON that would be lost without a word; null if there is none. */
export function reservedKeyIn(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return null
  for (const [key, inner] of Object.entries(value)) {
    if (isReservedName(key)) return key
    const found = reservedKeyIn(inner)
    if (found !== null) return found
  }
  return null
}
