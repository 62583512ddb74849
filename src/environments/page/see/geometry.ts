/** Boxes, and what is left of them where others clip them. */

/** Pixels of the top window's viewport. */
export interface Box {
  left: number
  top: number
  right: number
  bottom: number
}

/** A box that hides what is outside of it; what can be scrolled into it counts as inside. */
export interface Clip {
  box: Box
  /** Everything that scrolling brings into the box; `null` where a person cannot scroll it. */
  reach: Box | null
  up: Clip | null
}

export const EVERYWHERE: Box = { left: -Infinity, top: -Infinity, right: Infinity, bottom: Infinity }
export const NOWHERE: Box = { left: 0, top: 0, right: 0, bottom: 0 }

export const width = (box: Box): number => box.right - box.left
export const height = (box: Box): number => box.bottom - box.top

export function intersection(a: Box, b: Box): Box {
  return {
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  }
}

/** They share more than an edge of `margin` pixels. */
export function overlap(a: Box, b: Box, margin = 1): boolean {
  return a.left + margin < b.right && b.left + margin < a.right && a.top + margin < b.bottom && b.top + margin < a.bottom
}

export function within(inner: Box, outer: Box, margin = 1): boolean {
  return (
    inner.left >= outer.left - margin &&
    inner.top >= outer.top - margin &&
    inner.right <= outer.right + margin &&
    inner.bottom <= outer.bottom + margin
  )
}

/** Pixels. Nothing can be read by scrolling through a hole that is smaller. */
const LEAST_WINDOW = 8

/** What a person can see of a box, at once or after scrolling. */
export interface Seeable {
  /** The part that no ancestor cuts off. */
  box: Box
  /** Where it is, or where the container is that has to be scrolled to see it. */
  at: Box
  scrolled: boolean
}

/** `null` where nothing of the box can ever be seen. */
export function throughClips(start: Box, first: Clip | null): Seeable | null {
  let box = start
  let at = start
  let scrolled = false
  for (let clip = first; clip; clip = clip.up) {
    if (!clip.reach) {
      at = intersection(at, clip.box)
      if (!scrolled) box = at
    } else {
      if (width(clip.box) < LEAST_WINDOW || height(clip.box) < LEAST_WINDOW) return null
      at = intersection(at, clip.reach)
      if (!scrolled) box = at
      if (isNothing(at)) return null
      if (!overlap(at, clip.box, 0)) {
        at = clip.box
        scrolled = true
      }
    }
    if (isNothing(at)) return null
  }
  return { box, at, scrolled }
}

/** Smaller than the smallest sign that can be read. */
function isNothing(box: Box): boolean {
  return !(width(box) >= 1 && height(box) >= 1)
}
