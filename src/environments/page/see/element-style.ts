/** From an element to what is known of how it is shown. `null` for an element of which, with all that is in it, nothing is. */
import { domReader, property } from './dom.ts'
import { readEffects } from './effects.ts'
import { type Box, type Clip, EVERYWHERE, height, throughClips, width, within } from './geometry.ts'
import { clipBox, clipPathBox } from './masks.ts'
import { readOverlay } from './overlays.ts'
import { inputType, isUsableRole, lazy, roleOf } from './roles.ts'
import type { Seen, Space } from './seen.ts'

/** Never shown, or shown only where something else cannot be. */
const NEVER = new Set(
  'script style template noscript head meta link title base param source track datalist object embed applet audio video canvas area map noembed noframes defs desc metadata symbol lineargradient radialgradient clippath mask pattern filter marker option optgroup'.split(
    ' ',
  ),
)
const PICTURES = new Set(['img', 'svg', 'canvas', 'video', 'iframe', 'frame'])
/** Shown as boxes, their insides being no text of the page. */
const BOXES = new Set(['canvas', 'video'])

const ALL = { opacityProperty: true, visibilityProperty: true }
const DRAWN = { opacityProperty: true }
/** Lines of drawings: nothing in them is a text, and what they are part of is the picture. */
const SHAPES = new Set(['path', 'circle', 'ellipse', 'rect', 'line', 'polygon', 'polyline', 'use', 'stop'])
const TRANSPARENT = 'rgba(0, 0, 0, 0)'

export function seeElement(element: Element, parent: Seen | null, space: Space, start: number): Seen | null {
  const dom = domReader()
  const tag = dom.tag(element).toLowerCase()
  if (NEVER.has(tag) && !BOXES.has(tag)) return null
  if (SHAPES.has(tag) && !dom.firstChild(element) && !isUsedShape(element)) return null
  const attributed = dom.hasAttributes(element)
  if (attributed && dom.attribute(element, 'aria-hidden') === 'true') return null
  const shown = dom.checkVisibility(element, ALL)
  const style = space.view.getComputedStyle(element)
  let hidden = parent?.hidden ?? false
  if (!shown) {
    if (style.display === 'none') return null
    if (style.display !== 'contents' && !dom.checkVisibility(element, DRAWN) && !isOverlaidInput(element, tag, style)) return null
    hidden = style.visibility !== 'visible'
  } else hidden = false
  const seen = blank({ element, tag, parent, space, style, start, attributed })
  seen.hidden = hidden
  if (shown || style.display !== 'contents') readBox(seen)
  readUse(seen)
  return seen.opacity < 0.1 && !isOverlaidInput(element, tag, style) ? null : seen
}

function isUsedShape(element: Element): boolean {
  return (
    ['role', 'onclick', 'tabindex'].some((name) => domReader().attribute(element, name) !== null) ||
    typeof onclick()(element) === 'function'
  )
}

type Begun = Pick<Seen, 'element' | 'tag' | 'parent' | 'space' | 'style' | 'start' | 'attributed'>

function blank({ element, tag, parent, space, style, start, attributed }: Begun): Seen {
  // What clips a frame's document is part of that document's own clips.
  const inside = parent?.space === space ? parent.inside : space.page
  return {
    kind: 'element',
    element,
    tag,
    attributed,
    parent,
    space,
    style,
    start,
    end: start,
    opacity: parent?.opacity ?? 1,
    blend: parent?.blend ?? null,
    hidden: false,
    inert: parent?.inert ?? false,
    topLayer: false,
    position: 'static',
    clip: inside,
    inside,
    mask: parent?.space === space ? parent.mask : null,
    background: '',
    image: '',
    legible: undefined,
    cover: null,
    veil: parent?.veil ?? null,
    backdrop: undefined,
    holds: undefined,
    role: null,
    usable: false,
    control: element,
    box: null,
    place: null,
    name: '',
    ref: '',
    hand: undefined,
    rowText: undefined,
  }
}

