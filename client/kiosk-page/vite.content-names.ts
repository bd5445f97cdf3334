/**
 * Names the parts of a build after their content, and finds out which part needs which. The hash that Vite puts into
 * names cannot be computed from the file; a name that is the start of the file's SHA-256 lets a service worker verify a
 * part of a build that it knows nothing else of. Pure: files in, files out.
 */
import { createHash } from 'node:crypto'

/** 128 bits: another file that fits a given name cannot be found. */
const NAME_HEX_DIGITS = 32
const TEXTS = /\.(html|js|css)$/
/** As Vite names parts: `assets/<name>-<its hash>.<ending>`. */
const PART = /^(assets\/.+)-[\w-]{8}(\.[a-z0-9]+)$/

export interface NamedFile {
  readonly fileName: string
  readonly content: Buffer
  /** Names of the parts that it names, and of those that they name. */
  readonly needs: readonly string[]
}

export const sha256Hex = (content: Buffer) => createHash('sha256').update(content).digest('hex')

/**
 * @param files content by name, relative to the build's folder
 * @throws Error for parts that name each other: neither could have a name that contains its own digest
 */
export function nameByContent(files: ReadonlyMap<string, Buffer>): readonly NamedFile[] {
  const named = new Map<string, NamedFile>()
  const begun = new Set<string>()
  const partNames = [...files.keys()].filter(fileName => PART.test(fileName))

  function visit(fileName: string, content: Buffer): NamedFile {
    const known = named.get(fileName)
    if (known) return known
    if (begun.has(fileName)) throw new Error(`${fileName} and a part that it names, name each other`)
    begun.add(fileName)
    let text = TEXTS.test(fileName) ? content.toString('utf8') : ''
    const needs = new Set<string>()
    for (const partName of partNames) {
      if (partName === fileName || !text.includes(baseName(partName))) continue
      const part = visit(partName, files.get(partName) as Buffer)
      text = text.replaceAll(baseName(partName), baseName(part.fileName))
      for (const needed of [part.fileName, ...part.needs]) needs.add(needed)
    }
    const final = needs.size > 0 ? Buffer.from(text) : content
    const [, stem, ending] = PART.exec(fileName) ?? []
    const finalName = stem ? `${stem}-${sha256Hex(final).slice(0, NAME_HEX_DIGITS)}${ending}` : fileName
    const result = { fileName: finalName, content: final, needs: [...needs].sort() }
    named.set(fileName, result)
    return result
  }

  return [...files].map(([fileName, content]) => visit(fileName, content))
}

const baseName = (fileName: string) => fileName.slice(fileName.lastIndexOf('/') + 1)
