/**
 * Reads one JSON value out of a longer text, with the slips that models make: a comma too many, single quotes, keys without quotes,
 * raw line breaks in strings, Python's literals. Each of them has one meaning only; what is ambiguous is a failure.
 */

export type Scan =
  /** `json`: the value, with the slips put right; `end`: the first character behind it. */
  | { ok: true; end: number; json: string }
  /** `at`: the first character that does not fit, the length of the text where that ends too early; `inside`: a part of a value had been read. */
  | { ok: false; at: number; inside: boolean; depth: number; quoted: boolean }

/** The value that begins at `start`. Never throws; takes time in proportion to what it reads. */
export function scanJson(text: string, start: number): Scan {
  const run: Run = { text, at: start, stack: [], expected: 'value', edits: [], inside: false, quoted: false }
  while (step(run)) if (run.stack.length === 0) return { ok: true, end: run.at, json: edited(text.slice(start, run.at), start, run.edits) }
  return { ok: false, at: Math.min(run.at, text.length), inside: run.inside, depth: run.stack.length, quoted: run.quoted }
}

interface Run {
  text: string
  at: number
  stack: ('{' | '[')[]
  /** `…-or-end`: nothing stands in the container yet; `after-comma`: a value, or the end behind a comma too many. */
  expected: 'value' | 'value-or-end' | 'value-after-comma' | 'key-or-end' | 'key-after-comma' | 'colon' | 'comma'
  edits: Edit[]
  inside: boolean
  /** A string was read, in which brackets may stand that were not looked at. */
  quoted: boolean
}

interface Edit {
  from: number
  to: number
  put: string
}

/** Reads the next token; `false` where it does not fit. */
function step(run: Run): boolean {
  run.at = skipSpace(run.text, run.at)
  const char = run.text[run.at]
  if (char === undefined) return false
  switch (run.expected) {
    case 'colon':
      run.inside ||= char === ':'
      return punctuation(run, char === ':', 'value')
    case 'comma':
      if (isEnd(char)) return close(run, char)
      return punctuation(run, char === ',', run.stack.at(-1) === '{' ? 'key-after-comma' : 'value-after-comma')
    case 'key-or-end':
    case 'key-after-comma':
      return isEnd(char) ? close(run, char) : key(run, char)
    case 'value-or-end':
    case 'value-after-comma':
      return isEnd(char) ? close(run, char) : value(run, char)
    case 'value':
      return value(run, char)
  }
}

function punctuation(run: Run, fits: boolean, next: Run['expected']): boolean {
  if (!fits) return false
  run.at++
  run.expected = next
  return true
}

function isEnd(char: string): boolean {
  return char === '}' || char === ']'
}

function close(run: Run, char: string): boolean {
  if (run.stack.at(-1) !== (char === '}' ? '{' : '[')) return false
  if (run.expected.endsWith('after-comma')) {
    const comma = run.text.lastIndexOf(',', run.at)
    run.edits.push({ from: comma, to: comma + 1, put: '' })
  }
  run.at++
  run.stack.pop()
  return complete(run)
}

function complete(run: Run): true {
  run.expected = 'comma'
  if (run.stack.length > 0) run.inside = true
  return true
}

function key(run: Run, char: string): boolean {
  if (char === '"' || char === "'") {
    if (!string(run, char)) return false
  } else {
    const name = match(BARE_KEY, run)
    if (name === undefined) return false
    run.edits.push({ from: run.at, to: run.at + name.length, put: `"${name}"` })
    run.at += name.length
  }
  run.expected = 'colon'
  return true
}

const BARE_KEY = /[A-Za-z_$][\w$]*/y

function value(run: Run, char: string): boolean {
  if (char === '{' || char === '[') {
    run.stack.push(char)
    run.at++
    run.expected = char === '{' ? 'key-or-end' : 'value-or-end'
    return true
  }
  if (char === '"' || char === "'") return string(run, char) && complete(run)
  const literal = match(LITERAL, run)
  if (literal === undefined) return false
  const put = PYTHON.get(literal)
  if (put !== undefined) run.edits.push({ from: run.at, to: run.at + literal.length, put })
  run.at += literal.length
  return complete(run)
}

/** A number or a name that ends where it stands: `1.2.3` and `trueish` are none. */
const LITERAL = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|True|False|None)(?![\w$]|\.\d)/y

const PYTHON: ReadonlyMap<string, string> = new Map([
  ['True', 'true'],
  ['False', 'false'],
  ['None', 'null'],
])

function match(pattern: RegExp, { text, at }: Run): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}

function string(run: Run, quote: '"' | "'"): boolean {
  run.quoted = true
  const { text, edits } = run
  const single = quote === "'"
  const begin = run.at
  if (single) edits.push({ from: begin, to: begin + 1, put: '"' })
  for (let at = begin + 1; at < text.length; at++) {
    const char = text[at] as string
    if (char === quote) {
      if (single) edits.push({ from: at, to: at + 1, put: '"' })
      run.at = at + 1
      return true
    }
    if (char === '\\') {
      if (single && text[at + 1] === "'") edits.push({ from: at, to: at + 1, put: '' })
      at++
    } else if (single && char === '\n') {
      run.at = at
      return false // more likely an apostrophe
    } else if (char < ' ' || (single && char === '"')) {
      edits.push({ from: at, to: at + 1, put: JSON.stringify(char).slice(1, -1) })
    }
  }
  run.at = text.length
  run.inside = run.stack.length > 0
  return false
}

const SPACE: ReadonlySet<string> = new Set([' ', '\n', '\r', '\t'])

function skipSpace(text: string, from: number): number {
  let at = from
  while (SPACE.has(text[at] ?? '')) at++
  return at
}

function edited(text: string, offset: number, edits: readonly Edit[]): string {
  const parts: string[] = []
  let from = 0
  for (const edit of edits) {
    parts.push(text.slice(from, edit.from - offset), edit.put)
    from = edit.to - offset
  }
  parts.push(text.slice(from))
  return parts.join('')
}
