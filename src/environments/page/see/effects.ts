/** What effects leave of an element and all that is in it: transparency, filters, masks, backs that are not shown, blending. */
import { gradientStops } from './colour.ts'
import type { Seen } from './seen.ts'

export function readEffects(seen: Seen): void {
  const { opacity, filter, maskImage, backfaceVisibility, mixBlendMode } = seen.style
  if (opacity !== '1') seen.opacity *= Number.parseFloat(opacity)
  if (filter !== 'none') readFilter(seen, filter)
  if (maskImage !== 'none' && masksAll(maskImage, seen.style.maskSize)) seen.opacity = 0
  if (backfaceVisibility === 'hidden' && isTurnedAway(seen)) seen.opacity = 0
  if (mixBlendMode !== 'normal') seen.blend = seen
}

function readFilter(seen: Seen, filter: string): void {
  for (const [, kind, amount = '1', unit] of filter.matchAll(/(opacity|blur|contrast|brightness)\(([\d.e+-]+)(%|px)?\)/g)) {
    const value = Number.parseFloat(amount) / (unit === '%' ? 100 : 1)
    if (kind === 'opacity') seen.opacity *= value
    else if (kind === 'brightness') {
      // Pictures are made black or white in this way, which leaves their shapes.
      if ((value < 0.05 || value > 20) && !/invert/.test(filter) && !PICTURES.test(seen.tag)) seen.opacity = 0
    } else if (kind === 'blur' ? value >= 8 : value < 0.1) seen.opacity = 0
  }
}

const PICTURES = /^(?:img|svg|canvas|video|iframe)$/

/** Of a picture as a mask nobody knows what it leaves. */
function masksAll(image: string, size: string): boolean {
  if (/(?:^|[\s,])0(?:px|%)?(?:[\s,]|$)/.test(size)) return true
  const stops = gradientStops(image)
  return stops !== null && stops.length > 0 && stops.every((stop) => stop[3] < 0.1)
}

function isTurnedAway(seen: Seen): boolean {
  let matrix = matrixOf(seen)
  for (let at = seen.parent; at?.style.transformStyle === 'preserve-3d'; at = at.parent) matrix = matrixOf(at).multiply(matrix)
  return matrix.m33 < 0
}

const AXES: Record<string, readonly [number, number, number]> = { x: [1, 0, 0], y: [0, 1, 0], z: [0, 0, 1] }

function matrixOf({ style }: Seen): DOMMatrix {
  const { transform, rotate } = style
  const own = transform === 'none' ? new DOMMatrix() : new DOMMatrix(transform)
  const turn = /^(?:(?<axis>[xyz]|(?:-?[\d.e+-]+ ){2}-?[\d.e+-]+) )?(?<angle>-?[\d.e+-]+)deg$/.exec(rotate)?.groups
  if (!turn) return own
  const { axis = 'z', angle = '0' } = turn
  const [x = 0, y = 0, z = 1] = AXES[axis] ?? axis.split(' ').map(Number)
  return new DOMMatrix().rotateAxisAngle(x, y, z, Number(angle)).multiply(own)
}
