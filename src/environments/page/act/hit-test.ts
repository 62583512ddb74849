/** Where a person would click on an element, and whether anything else is in the way. */
import { isOwnElement } from '../../../security/own-elements.ts'
import { controlAround } from './activated.ts'
import { attributeOf, call, documentOf, isHtml, matches, pathOf, queryAll, read, readNative, realmOf, tagOf, type Realm } from './native.ts'
import { cleanText, roleOf } from './labels.ts'

export interface Hit {
  /** What is topmost at the point: the element, or something in it that a click on it goes through. */
  target: Element
  /** In CSS pixels of the element's own window. */
  x: number
  y: number
}

export type HitTest = { ok: true; hit: Hit } | { ok: false; problem: string }

/** Scrolls the element into view where it is not. Of a control that is drawn by its label the label is hit. */
export function hitTest(element: Element): HitTest {
  const shown = [element, ...labelsShowing(element), ...insidesOf(element)].find(hasBox) ?? element
  if (!hasBox(shown)) return { ok: false, problem: 'is not visible now' }
  if (isHtml(shown, 'area')) return { ok: true, hit: { target: shown, ...centerOf(shown.parentElement ?? shown) } }
  const first = hitNow(shown, element)
  if (first.ok) return first
  call('Element', 'scrollIntoView', shown, { block: 'center', inline: 'center', behavior: 'instant' })
  return hitNow(shown, element)
}

function hitNow(shown: Element, element: Element): HitTest {
  const view = realmOf(shown)
  if (!view) return { ok: false, problem: 'is in no page' }
  let above: Element | null = null
  let inside: Hit | null = null
  for (const { x, y } of pointsOf(shown, view)) {
    const top = topAt(documentOf(shown), x, y)
    if (!top) continue
    const cover = coverOfFrame(view, x, y)
    if (cover) above = cover
    else if (goesThrough(top, element)) return { ok: true, hit: { target: top, x, y } }
    else if (pathOf(top).includes(shown)) inside ??= { target: shown, x, y }
    else above ??= top
  }
  if (inside) return { ok: true, hit: inside }
  return { ok: false, problem: above ? `is covered by ${described(above)}` : 'is out of view, and cannot be scrolled into it' }
}

/** A click there does what a click on the element does, and not what another control or handler in it does. */
function goesThrough(top: Element, element: Element): boolean {
  const control = controlAround(element)
  if (controlAround(top) !== control) return false
  const path = pathOf(top)
  const depth = path.indexOf(element)
  return depth === -1 ? control !== null : !path.slice(0, depth).some((at) => typeof readNative(at, 'onclick') === 'function')
}

/** Shadow trees are looked into; what belongs to this library is looked through. */
function topAt(document: Document, x: number, y: number): Element | null {
  let root: Document | ShadowRoot = document
  let top: Element | null = null
  for (;;) {
    const prototype = root === document ? ('Document' as const) : ('ShadowRoot' as const)
    const stack = call(prototype, 'elementsFromPoint', root as Document & ShadowRoot, x, y) as Element[]
    const next = stack.find((at) => !isOwnElement(at))
    if (!next || next === top) return top
    top = next
    const inner = read('Element', 'shadowRoot', top)
    if (!inner) return top
    root = inner
  }
}

/** What covers the frame at this point in the pages around it. */
function coverOfFrame(view: Realm, x: number, y: number): Element | null {
  const frame = frameOf(view)
  const outer = frame && realmOf(frame)
  if (!frame || !outer) return null
  const box = call('Element', 'getBoundingClientRect', frame)
  // A frame may be shown smaller than it is.
  const { offsetWidth, offsetHeight } = frame as HTMLElement
  const at = {
    x: box.x + (frame.clientLeft + x) * (box.width / (offsetWidth || 1)),
    y: box.y + (frame.clientTop + y) * (box.height / (offsetHeight || 1)),
  }
  const top = topAt(documentOf(frame), at.x, at.y)
  return top === frame ? coverOfFrame(outer, at.x, at.y) : top
}

function frameOf(view: Realm): Element | null {
  try {
    return view.frameElement
  } catch {
    return null
  }
}

/** Middle of each line's box, then what lies around the middle. */
function pointsOf(element: Element, view: Realm): { x: number; y: number }[] {
  const boxes = [...call('Element', 'getClientRects', element)].slice(0, 8).map((box) => ({
    left: Math.max(0, box.left),
    top: Math.max(0, box.top),
    right: Math.min(view.innerWidth, box.right),
    bottom: Math.min(view.innerHeight, box.bottom),
  }))
  const visible = boxes.filter((box) => box.right - box.left > 0 && box.bottom - box.top > 0)
  return PARTS.flatMap(([across, down]) =>
    visible.map(({ left, top, right, bottom }) => ({ x: left + (right - left) * across, y: top + (bottom - top) * down })),
  )
}

const PARTS: readonly [number, number][] = [
  [0.5, 0.5],
  [0.25, 0.5],
  [0.75, 0.5],
  [0.5, 0.2],
  [0.5, 0.8],
  [0.05, 0.5],
  [0.95, 0.5],
  [0.1, 0.1],
  [0.9, 0.9],
]

function centerOf(element: Element): { x: number; y: number } {
  const { x, y, width, height } = call('Element', 'getBoundingClientRect', element)
  return { x: x + width / 2, y: y + height / 2 }
}

function hasBox(element: Element): boolean {
  if (isHtml(element, 'area')) return true
  const seen = call('Element', 'checkVisibility', element, { visibilityProperty: true })
  return seen && [...call('Element', 'getClientRects', element)].some(({ width, height }) => width > 1 && height > 1)
}

/** Checkboxes and radio buttons are often drawn by their labels. */
function labelsShowing(element: Element): Element[] {
  return isHtml(element, 'input') && ['checkbox', 'radio', 'file'].includes(element.type) ? [...(element.labels ?? [])] : []
}

/** What is drawn of an element that has no box of its own. */
function insidesOf(element: Element): Element[] {
  const display = realmOf(element)?.getComputedStyle(element).display
  return display === 'contents'
    ? queryAll(element, ':scope > *')
        .flatMap((inner) => [inner, ...insidesOf(inner)])
        .slice(0, 50)
    : []
}

function described(element: Element): string {
  const part =
    pathOf(element).find((at) => ['dialog', 'alertdialog', 'menu', 'listbox', 'banner', 'navigation'].includes(roleOf(at) ?? '')) ?? element
  const name = cleanText(attributeOf(part, 'aria-label')).slice(0, 60)
  const kind = roleOf(part) ?? (matches(part, 'iframe') ? 'frame' : `<${tagOf(part)}>`)
  return name === '' ? `something else (${kind})` : `something else (${kind} ${JSON.stringify(name)})`
}
