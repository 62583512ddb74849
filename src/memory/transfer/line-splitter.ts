/** Cuts JSON lines at their line breaks. A line that is too long is passed over to its end, without being held. */
import { join, LINE_FEED, LONGEST, TOO_LONG, type Piece, type Splitter } from './pieces.ts'

const CARRIAGE_RETURN = 0x0d

export function createLineSplitter(longest: number = LONGEST): Splitter {
  let parts: Uint8Array[] = []
  let size = 0
  let line = 1

  function* take(part: Uint8Array): Generator<Piece, void, undefined> {
    const fitted = size <= longest
    size += part.length
    parts.push(part)
    if (size <= longest) return
    if (fitted) yield { kind: 'fault', line, reason: TOO_LONG }
    for (const bytes of parts) yield { kind: 'passed', bytes }
    parts = []
  }

  function* endLine(): Generator<Piece, void, undefined> {
    if (size > longest) yield { kind: 'passed', bytes: Uint8Array.of(LINE_FEED) }
    else yield { kind: 'value', line, bytes: withoutReturn(join(parts)) }
    parts = []
    size = 0
    line++
  }

  return {
    *push(chunk) {
      let from = 0
      for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
        yield* take(chunk.subarray(from, end))
        yield* endLine()
        from = end + 1
      }
      if (from < chunk.length) yield* take(chunk.slice(from))
    },
    *end() {
      if (size > 0 && size <= longest) yield* endLine()
    },
  }
}

function withoutReturn(bytes: Uint8Array): Uint8Array {
  return bytes.at(-1) === CARRIAGE_RETURN ? bytes.subarray(0, -1) : bytes
}
