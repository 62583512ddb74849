/** From what was seen to lines: grouped by landmarks and headings, a line for each block, entry, row and control. */
import { domReader } from './dom.ts'
import { type Box, height, width } from './geometry.ts'
import { LANDMARK, type Line } from './line.ts'
import { boxOf, placeOf } from './element-style.ts'
import { isApart, labelText, nameOf, visibleName } from './names.ts'
import { quoted } from './plain-text.ts'
import type { Item, Reading, Run, Seen } from './seen.ts'
import { INLINE, scopeOf, type Scope } from './scopes.ts'
import type { Work } from './slices.ts'
import { usePiece } from './use-piece.ts'
import { shareOf } from './values.ts'
import type { Redactor } from '../../../security/redaction.ts'

const STRIDE = 12
/** Longest text of one line in characters. */
const LONGEST_TEXT = 1_000

/** A line under construction. */
interface Draft {
  pieces: string[]
  text: string
  /** Characters that follow the text and were not looked at. */
  rest: number
  last: Run | null
  uses: Seen[]
  place: Box | null
  /** Cells that began in it. */
  cells: number
}

interface Writer {
  reading: Reading
  redactor: Redactor
  lines: Line[]
  scopes: Scope[]
  draft: Draft
  /** Landmark under which the last line was written. */
  under: Scope | null | undefined
  entries: Map<Seen, number>
}

export function* writeLines(reading: Reading, redactor: Redactor): Work<Line[]> {
  const writer: Writer = { reading, redactor, lines: [], scopes: [], draft: newDraft(), under: undefined, entries: new Map() }
  const { stream } = reading
  for (let at = 0, count = 1; at < stream.length; count++) {
    if (count % STRIDE === 0) yield
    closeScopes(writer, at)
    const item = stream[at] as Item
    at = item.kind === 'text' ? writeRun(writer, item, at) : writeElement(writer, item, at)
  }
  closeScopes(writer, Infinity)
  flush(writer)
  return writer.lines
}

function newDraft(): Draft {
  return { pieces: [], text: '', rest: 0, last: null, uses: [], place: null, cells: 0 }
}

function closeScopes(writer: Writer, at: number): void {
  for (let scope = writer.scopes.at(-1); scope && scope.seen.end <= at; scope = writer.scopes.at(-1)) {
    if (scope.breaks) flush(writer)
    writer.scopes.pop()
  }
}

function writeRun(writer: Writer, run: Run, at: number): number {
  const { draft } = writer
  if (!run.visible || writer.scopes.at(-1)?.mute) return at + 1
  draft.text += draft.last && draft.text !== '' && isApart(draft.last, run) ? ` ${run.text}` : run.text
  draft.rest += run.rest
  draft.last = run
  draft.place ??= run.box
  return at + 1
}

/** @returns where the stream goes on: after the element where its inside has been told with it. */
function writeElement(writer: Writer, seen: Seen, at: number): number {
  const isUsed = seen.usable && !(seen.tag === 'label' && seen.control === seen.element)
  if (!isUsed && (seen.tag === 'iframe' || seen.tag === 'frame')) return writeFrame(writer, seen, at)
  if (!isUsed && seen.place && seen.end === seen.start + 1) writePicture(writer, seen)
  const scope = scopeOf(seen, writer.reading)
  if (scope && (!isUsed || scope.kind === 'heading' || scope.kind === 'entry' || scope.kind === 'cell')) enterScope(writer, scope)
  if (seen.role === 'progressbar' || seen.role === 'meter' || seen.tag === 'meter') writeShare(writer, seen)
  return isUsed ? writeUse(writer, seen, at) : at + 1
}

function enterScope(writer: Writer, scope: Scope): void {
  if (scope.kind === 'block' && isInSmallCell(writer)) scope.breaks = false
  if (scope.breaks) flush(writer)
  if (scope.kind === 'cell') separate(writer.draft)
  if (scope.kind === 'entry') countEntry(writer, scope)
  if (writer.scopes.at(-1)?.mute) scope.mute = true
  writer.scopes.push(scope)
}

function countEntry(writer: Writer, scope: Scope): void {
  const list = scope.seen.parent
  if (!list) return
  scope.nth = writer.entries.get(list) ?? 0
  writer.entries.set(list, scope.nth + 1)
}

/** What a cell holds stands in the line of its row; tables that lay out a page have large ones. */
function isInSmallCell({ scopes }: Writer): boolean {
  const scope = scopes.findLast(({ kind }) => kind !== 'block')
  return scope?.kind === 'cell' && scope.seen.end - scope.seen.start <= SMALL_CELL
}

const SMALL_CELL = 14
const EMPTY_CELL = '""'

/** Empty cells are told, so that each stands under the head of its column. */
function separate(draft: Draft): void {
  endText(draft)
  const isEmpty = draft.pieces.length === 0 || draft.pieces.at(-1) === '|'
  if (draft.cells++ > 0 && isEmpty) draft.pieces.push(EMPTY_CELL)
  if (draft.pieces.length > 0 && draft.pieces.at(-1) !== '|') draft.pieces.push('|')
}

function endText(draft: Draft): void {
  if (draft.text !== '') {
    draft.pieces.push(quoted(draft.text, LONGEST_TEXT, draft.text.length + draft.rest))
  }
  draft.text = ''
  draft.rest = 0
  draft.last = null
}

function writeUse(writer: Writer, seen: Seen, at: number): number {
  const { reading } = writer
  const inline = isInRow(writer) || seen.role === 'link' || seen.role === null
  if (!inline) flush(writer)
  const target = writer.draft
  endText(target)
  target.pieces.push(usePiece(seen, reading, writer.redactor))
  target.uses.push(seen)
  target.place ??= seen.box ?? seen.place
  if (!inline) flush(writer)
  if (!hasMoreInside(seen, reading)) return seen.end
  writer.scopes.push({ kind: 'block', seen, breaks: !INLINE.has(seen.tag), mute: false, mark: '', level: 0, nth: 0 })
  return at + 1
}

