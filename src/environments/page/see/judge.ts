/** What a reading found is judged once more, as a whole: texts without contrast go, and what lies behind something opaque. */
import { blend, type Colour, contrast, gradientStops, over, readColour, WHITE } from './colour.ts'
import { collectCovers, coverOf, type Covers } from './covers.ts'
import { type Box, height, overlap, width, within } from './geometry.ts'
import { domReader } from './dom.ts'
import { paintsAbove } from './paint-order.ts'
import { type Backdrop, contains, type Item, type Reading, type Run, type Seen } from './seen.ts'
import type { Work } from './slices.ts'
import { isLegible, readablePart, releaseText } from './text-runs.ts'

/** Less contrast than this is none to a person's eye. */
const LEAST_CONTRAST = 1.25
const STRIDE = 24

export function* judge({ stream }: Reading): Work<void> {
  const covers = collectCovers(stream)
  for (let at = 0; at < stream.length; at++) {
    if (at % STRIDE === 0) yield
    const item = stream[at] as Item
    if (item.kind === 'text') judgeRun(item, covers)
    else if (item.place && isHidden(item, covers)) item.place = null
  }
  releaseText()
}

function judgeRun(run: Run, covers: Covers): void {
  const near = covers.near(run)
  let ground: Seen | null = null
  for (const cover of near)
    if (paintsAbove(cover, run.parent, run.box)) uncover(run, coverOf(cover))
    else if (within(run.box, coverOf(cover), 2)) ground = cover
  const { veil } = run.parent
  if (veil && within(run.box, veil.box, 2)) run.visible = false
  run.visible &&= !covers.hides(run) && hasContrast(run.parent, ground)
}

/** Leaves of a text what a cover does not hide. */
function uncover(run: Run, cover: Box): void {
  const left = rest(run.box, cover)
  const text = left ? readablePart(run, left) : ''
  if (text === '' || !left) run.visible = false
  else Object.assign(run, { text, box: left, place: left })
}

/** The largest part of a box beside a cover. */
function rest(box: Box, cover: Box): Box | null {
  const parts: Box[] = [
    { ...box, right: Math.min(box.right, cover.left) },
    { ...box, left: Math.max(box.left, cover.right) },
    { ...box, bottom: Math.min(box.bottom, cover.top) },
    { ...box, top: Math.max(box.top, cover.bottom) },
  ]
  const size = (part: Box): number => Math.max(0, width(part)) * Math.max(0, height(part))
  const best = parts.toSorted((a, b) => size(b) - size(a))[0]
  return best && size(best) > 8 ? best : null
}

function isHidden(seen: Seen, covers: Covers): boolean {
  if (covers.hides(seen)) return true
  const box = seen.box as Box
  return covers.near(seen).some((cover) => {
    const over = coverOf(cover)
    // The middle counts: it is what a click would meet.
    const middle = {
      left: (box.left + box.right) / 2 - 1,
      right: (box.left + box.right) / 2 + 1,
      top: (box.top + box.bottom) / 2 - 1,
      bottom: (box.top + box.bottom) / 2 + 1,
    }
    return overlap(over, middle, 0) && paintsAbove(cover, seen, box)
  })
}

/** Whether what a person typed into a field can be read there. */
export function showsItsText(seen: Seen): boolean {
  return isLegible(seen) && hasContrast(seen, null)
}

function hasContrast(seen: Seen, ground: Seen | null): boolean {
  if (SVG_TEXT.test(seen.tag)) return isDrawn(seen)
  const fill = readColour(seen.style.webkitTextFillColor)
  if (!fill) return true
  const behind = backdropOf(seen)
  const backdrop = ground && isAbove(ground, behind.by) ? backdropOf(ground) : behind
  if (backdrop.colours.length === 0 || differs(fill, backdrop, seen)) return true
  return clipsToText(seen) || isOutlined(seen, backdrop) || hasPaintedGround(seen, backdrop.by)
}

/** Text may stand upon a `::before` that is painted: what that looks like is not known, so it is taken to be seen. */
function hasPaintedGround(start: Seen, by: Seen | null): boolean {
  for (let seen: Seen | null = start, depth = 0; seen && depth < 6; seen = seen.parent, depth++) {
    for (const pseudo of ['::before', '::after']) {
      const { content, position, backgroundColor, backgroundImage, opacity } = seen.space.view.getComputedStyle(seen.element, pseudo)
      if (content === 'none' || content === 'normal' || position === 'static' || Number(opacity) < 0.1) continue
      if (backgroundImage !== 'none' || (readColour(backgroundColor)?.[3] ?? 0) >= 0.5) return true
    }
    if (seen === by) return false
  }
  return false
}

function isAbove(ground: Seen, by: Seen | null): boolean {
  for (let seen: Seen | null = ground; seen; seen = seen.parent) if (seen === by) return true
  return by === null
}

function differs(fill: Colour, backdrop: Backdrop, seen: Seen): boolean {
  if (seen.blend) return differsBlended(fill, backdrop, { seen, group: seen.blend })
  return backdrop.colours.some((colour) => contrast(over(fill, colour, seen.opacity), colour) >= LEAST_CONTRAST)
}