function readBox(seen: Seen): void {
  const { element, style } = seen
  seen.position = style.position
  if (seen.attributed) readAttributes(seen)
  readEffects(seen)
  if (seen.position !== 'static' && !seen.hidden) readOverlay(seen)
  if (!seen.hidden) readBackground(seen)
  if (seen.position !== 'static' && seen.style.zIndex.startsWith('-') && isBuried(seen)) seen.opacity = 0
  if (seen.position === 'absolute' || seen.position === 'fixed') seen.clip = seen.inside = clipOfPositioned(seen)
  const path = style.clipPath
  if (path !== 'none') seen.mask = { box: clipPathBox(path, boxOf(seen)), reach: null, up: seen.mask }
  const { contain, overflow } = style
  if (contain !== 'none' && PAINT.test(contain)) seen.inside = { box: boxOf(seen), reach: null, up: seen.inside }
  if (overflow !== 'visible' && !isPage(element, seen)) seen.inside = clipOfOverflow(seen, overflow)
}

/** Nothing is painted outside of the box. */
const PAINT = /paint|strict|content/

function readAttributes(seen: Seen): void {
  const dom = domReader()
  if (dom.attribute(seen.element, 'inert') !== null) seen.inert = true
  const onTop = seen.tag === 'dialog' ? ':modal' : dom.attribute(seen.element, 'popover') === null ? '' : ':popover-open'
  if (onTop === '' || !dom.matches(seen.element, onTop)) return
  Object.assign(seen, { topLayer: true, opacity: 1, mask: null })
}

function readBackground(seen: Seen): void {
  const { backgroundColor, backgroundImage } = seen.style
  if (backgroundColor !== TRANSPARENT) seen.background = backgroundColor
  if (backgroundImage !== 'none') seen.image = backgroundImage
  if (seen.background !== '' || seen.image !== '' || PICTURES.has(seen.tag)) boxOf(seen)
}

/** What lies below the ground of its own ancestors, which an opaque one of them hides. */
function isBuried(seen: Seen): boolean {
  for (let above = seen.parent; above && above.tag !== 'body'; above = above.parent) {
    const { zIndex, opacity, transform, filter, isolation } = above.style
    const stacks = above.position !== 'static' && zIndex !== 'auto'
    if (stacks || opacity !== '1' || transform !== 'none' || filter !== 'none' || isolation === 'isolate') return false
    if ((above.background !== '' && !/, 0(?:\.\d+)?\)$/.test(above.background)) || above.image !== '')
      if (within(boxOf(seen), boxOf(above), 2)) return true
  }
  return false
}

/** Its own box, in pixels of the top window's viewport. */
export function boxOf(seen: Seen): Box {
  if (seen.box) return seen.box
  const rect = domReader().rect(seen.element)
  const { dx, dy } = seen.space
  seen.box = { left: rect.left + dx, top: rect.top + dy, right: rect.right + dx, bottom: rect.bottom + dy }
  return seen.box
}

/** Positioned boxes are clipped by what holds them, and not by what is between. */
function clipOfPositioned(seen: Seen): Clip | null {
  const { position, space, parent } = seen
  const plain = position === 'fixed' || seen.topLayer ? space.viewport : space.page
  let clip: Clip | null = plain
  if (!seen.topLayer && (position === 'fixed' || (parent && parent.inside !== space.page)))
    for (let holder = parent; holder; holder = holder.parent)
      if (holder.space !== space) break
      else if ((position === 'absolute' && holder.position !== 'static') || holdsFixed(holder)) {
        clip = holder.inside
        break
      }
  const cut = seen.style.clip
  if (cut !== 'auto') seen.mask = { box: clipBox(cut, boxOf(seen)), reach: null, up: seen.mask }
  return clip
}

function holdsFixed(seen: Seen): boolean {
  if (seen.holds === undefined) {
    const { transform, perspective, filter, contain, willChange } = seen.style
    seen.holds =
      transform !== 'none' ||
      perspective !== 'none' ||
      filter !== 'none' ||
      PAINT.test(contain) ||
      contain.includes('layout') ||
      /transform|filter|perspective/.test(willChange)
  }
  return seen.holds
}

