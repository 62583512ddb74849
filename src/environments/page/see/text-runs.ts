/** From a text node to what of it a person can read, as far as boxes tell. Colours and what lies above are judged later. */
import { domReader } from './dom.ts'
import { type Box, height, intersection, throughClips, width, within } from './geometry.ts'
import { boxOf } from './element-style.ts'
import { plainText } from './plain-text.ts'
import type { Run, Seen } from './seen.ts'

/** Longest part of a text node that is looked at. */
const MOST = 20_000
/** Signs that are lower than this many pixels cannot be read. */
const LOWEST = 4

export function seeText(node: Node, parent: Seen): Run | null {
  if (parent.hidden) return null
  const data = domReader().data(node)
  if (!/\S/.test(data.length > MOST ? data.slice(0, MOST) : data) || !isLegible(parent)) return null
  const length = Math.min(data.length, MOST)
  const box = boxOfText(node, parent, [0, length], length === data.length)
  if (!isLargeEnough(box, length)) return null
  const place = placeOfText(box, parent) ?? placeOfPostponed(parent)
  if (!place) return null
  const { left, at } = place
  const whole = left === null
  const raw = whole ? data.slice(0, length) : readable({ node, parent, left, data }, 0, length)
  const text = plainText(raw, MOST)
  if (text === '') return null
  const spaced = [/^\s/.test(data), /\s$/.test(data)] as const
  return { kind: 'text', node, parent, text, rest: whole ? data.length - length : 0, spaced, box, place: at, visible: true }
}

/** Where a text is seen, and what of its box is left where something cuts it. */
function placeOfText(box: Box, { mask, inside, space }: Seen): { left: Box | null; at: Box } | null {
  // Most texts stand on the page itself, where it can be reached.
  if (!mask && inside === space.page && within(box, inside.box, 0)) return { left: null, at: box }
  const masked = throughClips(box, mask)
  const seeable = masked && throughClips(box, inside)
  if (!masked || !seeable) return null
  const left = intersection(masked.box, seeable.box)
  const whole = seeable.scrolled ? within(box, masked.box) : within(box, left)
  return { left: whole ? null : left, at: whole ? seeable.at : intersection(seeable.at, masked.box) }
}

/** Letters that are drawn as discs: a property that not every browser has. */
type SecuredStyle = CSSStyleDeclaration & { webkitTextSecurity?: string }

/** Large enough, rendered at all, and as letters. */
export function isLegible(seen: Seen): boolean {
  if (seen.legible === undefined) {
    const { fontSize, contentVisibility, webkitTextSecurity } = seen.style as SecuredStyle
    seen.legible = Number.parseFloat(fontSize) >= LOWEST && contentVisibility !== 'hidden' && (webkitTextSecurity ?? 'none') === 'none'
  }
  return seen.legible
}

/**
 * The browser postpones the layout of some parts until they come near the window, and has no room for them in the page until then:
 * they are where their container is.
 */
function placeOfPostponed(parent: Seen): { left: null; at: Box } | null {
  let seen: Seen | null = parent
  while (seen && seen.style.contentVisibility !== 'auto') seen = seen.parent
  if (!seen) return null
  const box = boxOf(seen)
  const around = { ...box, bottom: Math.max(box.bottom, box.top + 10) }
  const through = throughClips(around, seen.mask) && throughClips(around, seen.clip)
  return through && { left: null, at: through.at }
}

let range: Range | undefined

function boxOfText(node: Node, { space }: Seen, [start, end]: readonly [number, number], whole = false): Box {
  range ??= new Range()
  range.selectNodeContents(node)
  if (start > 0) range.setStart(node, start)
  if (!whole) range.setEnd(node, end)
  const rect = range.getBoundingClientRect()
  return { left: rect.left + space.dx, top: rect.top + space.dy, right: rect.right + space.dx, bottom: rect.bottom + space.dy }
}

/** Leaves nothing of the page in the hands of the range, which the browser would otherwise keep up to date. */
export function releaseText(): void {
  range = undefined
}

/** Signs that lie upon one another, or that are scaled to dots, are no text. */
function isLargeEnough(box: Box, length: number): boolean {
  const [across, down] = [width(box), height(box)]
  if (Math.max(across, down) < LOWEST) return false
  return length <= 2 ? Math.min(across, down) >= 0.5 : Math.min(across, down) >= LOWEST && across * down >= length
}

/** What can be read of a run that something else covers in part. */
export function readablePart({ node, parent }: Run, left: Box): string {
  const data = domReader().data(node)
  return plainText(readable({ node, parent, left, data }, 0, Math.min(data.length, MOST)), MOST)
}

interface Cut {
  node: Node
  parent: Seen
  /** What is left of the text's box. */
  left: Box
  data: string
}

/** The part of a text that lies within what is left of its box, to the letter. */
function readable(cut: Cut, start: number, end: number): string {
  const box = boxOfText(cut.node, cut.parent, [start, end])
  if (width(box) === 0 && height(box) === 0) return cut.data.slice(start, end).trim() === '' ? ' ' : ''
  const rest = intersection(box, cut.left)
  if (width(rest) <= 0.5 || height(rest) < LOWEST) return ''
  if (within(box, cut.left)) return cut.data.slice(start, end)
  if (end - start <= 1) return width(rest) * height(rest) > (width(box) * height(box)) / 2 ? cut.data.slice(start, end) : ''
  const middle = start + Math.floor((end - start) / 2)
  return readable(cut, start, middle) + readable(cut, middle, end)
}
