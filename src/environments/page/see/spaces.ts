/** The documents of one view: the page's own, and those of its frames that are of the same origin. */
import { domReader, property } from './dom.ts'
import { scrollReach } from './element-style.ts'
import { type Box, type Clip, throughClips, width, height } from './geometry.ts'
import { lazy } from './roles.ts'
import type { Seen, Space } from './seen.ts'

/** `null` for a document that is in no window. */
export function openSpace(document: Document, frame: Seen | null): Space | null {
  const dom = domReader()
  const view = dom.viewOf(document)
  const root = dom.rootElement(document)
  if (!view || !root) return null
  const { dx, dy } = frame ? originOf(frame) : { dx: 0, dy: 0 }
  const window: Box = { left: dx, top: dy, right: dx + view.innerWidth, bottom: dy + view.innerHeight }
  const up = frame ? joined(frame) : null
  const viewport: Clip = { box: window, reach: null, up }
  return { document, view, dx, dy, frame, viewport, page: pageClip(document, root, window, up, view) }
}

/** What a person can reach by scrolling the window. */
function pageClip(document: Document, root: Element, window: Box, up: Clip | null, view: Window): Clip {
  const body = domReader().body(document)
  const style = view.getComputedStyle(root)
  const own = style.overflow
  const overflow = own === 'visible' && body ? view.getComputedStyle(body).overflow : own
  const [x = 'visible', y = x] = overflow.split(' ')
  const cut = (value: string): boolean => value === 'hidden' || value === 'clip'
  if (cut(x) && cut(y)) return { box: window, reach: null, up }
  const all = scrollReach(domReader().scroller(document) ?? root, window, style.direction === 'rtl')
  const reach = {
    left: cut(x) ? window.left : all.left,
    right: cut(x) ? window.right : all.right,
    top: cut(y) ? window.top : all.top,
    bottom: cut(y) ? window.bottom : all.bottom,
  }
  return { box: window, reach, up }
}

/** Masks and clips of a frame's element, one after the other. */
function joined({ clip, mask }: Seen): Clip | null {
  let first = clip
  for (let one = mask; one; one = one.up) first = { ...one, up: first }
  return first
}

const edges = lazy(() => ({
  left: property<number>(['Element'], 'clientLeft'),
  top: property<number>(['Element'], 'clientTop'),
}))

function originOf({ element, box, style }: Seen): { dx: number; dy: number } {
  const { left = 0, top = 0 } = box ?? {}
  return {
    dx: left + (edges().left(element) ?? 0) + Number.parseFloat(style.paddingLeft),
    dy: top + (edges().top(element) ?? 0) + Number.parseFloat(style.paddingTop),
  }
}

const contentDocument = lazy(() => property<Document | null>(['HTMLIFrameElement', 'HTMLFrameElement'], 'contentDocument'))

/** The document of a frame that can be seen; `null` for one of another origin. */
export function documentOfFrame(element: Element): Document | null {
  return contentDocument()(element) ?? null
}

/** The dialog of a document that makes everything else inert. The last one in the tree where there are several. */
export function modalOf(document: Document): Element | null {
  const dom = domReader()
  const open = dom.all(document, 'dialog:modal')
  const inShadow = open.length > 0 ? null : deepModal(dom.activeElement(document))
  return open.findLast((dialog) => dom.checkVisibility(dialog, {})) ?? inShadow ?? fencingDialog(document)
}

/** A modal dialog within a shadow tree has the keyboard in it. */
function deepModal(active: Element | null): Element | null {
  const dom = domReader()
  for (let node = active; node;) {
    const root = dom.shadowRoot(node)
    if (!root) return null
    const open = dom.all(root, 'dialog:modal').at(-1)
    if (open) return open
    node = dom.activeElement(root)
  }
  return null
}

/** `aria-modal` is a claim: it is believed where a click at any of nine points would not get past the dialog and what it lies upon. */
function fencingDialog(document: Document): Element | null {
  const dom = domReader()
  const view = dom.viewOf(document)
  const claims = dom
    .all(document, '[aria-modal="true"]')
    .filter((dialog) => dom.checkVisibility(dialog, { opacityProperty: true, visibilityProperty: true }))
  const dialog = claims.at(-1)
  if (!dialog || !view) return null
  const { left, top, right, bottom } = dom.rect(dialog)
  const own = throughClips(
    { left, top, right, bottom },
    { box: { left: 0, top: 0, right: view.innerWidth, bottom: view.innerHeight }, reach: null, up: null },
  )
  if (!own || width(own.box) < 50 || height(own.box) < 20) return null
  const shares = [0.02, 0.5, 0.98]
  const fenced = shares.every((x) =>
    shares.every((y) => isFence(document, dialog, { x: x * view.innerWidth, y: y * view.innerHeight, view })),
  )
  return fenced ? dialog : null
}

function isFence(document: Document, dialog: Element, { x, y, view }: { x: number; y: number; view: Window }): boolean {
  const dom = domReader()
  const [top] = dom.elementsFromPoint(document, x, y)
  if (!top) return true
  for (let node: Node | null = top; node; node = dom.parentNode(node)) if (node === dialog) return true
  const { left, top: above, right, bottom } = dom.rect(top)
  const covers = left <= 1 && above <= 1 && right >= view.innerWidth - 1 && bottom >= view.innerHeight - 1
  return covers && view.getComputedStyle(top).position === 'fixed'
}
