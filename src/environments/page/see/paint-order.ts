/** Which of two boxes that share a place is painted above the other. Source: CSS 2.2, appendix E, simplified. */
import { domReader } from './dom.ts'
import { type Box, intersection } from './geometry.ts'
import { contains, type Seen } from './seen.ts'

/** What flows with the text is painted below whatever is positioned at 0, and above what is below 0. */
const IN_FLOW = -0.5

/** Whether `cover`, which is not around `below`, is painted above texts that stand directly in `below`. */
export function paintsAbove(cover: Seen, below: Seen, where: Box): boolean {
  return hit(cover, below, where) ?? byOrder(cover, below)
}

/** What the browser itself says of a point that both share; `null` where the point is out of the window, or a click would not tell. */
function hit(cover: Seen, below: Seen, where: Box): boolean | null {
  const dom = domReader()
  if (cover.space !== below.space) return null
  const { view, dx, dy } = cover.space
  const shared = intersection(cover.cover ?? cover.box ?? where, where)
  const [x, y] = [(shared.left + shared.right) / 2 - dx, (shared.top + shared.bottom) / 2 - dy]
  if (x < 0 || y < 0 || x >= view.innerWidth || y >= view.innerHeight) return null
  const root = dom.rootOf(cover.element)
  if (root !== dom.rootOf(below.element)) return null
  const stack = dom.elementsFromPoint(root, x, y)
  const [above, under] = [stack.indexOf(cover.element), stack.indexOf(below.element)]
  return above === -1 || under === -1 ? null : above < under
}

function byOrder(cover: Seen, below: Seen): boolean {
  const left = chainTo(cover, below)
  const right = chainTo(below, cover)
  const [high, low] = [levelOf(left), levelOf(right)]
  if (high !== low) return high > low
  return (high !== IN_FLOW || isAtomic(left[0]) || isPicture(cover)) && cover.start > below.start
}

/** From just below what is around both, down to `to`. */
function chainTo(to: Seen, other: Seen): Seen[] {
  const chain: Seen[] = []
  for (let seen: Seen | null = to; seen && !contains(seen, other); seen = seen.parent) chain.push(seen)
  return chain.toReversed()
}

function levelOf(chain: readonly Seen[]): number {
  let level = IN_FLOW
  for (const seen of chain) {
    if (seen.topLayer) return Infinity
    const { zIndex, opacity, transform, filter } = seen.style
    const isItem = /flex|grid/.test(seen.parent?.style.display ?? '')
    if (zIndex !== 'auto' && (seen.position !== 'static' || isItem)) return Number(zIndex)
    if (opacity !== '1' || transform !== 'none' || filter !== 'none') return 0
    if (seen.position !== 'static') level = 0
  }
  return level
}

/** Painted in one go, so that it covers what flows before it. */
function isAtomic(seen: Seen | undefined): boolean {
  return seen !== undefined && (seen.style.display.startsWith('inline-') || /flex|grid/.test(seen.parent?.style.display ?? ''))
}

function isPicture({ tag }: Seen): boolean {
  return tag === 'img' || tag === 'video' || tag === 'iframe'
}
