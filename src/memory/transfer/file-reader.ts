/** One file of an import: how it is laid out, what each of its lines says, and whether its checksum holds. */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import type { ImportResult } from '../open-memory.ts'
import { createLineSplitter } from './line-splitter.ts'
import { createObjectSplitter } from './object-splitter.ts'
import { isSpace, LINE_FEED, type Piece, type Splitter } from './pieces.ts'
import { readRecord, type FileRecord } from './read-record.ts'

/** What a line, or an object, turned out to be. */
export type Found =
  | (FileRecord & { kind: 'trajectory'; bytes: number })
  | { kind: 'invalid'; line: number; reason: string }
  /** A line that can be used, and yet is not as it should be. */
  | { kind: 'remark'; line: number; reason: string }
  | { kind: 'header' }
  /** Looked at, and of no further use. */
  | { kind: 'other' }

export interface FileReader {
  push(chunk: Uint8Array): Generator<Found, void, undefined>
  end(): Generator<Found, void, undefined>
  /** After `end`. */
  checksum(): ImportResult['checksum']
}

const CHANGED =
  'the SHA-256 of the lines before it is another one: lines were changed, lost or added since the export. Those that are valid were used.'

/** `longest` is in bytes, of one line or object. */
export function createFileReader({ now, longest }: { now: () => number; longest?: number }): FileReader {
  const account = createAccount()
  let pending: Uint8Array = new Uint8Array()
  let splitter: Splitter | undefined
  /** A checksum is one of lines. */
  let layout: Layout | undefined
  /** Within an export that cannot be used. */
  let foreign = false

  const begin = (as: Layout): Splitter => {
    layout = as
    splitter = as === 'lines' ? createLineSplitter(longest) : createObjectSplitter(longest)
    return splitter
  }
  const foundIn = ({ line, bytes }: Piece & { kind: 'value' }): Found | undefined => {
    if (bytes.every(isSpace)) {
      account.add(bytes)
      return undefined
    }
    const record = readRecord(bytes, now)
    if (record.kind === 'header' || record.kind === 'foreign') foreign = record.kind === 'foreign'
    else if (foreign) {
      foreign = record.kind !== 'trailer'
      return { kind: 'other' }
    }
    const fits = layout === 'objects' || account.enter(record, bytes)
    return fits ? foundOf(record, { line, bytes: bytes.length }) : { kind: 'remark', line, reason: CHANGED }
  }
  function* read(pieces: Iterable<Piece>): Generator<Found, void, undefined> {
    for (const piece of pieces) {
      if (piece.kind === 'passed') account.pass(piece.bytes)
      else if (piece.kind === 'fault') yield foreign ? { kind: 'other' } : { kind: 'invalid', line: piece.line, reason: piece.reason }
      else {
        const found = foundIn(piece)
        if (found) yield found
      }
    }
  }

  return {
    *push(chunk) {
      if (splitter) return yield* read(splitter.push(chunk))
      pending = concat(pending, chunk)
      const known = layoutOf(pending)
      if (!known) return
      const bytes = withoutMark(pending)
      pending = new Uint8Array()
      yield* read(begin(known).push(bytes))
    },
    *end() {
      if (!splitter) yield* read(begin('lines').push(withoutMark(pending)))
      if (splitter) yield* read(splitter.end())
      account.end()
    },
    checksum: () => account.verdict,
  }
}

function foundOf(record: FileRecord, { line, bytes }: { line: number; bytes: number }): Found {
  switch (record.kind) {
    case 'trajectory':
      return { ...record, bytes }
    case 'bad':
    case 'foreign':
      return { kind: 'invalid', line, reason: record.reason }
    case 'header':
      return { kind: 'header' }
    case 'trailer':
      return { kind: 'other' }
  }
}

interface Account {
  /** A line that is no part of the content. */
  add(bytes: Uint8Array): void
  /** A record in the order of the file; `false` for a trailer that does not fit what came before it. */
  enter(record: FileRecord, bytes: Uint8Array): boolean
  /** Bytes that were not made a line. */
  pass(bytes: Uint8Array): void
  end(): void
  readonly verdict: ImportResult['checksum']
}

const LINE_END = Uint8Array.of(LINE_FEED)

/**
 * Compares the hash of each export's lines with the one in its trailer. A file may be several exports after each other. Lines count
 * with the line break that `export` writes, so that a file whose line breaks were converted still fits.
 */
function createAccount(): Account {
  let hash = sha256.create()
  /** Something stands there that no trailer has confirmed yet. */
  let open = false
  let verdict: ImportResult['checksum'] | undefined

  const settle = (next: ImportResult['checksum']): void => {
    verdict = verdict === undefined ? next : worse(verdict, next)
    hash = sha256.create()
    open = false
  }
  const add = (bytes: Uint8Array): void => void hash.update(bytes).update(LINE_END)

  return {
    add,
    enter(record, bytes) {
      if (record.kind === 'trailer') {
        const fits = bytesToHex(hash.digest()) === record.sha256
        settle(fits ? 'ok' : 'mismatch')
        return fits
      }
      if (record.kind === 'header' || record.kind === 'foreign') {
        if (open) settle('missing')
        else hash = sha256.create()
      }
      open = true
      add(bytes)
      return true
    },
    pass(bytes) {
      open = true
      hash.update(bytes)
    },
    end: () => {
      if (open || verdict === undefined) settle('missing')
    },
    get verdict() {
      return verdict ?? 'missing'
    },
  }
}

const WORST = ['ok', 'missing', 'mismatch'] as const

export function worse(a: ImportResult['checksum'], b: ImportResult['checksum']): ImportResult['checksum'] {
  return WORST.indexOf(a) > WORST.indexOf(b) ? a : b
}

type Layout = 'lines' | 'objects'

const QUOTE = 0x22
const OPEN_LIST = 0x5b
const OPEN = 0x7b
const CLOSE = 0x7d
/** Of these, in order. */
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf]
/** Bytes after which a file that has shown nothing but space is taken for lines. */
const PATIENCE = 65_536

/**
 * How the file is laid out; `undefined` where more of it must be seen. Every line of an export begins with an object's bracket and
 * its first name: a list's bracket at the beginning, or an object whose first name is on a later line, can be no such file, not
 * even a damaged one.
 */
function layoutOf(bytes: Uint8Array): Layout | undefined {
  if (bytes.length < BYTE_ORDER_MARK.length) return undefined
  const first = afterSpace(bytes, markLength(bytes))
  if (first === bytes.length) return bytes.length > PATIENCE ? 'lines' : undefined
  if (bytes[first] === OPEN_LIST) return 'objects'
  if (bytes[first] !== OPEN) return 'lines'
  const next = afterSpace(bytes, first + 1)
  if (next === bytes.length) return bytes.length > PATIENCE ? 'lines' : undefined
  const later = bytes.subarray(first, next).includes(LINE_FEED)
  return later && (bytes[next] === QUOTE || bytes[next] === CLOSE) ? 'objects' : 'lines'
}

function afterSpace(bytes: Uint8Array, from: number): number {
  let at = from
  while (at < bytes.length && isSpace(bytes[at])) at++
  return at
}

function markLength(bytes: Uint8Array): number {
  return BYTE_ORDER_MARK.every((byte, i) => bytes[i] === byte) ? BYTE_ORDER_MARK.length : 0
}

function withoutMark(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(markLength(bytes))
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}
