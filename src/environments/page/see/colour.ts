/** Colours as computed styles write them, laid over one another and compared. */

/** Red, green and blue 0…255, alpha 0…1. */
export type Colour = readonly [number, number, number, number]

export const WHITE: Colour = [255, 255, 255, 1]

const known = new Map<string, Colour | null>()
const MOST_KNOWN = 2_000
const RGB = /^rgba?\(\s*([\d.]+),?\s+([\d.]+),?\s+([\d.]+)(?:\s*[,/]\s*([\d.]+))?\s*\)$/

/** `null` where it cannot be understood here. */
export function readColour(text: string): Colour | null {
  let colour = known.get(text)
  if (colour === undefined) {
    colour = fromRgb(text) ?? painted(text)
    if (known.size >= MOST_KNOWN) known.clear()
    known.set(text, colour)
  }
  return colour
}

function fromRgb(text: string): Colour | null {
  const match = RGB.exec(text)
  return match ? [Number(match[1]), Number(match[2]), Number(match[3]), match[4] === undefined ? 1 : Number(match[4])] : null
}

let canvas: OffscreenCanvasRenderingContext2D | null | undefined

/** What the browser itself makes of a colour of any other notation, in a canvas that belongs to no page. */
function painted(text: string): Colour | null {
  canvas ??= typeof OffscreenCanvas === 'undefined' ? null : new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })
  if (!canvas) return null
  canvas.clearRect(0, 0, 1, 1)
  canvas.fillStyle = 'rgba(1, 2, 3, 0)'
  canvas.fillStyle = text
  canvas.fillRect(0, 0, 1, 1)
  const [red = 0, green = 0, blue = 0, alpha = 0] = canvas.getImageData(0, 0, 1, 1).data
  return [red, green, blue, alpha / 255]
}

const COLOURS = /(?:rgba?|hsla?|color|lab|lch|oklab|oklch)\([^()]*\)/g

/** The stops of the gradients in a computed `background-image`; `null` where a picture is among its layers. */
export function gradientStops(image: string): readonly Colour[] | null {
  if (/\b(?:url|image|image-set|cross-fade|element|paint)\(/.test(image)) return null
  return (image.match(COLOURS) ?? []).map(readColour).filter((colour) => colour !== null)
}

/** `top` with its alpha times `opacity`, over a `bottom` whose alpha is taken for 1. */
export function over(top: Colour, bottom: Colour, opacity = 1): Colour {
  const alpha = Math.min(1, top[3] * opacity)
  const mix = (a: number, b: number): number => a * alpha + b * (1 - alpha)
  return [mix(top[0], bottom[0]), mix(top[1], bottom[1]), mix(top[2], bottom[2]), 1]
}

const MODES: Record<string, (top: number, bottom: number) => number> = {
  multiply: (top, bottom) => top * bottom,
  screen: (top, bottom) => top + bottom - top * bottom,
  darken: Math.min,
  lighten: Math.max,
  difference: (top, bottom) => Math.abs(top - bottom),
  exclusion: (top, bottom) => top + bottom - 2 * top * bottom,
  'color-dodge': (top, bottom) => (bottom === 0 ? 0 : top >= 1 ? 1 : Math.min(1, bottom / (1 - top))),
  'color-burn': (top, bottom) => (bottom >= 1 ? 1 : top <= 0 ? 0 : 1 - Math.min(1, (1 - bottom) / top)),
  'plus-lighter': (top, bottom) => Math.min(1, top + bottom),
}

/** A colour mixed with an opaque one behind it. Modes that are not told apart here leave it as it is. Source: CSS Compositing 1. */
export function blend(mode: string, top: Colour, bottom: Colour): Colour {
  const mix = MODES[mode]
  if (!mix) return top
  const channel = (at: 0 | 1 | 2): number => mix(top[at] / 255, bottom[at] / 255) * 255
  return [channel(0), channel(1), channel(2), top[3]]
}

/** Contrast of two opaque colours, 1 to 21. Source: WCAG 2.2, contrast ratio. */
export function contrast(a: Colour, b: Colour): number {
  const [dark, light] = [luminance(a), luminance(b)].toSorted((x, y) => x - y) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

function luminance([red, green, blue]: Colour): number {
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

function linear(value: number): number {
  const part = value / 255
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
}
