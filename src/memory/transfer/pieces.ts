/** What a file is cut into before any of it is understood. */

/** A part of a file. Lines are counted from 1. */
export type Piece =
  /** A whole line without its line break, or the text of a whole object. */
  | { kind: 'value'; line: number; bytes: Uint8Array }
  /** Something that cannot be used. */
  | { kind: 'fault'; line: number; reason: string }
  /** Bytes of what was refused as too long, line break included: they count for the checksum and for nothing else. */
  | { kind: 'passed'; bytes: Uint8Array }

/** Cuts a stream of bytes, split anywhere. Pieces must be taken before the next call; a chunk may be reused after it. */
export interface Splitter {
  push(chunk: Uint8Array): Generator<Piece, void, undefined>
  /** What is left when the file ends. */
  end(): Generator<Piece, void, undefined>
}

/**
 * Bytes of the longest line or object that is read, 32 MiB: more than the largest trajectory that can be stored takes, whatever
 * script it is written in.
 */
export const LONGEST: number = 32 * 2 ** 20

export const TOO_LONG = 'it is too long to be a trajectory, and was not read'

export const LINE_FEED = 0x0a

export function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === LINE_FEED || byte === 0x0d || byte === 0x09
}

export function join(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts
  if (only && parts.length === 1) return only
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
