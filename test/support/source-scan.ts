/**
 * Reads TypeScript source just far enough to say what it imports and which identifiers its code uses.
 *
 * A small tokenizer takes out comments, strings and regular expressions, so that a rule never trips over prose. It knows
 * nothing of the project's folders or rules (test/support/architecture-rules.ts does), nor of types and scopes.
 */

/** `code` has the length and the line breaks of the source; comments are blanks, string contents are `strings[n]`. */
export interface ScannedSource {
  /** Comments and regular expressions blanked, strings reduced to quotes around blanks. */
  readonly code: string
  /** Specifiers of static, dynamic, type-only and re-exporting imports, and of `new URL(…, import.meta.url)`. */
  readonly imports: readonly ImportedSpecifier[]
}

export interface ImportedSpecifier {
  /** null for a dynamic import whose specifier is computed. */
  readonly specifier: string | null
  readonly kind: 'import' | 'url'
  readonly line: number
}

/** Scans one source text. Guarantees: never throws, whatever the text; line numbers count from 1. */
export function scanSource(source: string): ScannedSource {
  const { code, stringAt } = maskSource(source)
  return { code, imports: importsIn(code, stringAt) }
}

/** Line of an offset in a text, counted from 1. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}

interface Masked {
  code: string
  /** Content of the string whose opening quote is at the offset. */
  stringAt: Map<number, string>
}

function maskSource(source: string): Masked {
  const stringAt = new Map<number, string>()
  // One entry per open `${`: how many plain braces are open inside it.
  const openBraces: number[] = []
  let code = ''
  let at = 0

  const blank = (end: number) => {
    code += source.slice(at, end).replace(/[^\n]/g, ' ')
    at = end
  }
  const keep = (count: number) => {
    code += source.slice(at, at + count)
    at += count
  }
  const templateText = () => {
    const end = endOfTemplateText(source, at)
    blank(end)
    if (source.startsWith('${', at)) {
      openBraces.push(0)
      keep(2)
    } else {
      keep(1)
    }
  }

  while (at < source.length) {
    const char = source.charAt(at)
    const braces = openBraces.at(-1)
    if (source.startsWith('//', at)) {
      const end = source.indexOf('\n', at)
      blank(end < 0 ? source.length : end)
    } else if (source.startsWith('/*', at)) {
      const end = source.indexOf('*/', at + 2)
      blank(end < 0 ? source.length : end + 2)
    } else if (char === '"' || char === "'") {
      const end = endOfString(source, at, char)
      stringAt.set(at, source.slice(at + 1, end))
      keep(1)
      blank(end)
      if (source.charAt(at) === char) keep(1)
    } else if (char === '`') {
      const end = endOfTemplateText(source, at + 1)
      if (source.charAt(end) === '`') stringAt.set(at, source.slice(at + 1, end))
      keep(1)
      templateText()
    } else if (char === '/' && startsRegExp(code)) {
      blank(endOfRegExp(source, at))
    } else if (char === '}' && braces === 0) {
      openBraces.pop()
      keep(1)
      templateText()
    } else {
      if (braces !== undefined && char === '{') openBraces[openBraces.length - 1] = braces + 1
      if (braces !== undefined && char === '}') openBraces[openBraces.length - 1] = braces - 1
      keep(1)
    }
  }
  return { code, stringAt }
}

function endOfString(source: string, start: number, quote: string): number {
  let at = start + 1
  while (at < source.length && source.charAt(at) !== quote && source.charAt(at) !== '\n') {
    at += source.charAt(at) === '\\' ? 2 : 1
  }
  return Math.min(at, source.length)
}

function endOfTemplateText(source: string, start: number): number {
  let at = start
  while (at < source.length && source.charAt(at) !== '`' && !source.startsWith('${', at)) {
    at += source.charAt(at) === '\\' ? 2 : 1
  }
  return Math.min(at, source.length)
}

/** A slash divides after a value and starts a regular expression anywhere else. */
function startsRegExp(codeBefore: string): boolean {
  const before = codeBefore.slice(-200).trimEnd()
  if (/(?:^|[^\w$.])(?:return|typeof|case|in|of|delete|void|throw|new|else|do|await|yield)$/.test(before))
    return true
  return before === '' || !/[\w$)\]}"'`]$/.test(before)
}

function endOfRegExp(source: string, start: number): number {
  let inClass = false
  for (let at = start + 1; at < source.length; at++) {
    const char = source.charAt(at)
    if (char === '\n') return start + 1
    if (char === '\\') at++
    else if (char === '[') inClass = true
    else if (char === ']') inClass = false
    else if (char === '/' && !inClass) return at + 1
  }
  return source.length
}

const IMPORT_FORMS = [
  { kind: 'import', form: /(?<![\w$.])(?:import|export)(?![\w$])[^;'"`()=]*?(?<![\w$.])from\s*(?=['"])/g },
  { kind: 'import', form: /(?<![\w$.])import\s*(?=['"])/g },
  { kind: 'import', form: /(?<![\w$.])(?:import|require)\s*\(\s*(?=\S)/g },
  { kind: 'url', form: /(?<![\w$.])new\s+URL\s*\(\s*(?=['"`])/g },
] as const

function importsIn(code: string, stringAt: Map<number, string>): ImportedSpecifier[] {
  const found: ImportedSpecifier[] = []
  for (const { kind, form } of IMPORT_FORMS) {
    for (const match of code.matchAll(form)) {
      const end = match.index + match[0].length
      const specifier = stringAt.get(end) ?? null
      if (kind === 'url' && (specifier === null || !isModuleUrl(code, end))) continue
      found.push({ specifier, kind, line: lineAt(code, match.index) })
    }
  }
  return found.sort((a, b) => a.line - b.line)
}

/** Only an address relative to the module itself is a reference to another source file, as workers are started. */
function isModuleUrl(code: string, offset: number): boolean {
  return /^(['"`]) *\1\s*,\s*import\.meta\.url/.test(code.slice(offset, offset + 400))
}
