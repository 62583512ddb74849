/** What `clip-path` and `clip` leave of a box. What cannot be worked out here leaves nothing: better unseen than unseen by a person. */
import { NOWHERE, type Box, height, width } from './geometry.ts'

/** @param path computed `clip-path` */
export function clipPathBox(path: string, box: Box): Box {
  const shape = /^([a-z]+)\(([^()]*)\)/.exec(path)
  if (!shape) return /^(?:border|padding|content|margin|fill|stroke|view)-box$/.test(path) ? box : NOWHERE
  const [, kind, text = ''] = shape
  if (kind === 'inset') return inset(text, box)
  if (kind === 'circle' || kind === 'ellipse') return round(text, box)
  return kind === 'polygon' ? polygon(text, box) : NOWHERE
}

/** @param clip computed `clip`, of a positioned element */
export function clipBox(clip: string, box: Box): Box {
  const sides = /^rect\(([^()]*)\)$/.exec(clip)?.[1]?.split(/[\s,]+/)
  if (sides?.length !== 4) return box
  const [top = '', right = '', bottom = '', left = ''] = sides
  const at = (side: string, start: number, otherwise: number): number => (side === 'auto' ? otherwise : start + Number.parseFloat(side))
  return {
    left: at(left, box.left, box.left),
    top: at(top, box.top, box.top),
    right: at(right, box.left, box.right),
    bottom: at(bottom, box.top, box.bottom),
  }
}

function inset(text: string, box: Box): Box {
  const [sides = ''] = text.split(/\s+round\s+/)
  const [top = '0', right = top, bottom = top, left = right] = sides.trim().split(/\s+/)
  return {
    left: box.left + length(left, width(box)),
    top: box.top + length(top, height(box)),
    right: box.right - length(right, width(box)),
    bottom: box.bottom - length(bottom, height(box)),
  }
}

function round(text: string, box: Box): Box {
  const [sizes = '', place = '50% 50%'] = ` ${text}`.split(/\s+at\s+/)
  const [x = '50%', y = '50%'] = place.trim().split(/\s+/)
  const centre = { x: box.left + length(x, width(box)), y: box.top + length(y, height(box)) }
  const [first = 'closest-side', second = first] = sizes.trim() === '' ? [] : sizes.trim().split(/\s+/)
  const [across, down] = [radius(first, width(box)), radius(second, height(box))]
  return { left: centre.x - across, top: centre.y - down, right: centre.x + across, bottom: centre.y + down }
}

function radius(text: string, whole: number): number {
  return text.endsWith('-side') || text.endsWith('-corner') ? whole / 2 : length(text, whole)
}

function polygon(text: string, box: Box): Box {
  const points = text
    .replace(/^\s*(?:nonzero|evenodd)\s*,/, '')
    .split(',')
    .map((point) => point.trim().split(/\s+/))
  if (!isBroad(points.map(([x = '', y = '']) => [length(x, width(box)), length(y, height(box))]))) return NOWHERE
  const across = points.map(([x = '']) => box.left + length(x, width(box)))
  const down = points.map(([, y = '']) => box.top + length(y, height(box)))
  return {
    left: Math.max(box.left, Math.min(...across)),
    top: Math.max(box.top, Math.min(...down)),
    right: Math.min(box.right, Math.max(...across)),
    bottom: Math.min(box.bottom, Math.max(...down)),
  }
}

/** Fills enough of the box around it to be read through: a triangle does, a sliver does not. */
function isBroad(points: readonly (readonly number[])[]): boolean {
  let area = 0
  const sides = [Infinity, Infinity, -Infinity, -Infinity]
  for (const [at, [x = Number.NaN, y = Number.NaN]] of points.entries()) {
    const [nextX = 0, nextY = 0] = points[(at + 1) % points.length] ?? []
    area += x * nextY - nextX * y
    const [left = 0, top = 0, right = 0, bottom = 0] = sides
    sides.splice(0, 4, Math.min(left, x), Math.min(top, y), Math.max(right, x), Math.max(bottom, y))
  }
  const [left = 0, top = 0, right = 0, bottom = 0] = sides
  return Math.abs(area) / 2 >= 0.25 * (right - left) * (bottom - top)
}

/** Pixels. Not a number where it is neither pixels nor per cent, which leaves nothing of the box. */
function length(text: string, whole: number): number {
  if (text.endsWith('%')) return (Number.parseFloat(text) / 100) * whole
  return text.endsWith('px') || text === '0' ? Number.parseFloat(text) : Number.NaN
}