function isInRow({ scopes }: Writer): boolean {
  return scopes.some(({ kind }) => kind === 'entry' || kind === 'heading' || kind === 'live')
}

/** Something to use or to read that its name does not tell. */
function hasMoreInside(seen: Seen, { stream }: Reading): boolean {
  const isField = /^(?:input|select|textarea)$/.test(seen.tag)
  if (isField || domReader().attribute(seen.element, 'contenteditable') !== null) return false
  let length = 0
  for (let at = seen.start + 1; at < seen.end; at++) {
    const item = stream[at]
    if (item?.kind === 'text' && item.visible) length += item.text.length
    else if (item?.kind === 'element' && item.usable && item.element !== seen.control) return true
    if (length > 300) return true
  }
  return !seen.name && length > 0
}

function writeFrame(writer: Writer, seen: Seen, at: number): number {
  if (!seen.place) return seen.end
  if (seen.end > seen.start + 1) {
    flush(writer)
    writer.scopes.push({ kind: 'landmark', seen, breaks: true, mute: false, mark: 'frame', level: 0, nth: 0 })
    return at + 1
  }
  if (width(seen.place) < 16 || height(seen.place) < 16) return seen.end
  flush(writer)
  writer.draft.pieces.push(`frame of ${originOf(seen)}, which is not shown here`)
  writer.draft.place = seen.box ?? seen.place
  flush(writer)
  return seen.end
}

/** A page chooses the address of a frame, so only the host's name is told. */
function originOf(seen: Seen): string {
  const source = domReader().attribute(seen.element, 'src') ?? ''
  const url = URL.parse(source, seen.element.baseURI)
  return url && /^https?:$/.test(url.protocol) ? quoted(url.host, 60) : 'another origin'
}

function writePicture(writer: Writer, seen: Seen): void {
  const { place } = seen
  if (!place || width(place) < 16 || height(place) < 16 || writer.scopes.at(-1)?.mute) return
  const name = /^(?:img|svg|canvas)$/.test(seen.tag) ? nameOf(seen, writer.reading) : ''
  if (name === '') return
  endText(writer.draft)
  writer.draft.pieces.push(`image ${quoted(name)}`)
  writer.draft.place ??= seen.box ?? place
}

/** How far something is: a person sees it by a bar. */
function writeShare(writer: Writer, seen: Seen): void {
  const share = shareOf(seen)
  if (share === null || seen.hidden || writer.scopes.at(-1)?.mute || !placeOf(boxOf(seen), seen)) return
  const name = visibleName(seen, writer.reading)
  endText(writer.draft)
  writer.draft.pieces.push(`${seen.role ?? 'meter'}${name === '' ? '' : ` ${quoted(name, 80)}`} = ${share}%`)
  writer.draft.place ??= boxOf(seen)
}

function flush(writer: Writer): void {
  const { draft, scopes } = writer
  writer.draft = newDraft()
  const plain = draft.pieces.length === 0 ? draft.text : ''
  endText(draft)
  while (draft.pieces.at(-1) === '|' || draft.pieces.at(-1) === EMPTY_CELL) draft.pieces.pop()
  if (draft.pieces.length === 0) return
  openLandmarks(writer)
  const scope = scopes.findLast(({ kind }) => kind !== 'cell' && kind !== 'block')
  const own = scope && scope.kind !== 'landmark' ? scope : null
  const entry = scopes.findLast(({ kind }) => kind === 'entry')
  const only = draft.uses.length === 1 && draft.pieces.length === 1 ? draft.uses[0] : undefined
  writer.lines.push({
    text: [...(own?.mark ? [own.mark] : []), ...draft.pieces].join(' '),
    kind: own?.kind === 'heading' ? 'heading' : own?.kind === 'live' ? 'live' : draft.uses.length > 0 ? 'control' : 'text',
    level: own?.kind === 'heading' ? own.level : 0,
    place: draft.place,
    group: entry?.seen.parent ?? null,
    nth: entry?.nth ?? 0,
    word: entry ? (entry.mark === '' ? 'rows' : 'items') : 'lines',
    ref: only?.ref ?? '',
    inDialog: scopes.some(({ mark }) => mark.endsWith('dialog')),
    focused: draft.uses.some((seen) => writer.reading.focused === seen.element || writer.reading.focused === seen.control),
    plain: own ? '' : plain,
    changed: false,
  })
}

/** A landmark is named when something in it is, and again when the text comes back to it. */
function openLandmarks(writer: Writer): void {
  const landmark = writer.scopes.findLast(({ kind }) => kind === 'landmark') ?? null
  if (landmark === writer.under) return
  const again = landmark === null || (landmark.opened ?? false)
  if (landmark) landmark.opened = true
  writer.under = landmark
  const seen = landmark?.seen
  const name = seen && landmark.mark !== 'frame' ? labelText(seen, writer.reading) : ''
  const states = seen === writer.reading.modal && seen ? ' (modal)' : ''
  const text = landmark
    ? `${LANDMARK} ${landmark.mark}${name ? ` ${quoted(name, 80)}` : ''}${states}${again ? ' (continued)' : ''}`
    : `${LANDMARK} page`
  writer.lines.push({ ...EMPTY, text, inDialog: landmark?.mark.endsWith('dialog') ?? false })
}

const EMPTY: Line = {
  text: '',
  kind: 'landmark',
  level: 0,
  place: null,
  group: null,
  nth: 0,
  word: 'lines',
  ref: '',
  inDialog: false,
  focused: false,
  plain: '',
  changed: false,
}