/** The overflow of these two is the window's. */
function isPage(element: Element, { space, tag }: Seen): boolean {
  if (tag !== 'html' && tag !== 'body') return false
  const dom = domReader()
  const root = dom.rootElement(space.document)
  return (
    element === root || (element === dom.body(space.document) && root !== null && space.view.getComputedStyle(root).overflow === 'visible')
  )
}

const scrolled = lazy(() => ({
  left: property<number>(['Element'], 'scrollLeft'),
  top: property<number>(['Element'], 'scrollTop'),
  width: property<number>(['Element'], 'scrollWidth'),
  height: property<number>(['Element'], 'scrollHeight'),
}))

function clipOfOverflow(seen: Seen, overflow: string): Clip {
  const [x = 'visible', y = x] = overflow.split(' ')
  const box = boxOf(seen)
  const cut = { ...EVERYWHERE }
  if (x !== 'visible') Object.assign(cut, { left: box.left, right: box.right })
  if (y !== 'visible') Object.assign(cut, { top: box.top, bottom: box.bottom })
  const scrolls = (value: string): boolean => value === 'auto' || value === 'scroll'
  if (!scrolls(x) && !scrolls(y)) return { box: cut, reach: null, up: seen.inside }
  const all = scrollReach(seen.element, box, seen.style.direction === 'rtl')
  const reach = {
    ...cut,
    ...(scrolls(x) && { left: all.left, right: all.right }),
    ...(scrolls(y) && { top: all.top, bottom: all.bottom }),
  }
  return { box: cut, reach, up: seen.inside }
}

/** Where the inside of a container lies, all of it that scrolling can show. */
export function scrollReach(element: Element, box: Box, rightToLeft: boolean): Box {
  const read = scrolled()
  const [left = 0, top = 0] = [read.left(element), read.top(element)]
  const [across = 0, down = 0] = [read.width(element), read.height(element)]
  const x = rightToLeft ? box.right - left - across : box.left - left
  // Borders and scroll bars are not part of what scrolls: a few pixels more do no harm.
  return {
    left: x - 2,
    top: box.top - top - 2,
    right: x + Math.max(across, width(box)) + 2,
    bottom: box.top - top + Math.max(down, height(box)) + 2,
  }
}

const onclick = lazy(() => property<unknown>(['HTMLElement', 'SVGElement'], 'onclick'))

function readUse(seen: Seen): void {
  const { element, tag, attributed } = seen
  seen.role = roleOf(element, tag, attributed)
  const usable =
    (seen.role !== null && isUsableRole(seen.role)) ||
    tag === 'textarea' ||
    (attributed && (isEdited(element) || domReader().attribute(element, 'onclick') !== null)) ||
    typeof onclick()(element) === 'function'
  if (usable && !(seen.hidden || (tag === 'input' && inputType(element) === 'hidden'))) seen.usable = true
  if (seen.usable || (PICTURES.has(tag) && !seen.hidden)) seen.place = placeOf(boxOf(seen), seen)
}

/** Takes text that a person types, and is where that begins. */
export function isEdited(element: Element): boolean {
  const value = domReader().attribute(element, 'contenteditable')
  return value !== null && value.toLowerCase() !== 'false'
}

/** What a person can see of a box that belongs to `seen`, which is not inside of it. */
export function placeOf(box: Box, seen: Seen): Box | null {
  if (width(box) < 2 || height(box) < 2) return null
  const through = throughClips(box, seen.mask) && throughClips(box, seen.clip)
  return through && width(through.at) >= 2 && height(through.at) >= 2 ? through.at : null
}

/** Widgets drawn by a page often have the real input above them, transparent: what a person clicks. */
function isOverlaidInput(element: Element, tag: string, style: CSSStyleDeclaration): boolean {
  if (tag !== 'input' || Number.parseFloat(style.opacity) >= 0.1) return false
  const type = inputType(element)
  if (type !== 'checkbox' && type !== 'radio') return false
  const parent = domReader().parentNode(element)
  return parent !== null && domReader().nodeType(parent) === 1 && domReader().checkVisibility(parent as Element, ALL)
}