/** What is blended is mixed with what lies behind the whole of it: the ground of the text as well, where that belongs to it. */
function differsBlended(fill: Colour, { colours, by }: Backdrop, { seen, group }: { seen: Seen; group: Seen }): boolean {
  const mode = group.style.mixBlendMode
  const own = by !== null && contains(group, by)
  const behind = own && group.parent ? backdropOf(group.parent).colours : colours
  if (behind.length === 0) return true
  return behind.some((below) =>
    (own ? colours : [below]).some((colour) => {
      const text = own ? blend(mode, over(fill, colour, seen.opacity), below) : over(blend(mode, fill, below), below, seen.opacity)
      return contrast(text, own ? blend(mode, colour, below) : below) >= LEAST_CONTRAST
    }),
  )
}

const SVG_TEXT = /^(?:text|tspan|textpath)$/

/** Letters of a drawing have a fill and a stroke; what they are drawn upon is known where there is no shape besides. */
function isDrawn(seen: Seen): boolean {
  const { fill, fillOpacity, stroke, strokeOpacity, strokeWidth } = seen.style
  const paints = [[fill, fillOpacity] as const, ...(Number.parseFloat(strokeWidth) >= 0.3 ? [[stroke, strokeOpacity] as const] : [])]
  const backdrop = backdropOf(seen)
  const among = seen.parent && hasShapes(seen)
  return paints.some(([paint, alpha]) => {
    if (paint === 'none') return false
    const colour = readColour(paint)
    if (!colour || paint.startsWith('url(')) return true
    const faint: Colour = [colour[0], colour[1], colour[2], colour[3] * Number.parseFloat(alpha)]
    if (faint[3] * seen.opacity < 0.1) return false
    return among || backdrop.colours.length === 0 || differs(faint, backdrop, seen)
  })
}

function hasShapes(seen: Seen): boolean {
  let top = seen
  while (top.parent && top.tag !== 'svg') top = top.parent
  return domReader().all(top.element, 'rect,path,circle,ellipse,polygon,polyline,image,use').length > 0
}

function backdropOf(seen: Seen): Backdrop {
  seen.backdrop ??= findBackdrop(seen)
  return seen.backdrop
}

const PICTURE: readonly Colour[] = []

/** Not by recursion: pages nest deeply. */
function findBackdrop(start: Seen): Backdrop {
  const tints: Colour[] = []
  const through: Seen[] = []
  let found: Backdrop | undefined
  for (let seen: Seen | null = start; seen && !found; seen = seen.parent) {
    if (seen.hidden) continue
    const known = seen === start ? undefined : seen.backdrop
    if (known) found = known
    else if (seen.tag === 'img' || seen.tag === 'video' || seen.tag === 'iframe')
      found = seen === start ? { colours: PICTURE, by: seen } : undefined
    else found = ownBackdrop(seen, tints)
    if (tints.length === 0) through.push(seen)
  }
  const { colours, by } = found ?? { colours: [pageGround(start)], by: null }
  if (tints.length === 0) for (const seen of through) seen.backdrop = { colours, by }
  return { colours: colours.map((colour) => tints.reduceRight((below, tint) => over(tint, below), colour)), by }
}

function ownBackdrop(seen: Seen, tints: Colour[]): Backdrop | undefined {
  if (seen.image !== '' && !seen.style.backgroundClip.includes('text')) {
    const stops = gradientStops(seen.image)
    if (!stops) return { colours: PICTURE, by: seen }
    const base = readColour(seen.background) ?? WHITE
    if (stops.length > 0) return { colours: stops.map((stop) => over(stop, base)), by: seen }
  }
  const colour = seen.background === '' ? null : readColour(seen.background)
  if (colour && colour[3] >= 0.98) return { colours: [colour], by: seen }
  if (colour && colour[3] > 0) tints.push(colour)
  return undefined
}

const DARK: Colour = [18, 18, 18, 1]

function pageGround({ space }: Seen): Colour {
  const root = domReader().rootElement(space.document)
  const scheme = root ? space.view.getComputedStyle(root).colorScheme : ''
  const dark = /\bdark\b/.test(scheme) && (!/\blight\b/.test(scheme) || space.view.matchMedia('(prefers-color-scheme: dark)').matches)
  return dark ? DARK : WHITE
}

/** The background is painted through the letters, so that their own colour does not matter. */
function clipsToText(seen: Seen): boolean {
  for (let at: Seen | null = seen, depth = 0; at && depth < 3; at = at.parent, depth++) {
    if (at.image === '' || !at.style.backgroundClip.includes('text')) continue
    const stops = gradientStops(at.image)
    if (!stops || !at.parent) return true
    const behind = backdropOf(at.parent)
    const { opacity } = at
    return behind.colours.length === 0 || stops.some((stop) => differs(stop, behind, { ...seen, opacity }))
  }
  return false
}

/** Letters without a colour of their own may have an outline or a shadow that can be read. */
function isOutlined(seen: Seen, backdrop: Backdrop): boolean {
  const { textShadow, webkitTextStrokeWidth, webkitTextStrokeColor } = seen.style
  if (Number.parseFloat(webkitTextStrokeWidth) >= 0.5) {
    const stroke = readColour(webkitTextStrokeColor)
    if (!stroke || differs(stroke, backdrop, seen)) return true
  }
  const shadow = /^(.*?\)) (-?[\d.]+)px (-?[\d.]+)px ([\d.]+)px/.exec(textShadow)
  const colour = shadow?.[1] ? readColour(shadow[1]) : null
  return colour !== null && Number(shadow?.[4]) <= 3 && differs(colour, backdrop, seen)
}
