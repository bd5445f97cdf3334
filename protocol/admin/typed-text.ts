/**
 * Text that administrators type, held to more than what devices send: nothing in it may be invisible or turn around what stands
 * beside it, and no name may be one that objects of JavaScript have by themselves. Pure.
 */
import * as v from 'valibot'
import { deviceLabelsSchema } from '../assignment.ts'
import { displayNameSchema, packageNameSchema, versionLabelSchema } from '../primitives.ts'

/**
 * Direction marks, embeddings, overrides and isolates, and characters that show nothing, fillers and blanks of scripts among them.
 * Not the joiners U+200C and U+200D, which several scripts and emoji need, nor the variation selector of an emoji.
 */
const HIDDEN =
  /\u034f|[\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff0-\ufffb\u{e0000}-\u{e0fff}]|(?<![\p{Extended_Pictographic}\d#*])[\ufe00-\ufe0f]/gu

const visible = v.check<string, string>(
  text => text.search(HIDDEN) < 0,
  'must have no character that cannot be seen or that reverses text; remove it',
)

/** The text with a sign (�) in place of each hidden character: for what devices choose themselves. */
export const withoutHidden = (text: string): string => text.replace(HIDDEN, '\ufffd')

export const typedNameSchema = v.pipe(displayNameSchema, visible)
export const typedVersionSchema = v.pipe(versionLabelSchema, visible)
export const typedLabelsSchema = v.pipe(
  deviceLabelsSchema,
  v.check(
    labels => Object.values(labels).every(value => value.search(HIDDEN) < 0),
    'the value of a label must have no character that cannot be seen or that reverses text; remove it',
  ),
)

/** Keys that valibot leaves out of what it parses, since they change objects instead of standing in them. */
const RESERVED: ReadonlySet<string> = new Set(['__proto__', 'prototype', 'constructor'])

export const isReservedName = (name: string): boolean => RESERVED.has(name)
export const reservedNameMessage = (name: string): string =>
  `the name ${JSON.stringify(name)} is reserved; choose another one`

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
