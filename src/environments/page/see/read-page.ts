/**
 * One reading of a page: every element and text that boxes and styles show to a person, in the order of the flat tree. Reads, never
 * writes; gives way at each `yield`.
 */
import { domReader } from './dom.ts'
import { seeElement } from './element-style.ts'
import type { Item, Reading, Seen, Space } from './seen.ts'
import type { Work } from './slices.ts'
import { documentOfFrame, modalOf, openSpace } from './spaces.ts'
import { releaseText, seeText } from './text-runs.ts'

export interface ReadOptions {
  root: Element
  ignore(element: Element): boolean
  /** Hears of every tree that the reading enters, so that it can be watched for changes. */
  entered(tree: Node): void
}

/** Elements between two chances to give way. */
const STRIDE = 12
/** Frames within frames are read to this depth. */
const DEEPEST_FRAME = 5
/** Nor does nesting end: parsers stop at 512, browsers themselves break at some thousands. What is deeper is not read. */
const DEEPEST = 1_000

/** Elements of which the inside is not a text of the page. */
const CLOSED = new Set(['input', 'select', 'textarea', 'img', 'canvas', 'video', 'iframe', 'frame', 'progress', 'meter'])

/** `null` where the root is in no document that is shown. */
export function* readPage(options: ReadOptions): Work<Reading | null> {
  const dom = domReader()
  const { root } = options
  const document = dom.isConnected(root) ? dom.documentOf(root) : null
  const space = document && openSpace(document, null)
  if (!document || !space) return null
  const reader = newReader(options, space)
  const modal = modalOf(document)
  const start = modal ?? root
  const parent = ancestorsOf(start, space)
  if (parent !== undefined) yield* walk(reader, start, parent, space)
  releaseText()
  return {
    stream: reader.stream,
    seen: reader.seen,
    spaces: reader.spaces,
    modal: (modal && reader.seen.get(modal)) ?? null,
    focused: focusedIn(document),
    elements: reader.elements,
  }
}

interface Reader extends ReadOptions {
  stream: Item[]
  seen: Map<Element, Seen>
  spaces: Space[]
  elements: number
}

function newReader(options: ReadOptions, space: Space): Reader {
  return { ...options, stream: [], seen: new Map(), spaces: [space], elements: 0 }
}

/** What is around the root is read for what it does to the root. `undefined` where it hides the root. */
function ancestorsOf(root: Element, space: Space): Seen | null | undefined {
  const around: Element[] = []
  for (let element = flatParent(root); element; element = flatParent(element)) around.unshift(element)
  let parent: Seen | null = null
  for (const element of around) {
    const seen = seeElement(element, parent, space, 0)
    if (!seen) return undefined
    seen.end = Infinity
    parent = seen
  }
  return parent
}

export function flatParent(node: Node): Element | null {
  const dom = domReader()
  const isElement = dom.nodeType(node) === 1
  const slot = isElement ? dom.assignedSlot(node as Element) : null
  if (slot) return slot
  const parent = dom.parentNode(node)
  if (!parent) return null
  if (dom.nodeType(parent) === 1) return parent as Element
  return dom.nodeType(parent) === 11 ? ((parent as ShadowRoot).host ?? null) : null
}

/** Where the walk stands among the children of an element. */
interface Cursor {
  seen: Seen
  space: Space
  /** The next child, where the children are siblings; else the place in `list`. */
  next: Node | null
  list: readonly Node[] | null
  at: number
}

function* walk(reader: Reader, root: Element, parent: Seen | null, space: Space): Work<void> {
  const dom = domReader()
  const stack: Cursor[] = []
  enter(reader, stack, root, parent, space)
  for (let count = 1; stack.length > 0; count++) {
    if (count % STRIDE === 0) yield
    const cursor = stack[stack.length - 1] as Cursor
    const node = take(cursor)
    if (!node) {
      cursor.seen.end = reader.stream.length
      stack.pop()
      continue
    }
    const type = dom.nodeType(node)
    if (type === 1) enter(reader, stack, node as Element, cursor.seen, cursor.space)
    else if (type === 3 && !isClosedDetails(cursor.seen)) {
      const run = seeText(node, cursor.seen)
      if (run) reader.stream.push(run)
    }
  }
}

function take(cursor: Cursor): Node | null {
  if (cursor.list) return cursor.list[cursor.at++] ?? null
  const node = cursor.next
  if (node) cursor.next = domReader().nextSibling(node)
  return node
}

function enter(reader: Reader, stack: Cursor[], element: Element, parent: Seen | null, space: Space): void {
  reader.elements++
  if (parent && isClosedDetails(parent) && domReader().tag(element) !== 'summary') return
  if (reader.ignore(element)) return
  const seen = seeElement(element, parent, space, reader.stream.length)
  if (!seen) return
  reader.stream.push(seen)
  reader.seen.set(element, seen)
  seen.end = reader.stream.length
  if (stack.length >= DEEPEST) return
  if (!CLOSED.has(seen.tag)) stack.push(childrenOf(reader, seen, space))
  else if ((seen.tag === 'iframe' || seen.tag === 'frame') && seen.place) enterFrame(reader, stack, seen)
}

function isClosedDetails(seen: Seen): boolean {
  return seen.tag === 'details' && domReader().attribute(seen.element, 'open') === null
}

function childrenOf(reader: Reader, seen: Seen, space: Space): Cursor {
  const dom = domReader()
  const { element } = seen
  if (seen.tag === 'slot') {
    const assigned = dom.assignedNodes(element)
    if (assigned.length > 0) return { seen, space, next: null, list: assigned, at: 0 }
  }
  const shadow = dom.shadowRoot(element)
  if (shadow) reader.entered(shadow)
  return { seen, space, next: dom.firstChild(shadow ?? element), list: null, at: 0 }
}

/** A frame's document is read in its place; what makes the rest of it inert is asked anew. */
function enterFrame(reader: Reader, stack: Cursor[], frame: Seen): void {
  const document = documentOfFrame(frame.element)
  const space = document && depthOf(frame) < DEEPEST_FRAME ? openSpace(document, frame) : null
  const root = document && (modalOf(document) ?? domReader().rootElement(document))
  if (!document || !space || !root) return
  reader.spaces.push(space)
  reader.entered(document)
  stack.push({ seen: frame, space, next: null, list: [root], at: 0 })
}

function depthOf(frame: Seen): number {
  let depth = 0
  for (let space: Space | null = frame.space; space; space = space.frame?.space ?? null) depth++
  return depth
}

/** The element that has the keyboard, in whatever shadow tree or frame of the same origin. */
function focusedIn(document: Document): Element | null {
  const dom = domReader()
  let active = dom.activeElement(document)
  for (let depth = 0; active && depth < 50; depth++) {
    const inner = dom.shadowRoot(active) ?? documentOfFrame(active)
    const next = inner ? dom.activeElement(inner) : null
    if (!next) break
    active = next
  }
  return active
}
