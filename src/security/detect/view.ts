/**
 * A text as it reads once its encoding is undone, with the way back: what is found in a view is cut out of the text itself.
 * So a secret is found however it was written: `%40`, `&amp;`, `\u0041`, with invisible characters in between.
 */

export interface View {
  readonly text: string
  /** Where the character at an index of `text` begins and ends in the text itself. */
  start(index: number): number
  end(index: number): number
}

/** The text itself. */
export function plainView(text: string): View {
  return { text, start: (index) => index, end: (index) => index + 1 }
}

/** Every way to read the text that differs from it: each kind of encoding undone by itself, and all of them, once and twice. */
export function decodedViews(view: View): { single: View[]; deep: View[] } {
  const kinds = [PERCENT, ENTITY, ESCAPE].filter((kind) => view.text.search(kind) !== -1)
  const single = kinds.flatMap((kind) => rewrite(view, kind, decode) ?? [])
  const once = rewrite(view, ANY, decode)
  const twice = once && rewrite(once, ANY, decode)
  return { single, deep: [once, twice].filter((deep) => deep !== null) }
}

/** Without blanks, dashes, dots and invisible characters; `null` where there are none. */
export function compactView(view: View): View | null {
  return rewrite(view, /[\s\p{Pd}\p{Default_Ignorable_Code_Point}._·]+/gu, () => [])
}

/** A piece of a decoded run: what it reads, and how many characters of the run it took. */
type Piece = readonly [text: string, length: number]

function rewrite(view: View, pattern: RegExp, read: (run: string) => readonly Piece[]): View | null {
  const parts: string[] = []
  const starts = new Int32Array(view.text.length)
  const ends = new Int32Array(view.text.length)
  let length = 0
  const put = (text: string, from: number, to: number): void => {
    parts.push(text)
    for (let unit = 0; unit < text.length; unit++, length++) {
      starts[length] = view.start(from)
      ends[length] = view.end(to - 1)
    }
  }
  const copy = (from: number, to: number): void => {
    parts.push(view.text.slice(from, to))
    for (let index = from; index < to; index++, length++) {
      starts[length] = view.start(index)
      ends[length] = view.end(index)
    }
  }
  let done = 0
  for (const { 0: run, index } of view.text.matchAll(pattern)) {
    copy(done, index)
    let at = index
    for (const [text, size] of read(run)) {
      put(text, at, at + size)
      at += size
    }
    done = index + run.length
  }
  if (done === 0) return null
  copy(done, view.text.length)
  return { text: parts.join(''), start: (index) => starts[index] ?? 0, end: (index) => ends[index] ?? 0 }
}

function decode(run: string): readonly Piece[] {
  if (run.startsWith('%')) return decodePercent(run)
  if (run.startsWith('&')) return [[decodeEntity(run), run.length]]
  if (run.startsWith('\\')) return [[decodeEscape(run), run.length]]
  return []
}

/** UTF-8; a byte that begins no character stands for itself. */
function decodePercent(run: string): Piece[] {
  const bytes = run
    .split('%')
    .slice(1)
    .map((hex) => Number.parseInt(hex, 16))
  const pieces: Piece[] = []
  for (let at = 0; at < bytes.length;) {
    const first = bytes[at] ?? 0
    const size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 1
    const rest = bytes.slice(at + 1, at + size)
    const whole = rest.length === size - 1 && rest.every((byte) => (byte & 0xc0) === 0x80)
    const code = whole && size > 1 ? rest.reduce((sum, byte) => sum * 64 + (byte & 0x3f), first & (0xff >> (size + 1))) : first
    const used = whole ? size : 1
    pieces.push([character(code), used * 3])
    at += used
  }
  return pieces
}

function decodeEntity(run: string): string {
  const body = run.slice(1, -1).toLowerCase()
  if (body.startsWith('#x')) return character(Number.parseInt(body.slice(2), 16))
  if (body.startsWith('#')) return character(Number.parseInt(body.slice(1), 10))
  return ENTITIES.get(body) ?? run
}

function decodeEscape(run: string): string {
  const kind = run[1] ?? ''
  if (kind === 'u' || kind === 'x') return character(Number.parseInt(run.slice(2).replace(/[{}]/g, ''), 16))
  return ESCAPES.get(kind) ?? kind
}

/** A character no longer than what stood for it, so that a view never outgrows its text. */
function character(code: number): string {
  return code >= 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd'
}

const PERCENT = /(?:%[\da-f]{2})+/gi
const ENTITY = /&(?:#x[\da-f]{1,6}|#\d{1,7}|amp|lt|gt|quot|apos|nbsp);/gi
const ESCAPE = /\\(?:u[\da-f]{4}|u\{[\da-f]{1,6}\}|x[\da-f]{2}|[nrtbf"'\\/])/gi
const ANY = new RegExp(`${PERCENT.source}|${ENTITY.source}|${ESCAPE.source}|\\p{Default_Ignorable_Code_Point}+`, 'giu')

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['nbsp', '\u00a0'],
])

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['b', '\b'],
  ['f', '\f'],
])
