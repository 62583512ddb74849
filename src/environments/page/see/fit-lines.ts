/**
 * Making lines fit into a number of characters. What is dropped first is far from what changed, has the keyboard or is in the viewport;
 * texts go before controls, and of long lists the later entries. What is left out is counted where it stood.
 */
import type { Line } from './line.ts'
import { quoted } from './plain-text.ts'
import type { Work } from './slices.ts'

export interface Fitted {
  text: string
  /** Lines that found no room. */
  leftOut: number
}

/** Texts are shortened to this many characters before anything is dropped. */
const SHORT_TEXT = 240
/** What the note at the end may take. */
const NOTE = 150

/** @param screen height of the viewport in pixels */
export function* fitLines(lines: readonly Line[], most: number, screen: number): Work<Fitted> {
  const whole = lines.map(({ text }) => text).join('\n')
  if (whole.length <= most) return { text: whole, leftOut: 0 }
  yield
  const short = lines.map(shorten)
  const room = most - NOTE
  if (short.reduce((sum, { text }) => sum + text.length + 1, 0) <= room)
    return { text: short.map(({ text }) => text).join('\n'), leftOut: 0 }
  yield
  const kept = yield* choose(short, room, screen)
  yield
  const shown = short.filter((line, at) => kept[at] && line.kind !== 'landmark').length
  const leftOut = short.filter(({ kind }) => kind !== 'landmark').length - shown
  return { text: [...render(short, kept), noteOf(leftOut, shown + leftOut)].join('\n'), leftOut }
}

function noteOf(leftOut: number, all: number): string {
  return `… ${leftOut} of ${all} lines are left out for want of room: those far from the viewport first. Scrolling shows them.`
}

function shorten(line: Line): Line {
  return line.plain.length > SHORT_TEXT ? { ...line, text: quoted(line.plain, SHORT_TEXT) } : line
}

/** The most relevant lines that have room together with the gaps between them. */
function* choose(lines: readonly Line[], room: number, screen: number): Work<boolean[]> {
  const scores = scoresOf(lines, screen)
  yield
  const order = lines.map((_, at) => at).toSorted((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b)
  const rank = new Int32Array(order.length)
  for (const [place, at] of order.entries()) rank[at] = place
  let [low, high] = [0, order.length]
  while (low < high) {
    yield
    const middle = Math.ceil((low + high) / 2)
    if (lengthOf(lines, rank, middle) <= room) low = middle
    else high = middle - 1
  }
  return Array.from(rank, (place) => place < low)
}

/** Landmarks and headings stay as long as anything below them does. */
function scoresOf(lines: readonly Line[], screen: number): number[] {
  const scores = lines.map((line) => scoreOf(line, screen))
  const below = Array.from({ length: 8 }, () => -Infinity)
  for (let at = lines.length - 1; at >= 0; at--) {
    const line = lines[at]
    if (!line) continue
    const level = line.kind === 'landmark' ? 0 : line.kind === 'heading' ? line.level : 7
    const best = Math.max(scores[at] ?? 0, ...below.slice(level + 1))
    if (level < 7) scores[at] = best === -Infinity ? best : best + 0.01
    for (let deeper = level; deeper < 8; deeper++) below[deeper] = -Infinity
    below[level] = Math.max(scores[at] ?? 0, level === 7 ? (below[7] ?? 0) : -Infinity)
  }
  return scores
}

const KIND: Record<Line['kind'], number> = { landmark: -Infinity, heading: 3, control: 5, live: 8, text: 2.5 }

function scoreOf(line: Line, screen: number): number {
  if (line.kind === 'landmark') return -Infinity
  return (
    KIND[line.kind] +
    (line.focused ? 12 : 0) +
    (line.inDialog ? 5 : 0) +
    (line.changed ? 4 : 0) -
    Math.min(2, line.text.length / 400) -
    Math.min(3, Math.log2(1 + line.nth) / 2) +
    nearness(line, screen)
  )
}

function nearness({ place }: Line, screen: number): number {
  if (!place || !(screen > 0)) return 0
  const away = Math.max(place.top - screen, -place.bottom, 0) / screen
  return away === 0 ? 5 : -Math.min(4, away)
}

/** What a note of a gap takes at most: `… 12 more lines` and its end. */
const gapLength = (gap: number): number => (gap === 0 ? 0 : 14 + String(gap).length)

function lengthOf(lines: readonly Line[], rank: Int32Array, kept: number): number {
  let length = 0
  let gap = 0
  let word: Line['word'] = 'lines'
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]
    if (!line) continue
    const stays = (rank[at] ?? 0) < kept
    if (stays || (line.kind !== 'landmark' && line.word !== word)) {
      length += gapLength(gap)
      gap = 0
    }
    if (stays) length += line.text.length + 1
    else if (line.kind !== 'landmark') {
      gap++
      word = line.word
    }
  }
  return length + gapLength(gap)
}

function render(lines: readonly Line[], kept: readonly boolean[]): string[] {
  const parts: string[] = []
  eachPart(lines, kept, (text) => parts.push(text))
  return parts
}

/** Gaps in different lists are told one by one. */
function eachPart(lines: readonly Line[], kept: readonly boolean[], part: (text: string) => void): void {
  let gap = 0
  let word: Line['word'] = 'lines'
  const close = (): void => {
    if (gap > 0) part(`… ${gap} more ${word}`)
    gap = 0
  }
  for (const [at, line] of lines.entries()) {
    const stays = kept[at] === true
    if (stays || (line.kind !== 'landmark' && line.word !== word)) close()
    if (stays) part(line.text)
    else if (line.kind !== 'landmark') {
      gap++
      word = line.word
    }
  }
  close()
}
