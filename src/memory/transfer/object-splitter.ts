/**
 * Cuts one JSON object, an array of them, or several after each other into the texts of the objects, whatever line breaks are in
 * them. Only quotes and brackets are looked at: whether a text is JSON is for its reader to say.
 */
import { isSpace, join, LINE_FEED, LONGEST, TOO_LONG, type Piece, type Splitter } from './pieces.ts'

const BROKEN = 'a text in it is broken off by the end of its line: it is not JSON'
const CUT_OFF = 'the file ends within it'
const STRAY = 'this is no JSON object'

export function createObjectSplitter(longest: number = LONGEST): Splitter {
  const scanner = createScanner()
  let parts: Uint8Array[] = []
  let size = 0

  const keep = (part: Uint8Array): void => {
    size += part.length
    if (size <= longest) parts.push(part)
    else parts = []
  }
  const drop = (): void => {
    parts = []
    size = 0
  }
  const taken = (line: number): Piece => {
    const piece: Piece = size > longest ? { kind: 'fault', line, reason: TOO_LONG } : { kind: 'value', line, bytes: join(parts) }
    drop()
    return piece
  }

  return {
    *push(chunk) {
      let from = 0
      for (let at = scanner.skip(chunk, 0); at < chunk.length; at = scanner.skip(chunk, at + 1)) {
        const event = scanner.step(chunk[at] as number)
        if (event === 'open') from = at
        else if (event === 'stray') yield { kind: 'fault', line: scanner.line, reason: STRAY }
        else if (event === 'close') {
          keep(chunk.subarray(from, at + 1))
          yield taken(scanner.start)
        } else if (event === 'broken') {
          drop()
          yield { kind: 'fault', line: scanner.start, reason: BROKEN }
        }
      }
      if (scanner.inside) keep(chunk.slice(from))
    },
    *end() {
      if (scanner.inside) yield { kind: 'fault', line: scanner.start, reason: CUT_OFF }
    },
  }
}

interface Scanner {
  /** The first byte from `from` on that a step must be told of. */
  skip(chunk: Uint8Array, from: number): number
  /**
   * `open` and `close`: the first and last byte of an object; `broken`: the object that was open cannot be one, and is given up;
   * `stray`: something that belongs to no object, told once a line.
   */
  step(byte: number): 'open' | 'close' | 'broken' | 'stray' | undefined
  readonly line: number
  /** Where the latest object began. */
  readonly start: number
  readonly inside: boolean
}

const QUOTE = 0x22
const COMMA = 0x2c
const BACKSLASH = 0x5c
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN = 0x7b
const CLOSE = 0x7d

function createScanner(): Scanner {
  let line = 1
  let start = 1
  let depth = 0
  let text: 'none' | 'open' | 'escape' = 'none'
  /** Nothing is looked for before the next line, or before one that begins with an object no further to the right than the one given up. */
  let lost: 'no' | 'line' | 'object' = 'no'
  let column = 0
  let blank = true // up to here, this line is
  let indent = 0

  const withinText = (byte: number): 'broken' | undefined => {
    if (byte === LINE_FEED) {
      text = 'none'
      depth = 0
      lost = 'object'
      return 'broken'
    }
    if (text === 'escape') text = 'open'
    else if (byte === QUOTE) text = 'none'
    else if (byte === BACKSLASH) text = 'escape'
    return undefined
  }
  const withinObject = (byte: number): 'close' | undefined => {
    if (byte === QUOTE) text = 'open'
    else if (byte === OPEN || byte === OPEN_LIST) depth++
    else if (byte === CLOSE || byte === CLOSE_LIST) depth--
    return depth === 0 ? 'close' : undefined
  }
  const between = (byte: number): 'open' | 'stray' | undefined => {
    if (lost === 'line' || (lost === 'object' && !(byte === OPEN && blank && column <= indent))) return undefined
    if (byte === OPEN) {
      lost = 'no'
      depth = 1
      start = line
      indent = column
      return 'open'
    }
    if (isSpace(byte) || byte === COMMA || byte === OPEN_LIST || byte === CLOSE_LIST) return undefined
    lost = 'line'
    return 'stray'
  }
  const look = (byte: number): ReturnType<Scanner['step']> => {
    if (text !== 'none') return withinText(byte)
    return depth > 0 ? withinObject(byte) : between(byte)
  }

  return {
    skip(chunk, from) {
      if (text !== 'open') return from
      let to = from
      while (to < chunk.length && chunk[to] !== QUOTE && chunk[to] !== BACKSLASH && chunk[to] !== LINE_FEED) to++
      column += to - from
      return to
    },
    step(byte) {
      const event = look(byte)
      column++
      if (!isSpace(byte)) blank = false
      if (byte !== LINE_FEED) return event
      line++
      column = 0
      blank = true
      if (lost === 'line') lost = 'no'
      return event
    },
    get line() {
      return line
    },
    get start() {
      return start
    },
    get inside() {
      return depth > 0
    },
  }
}
