/** What positioned elements paint besides their background: borders and shadows wide enough to cover texts, and pseudo-elements. */
import { readColour } from './colour.ts'
import { type Box, height, width } from './geometry.ts'
import { boxOf } from './element-style.ts'
import type { Seen } from './seen.ts'

/** A pseudo-element that is painted over what is in its element. */
export interface Veil {
  box: Box
  /** Comes after what is in the element. */
  last: boolean
}

const isOpaqueColour = (text: string): boolean => (readColour(text)?.[3] ?? 0) >= 0.95

/** Notes what a positioned element covers. */
export function readOverlay(seen: Seen): void {
  const { zIndex, boxShadow, backdropFilter, borderTopWidth } = seen.style
  if (seen.veil && (Number(zIndex) > 0 || !seen.veil.last)) seen.veil = null
  const own = veilOf(seen, '::after') ?? veilOf(seen, '::before')
  if (own) seen.veil = own
  if (boxShadow !== 'none') seen.cover = shadowBox(seen, boxShadow)
  if (/blur\((?:[89]|\d\d+)/.test(backdropFilter)) seen.cover = boxOf(seen)
  if (borderTopWidth !== '0px' && isFilledByBorder(seen)) seen.cover = boxOf(seen)
}

function veilOf(seen: Seen, pseudo: '::before' | '::after'): Veil | null {
  const style = seen.space.view.getComputedStyle(seen.element, pseudo)
  const { content, position } = style
  if (content === 'none' || content === 'normal' || (position !== 'absolute' && position !== 'fixed')) return null
  if (!isOpaqueColour(style.backgroundColor) || Number(style.opacity) < 0.95 || Number(style.zIndex) < 0) return null
  if ([style.transform, style.translate, style.scale, style.clipPath].some((value) => value !== 'none')) return null
  if (style.visibility !== 'visible' || style.display === 'none') return null
  const [left, top, across, down] = [style.left, style.top, style.width, style.height].map(Number.parseFloat) as [
    number,
    number,
    number,
    number,
  ]
  const box = boxOf(seen)
  const at = { left: box.left + left, top: box.top + top }
  return { box: { ...at, right: at.left + across, bottom: at.top + down }, last: pseudo === '::after' }
}

/** Of the first shadow, where it is sharp enough to have an edge. */
function shadowBox(seen: Seen, shadow: string): Box | null {
  const match = /^(.*?\)) (-?[\d.]+)px (-?[\d.]+)px ([\d.]+)px (-?[\d.]+)px( inset)?/.exec(shadow)
  if (!match || !isOpaqueColour(match[1] ?? '')) return null
  const [x = 0, y = 0, , spread = 0] = match.slice(2, 6).map(Number)
  const box = boxOf(seen)
  if (match[6]) return spread * 2 >= Math.min(width(box), height(box)) ? box : null
  return { left: box.left + x - spread, top: box.top + y - spread, right: box.right + x + spread, bottom: box.bottom + y + spread }
}

function isFilledByBorder(seen: Seen): boolean {
  const { borderTopWidth, borderBottomWidth, borderTopColor } = seen.style
  const wide = Number.parseFloat(borderTopWidth) + Number.parseFloat(borderBottomWidth)
  return wide >= height(boxOf(seen)) - 8 && isOpaqueColour(borderTopColor)
}
