/** Opaque boxes, and which of them lie above a place. */
import { gradientStops, readColour } from './colour.ts'
import { type Box, type Clip, height, intersection, overlap, NOWHERE, throughClips, width, within } from './geometry.ts'
import { paintsAbove } from './paint-order.ts'
import { contains, type Item, type Run, type Seen } from './seen.ts'

/** Pixels of a band of the page; boxes are looked up by the bands that they touch. */
const BAND = 256
/** Boxes over more bands than this are looked at always. */
const MOST_BANDS = 16

export interface Covers {
  /** Those that share some of the box with a thing that is not in them, and do not move against it. */
  near(item: Run | Seen): readonly Seen[]
  /** Covers everything that a container ever shows of the thing, wherever it is scrolled to. */
  hides(item: Run | Seen): boolean
}

export function collectCovers(stream: readonly Item[]): Covers {
  const all = stream.filter((item): item is Seen => item.kind === 'element' && isOpaque(item))
  const bands = bandsOf(all)
  const over = new Map<Clip, readonly Seen[]>()
  const overClip = (clip: Clip): readonly Seen[] => {
    const known = over.get(clip)
    if (known) return known
    const found = all.filter((cover) => within(visiblePart(clip), coverOf(cover), 2) && moves(cover, clip))
    over.set(clip, found)
    return found
  }
  return {
    near: (item) => nearOf(bands, item),
    hides: (item) => {
      const parent = insideOf(item)
      for (let clip = parent.inside; clip; clip = clip.up)
        if (clip.reach && overClip(clip).some((cover) => !contains(cover, item) && paintsAbove(cover, parent, clip.box))) return true
      return false
    },
  }
}

/** A frame's or a picture's inside is taken to fill it; a picture behind an element is not, since most of those let the page through. */
function isOpaque(seen: Seen): boolean {
  if (seen.hidden || seen.opacity < 0.95) return false
  if (seen.cover) return true
  if (!seen.box) return false
  if (width(seen.box) < 2 || height(seen.box) < 2) return false
  if (seen.tag === 'img' || seen.tag === 'video' || seen.tag === 'iframe') return true
  if (seen.background !== '' && (readColour(seen.background)?.[3] ?? 0) >= 0.95) return true
  if (seen.image === '') return false
  const stops = gradientStops(seen.image)
  return stops !== null && stops.length > 0 && stops.every((stop) => stop[3] >= 0.95)
}

/** The box that it covers. */
export function coverOf(cover: Seen): Box {
  return cover.cover ?? cover.box ?? NOWHERE
}

interface Bands {
  tall: readonly Seen[]
  at(box: Box): readonly Seen[]
}

const NONE: readonly Seen[] = []

function bandsOf(all: readonly Seen[]): Bands {
  const tall: Seen[] = []
  const bands = new Map<number, Seen[]>()
  for (const seen of all) {
    const box = coverOf(seen)
    const [first, last] = [Math.floor(box.top / BAND), Math.floor(box.bottom / BAND)]
    if (!(last - first < MOST_BANDS)) tall.push(seen)
    else
      for (let band = first; band <= last; band++) {
        const list = bands.get(band)
        if (list) list.push(seen)
        else bands.set(band, [seen])
      }
  }
  return { tall, at: (box) => bands.get(Math.floor((box.top + box.bottom) / 2 / BAND)) ?? NONE }
}

function nearOf({ tall, at }: Bands, item: Run | Seen): readonly Seen[] {
  let near: Seen[] | null = null
  for (const list of [at(boxOf(item)), tall]) for (const cover of list) if (isNear(cover, item)) (near ??= []).push(cover)
  return near ?? NONE
}

function isNear(cover: Seen, item: Run | Seen): boolean {
  if (!overlap(coverOf(cover), boxOf(item)) || contains(cover, item)) return false
  if (item.kind === 'element' && contains(item, cover)) return false
  for (let clip = insideOf(item).inside; clip; clip = clip.up) if (clip.reach && isRoomy(clip) && moves(cover, clip)) return false
  return overlap(throughClips(coverOf(cover), cover.clip)?.box ?? NOWHERE, boxOf(item))
}

/** Does not scroll with what is in the container: it is not in there, or sticks. */
function moves(cover: Seen, clip: Clip): boolean {
  for (let seen: Seen | null = cover; seen; seen = seen.parent) if (seen.position === 'sticky') return true
  for (let own = cover.clip; own; own = own.up) if (own === clip) return false
  return true
}

function isRoomy({ box, reach }: Clip): boolean {
  return reach !== null && (width(reach) > width(box) + 8 || height(reach) > height(box) + 8)
}

function visiblePart(clip: Clip): Box {
  let box = clip.box
  for (let up = clip.up; up; up = up.up) box = intersection(box, up.box)
  return box
}

function boxOf(item: Run | Seen): Box {
  return item.kind === 'text' ? item.box : (item.box as Box)
}

function insideOf(item: Run | Seen): Seen {
  return item.kind === 'text' ? item.parent : item
}
