/**
 * Reading a document that may try to fool its reader. A form's fields and a document's named elements hide properties of the same
 * name (`<input name="children">`), so every property and method is taken from its prototype. Works across realms of one origin.
 */

/** Properties and methods as the browser defines them. Nothing here writes. */
export interface Dom {
  firstChild(node: Node): Node | null
  nextSibling(node: Node): Node | null
  parentNode(node: Node): Node | null
  nodeType(node: Node): number
  data(text: Node): string
  isConnected(node: Node): boolean
  rootOf(node: Node): Node
  documentOf(node: Node): Document | null
  tag(element: Element): string
  attribute(element: Element, name: string): string | null
  hasAttributes(element: Element): boolean
  shadowRoot(element: Element): ShadowRoot | null
  assignedSlot(element: Element): Element | null
  assignedNodes(slot: Element): readonly Node[]
  matches(element: Element, selector: string): boolean
  checkVisibility(element: Element, options: CheckVisibilityOptions): boolean
  rect(element: Element): DOMRect
  all(root: Node, selector: string): readonly Element[]
  byId(root: Node, id: string): Element | null
  viewOf(document: Document): Window | null
  title(document: Document): string
  rootElement(document: Document): Element | null
  body(document: Document): Element | null
  /** What scrolls with the window. */
  scroller(document: Document): Element | null
  activeElement(root: Node): Element | null
  elementsFromPoint(root: Node, x: number, y: number): readonly Element[]
}

let reader: Dom | undefined

/** The one reader, made when it is first needed: importing this touches no window. */
export function domReader(): Dom {
  reader ??= createReader()
  return reader
}

/** `name` as the first of `owners` defines it, by their own names, read from any object. Undefined where it is none of theirs. */
export function property<T>(owners: readonly string[], name: string): (target: object) => T | undefined {
  const getters = owners.flatMap((owner) => {
    const made = Reflect.get(globalThis, owner) as { prototype?: object } | undefined
    const get = made?.prototype && Object.getOwnPropertyDescriptor(made.prototype, name)?.get
    return get ? [get] : []
  })
  const only = getters.length === 1 ? getters[0] : undefined
  if (only) return (target) => tryGet<T>(only, target)
  // A refusal is an exception, and those take long: what once answered for an element of this name is asked first.
  const answered = new Map<string, () => unknown>()
  return (target) => {
    const tag = tryGet<string>(localName(), target) ?? ''
    const first = answered.get(tag)
    const value = first && tryGet<T>(first, target)
    return value === undefined ? ask<T>(getters, target, (get) => void answered.set(tag, get)) : value
  }
}

function localName(): () => unknown {
  tagGetter ??= Object.getOwnPropertyDescriptor(Element.prototype, 'localName')?.get ?? (() => undefined)
  return tagGetter
}

let tagGetter: (() => unknown) | undefined

function ask<T>(getters: readonly (() => unknown)[], target: object, found: (get: () => unknown) => void): T | undefined {
  for (const get of getters) {
    const value = tryGet<T>(get, target)
    if (value === undefined) continue
    found(get)
    return value
  }
  return undefined
}

/** A getter refuses objects that are not of its kind. */
function tryGet<T>(get: () => unknown, target: object): T | undefined {
  try {
    return get.call(target) as T
  } catch {
    return undefined
  }
}

function getterOf<T>(prototype: object, name: string): (target: object) => T {
  const get = Object.getOwnPropertyDescriptor(prototype, name)?.get
  if (!get) return () => undefined as T
  return (target) => get.call(target) as T
}

function createReader(): Dom {
  return { ...nodeReader(), ...elementReader(), ...documentReader() }
}

type NodePart = 'firstChild' | 'nextSibling' | 'parentNode' | 'nodeType' | 'data' | 'isConnected' | 'rootOf' | 'documentOf'

function nodeReader(): Pick<Dom, NodePart> {
  const { getRootNode } = Node.prototype
  return {
    firstChild: getterOf(Node.prototype, 'firstChild'),
    nextSibling: getterOf(Node.prototype, 'nextSibling'),
    parentNode: getterOf(Node.prototype, 'parentNode'),
    nodeType: getterOf(Node.prototype, 'nodeType'),
    data: getterOf(CharacterData.prototype, 'data'),
    isConnected: getterOf(Node.prototype, 'isConnected'),
    rootOf: (node) => getRootNode.call(node),
    documentOf: getterOf(Node.prototype, 'ownerDocument'),
  }
}

type ElementPart =
  'tag' | 'attribute' | 'hasAttributes' | 'shadowRoot' | 'assignedSlot' | 'assignedNodes' | 'matches' | 'checkVisibility' | 'rect' | 'all'

function elementReader(): Pick<Dom, ElementPart> {
  const { getAttribute, hasAttributes, matches, checkVisibility, getBoundingClientRect } = Element.prototype
  const { assignedNodes } = HTMLSlotElement.prototype
  return {
    tag: getterOf(Element.prototype, 'localName'),
    attribute: (element, name) => getAttribute.call(element, name),
    hasAttributes: (element) => hasAttributes.call(element),
    shadowRoot: getterOf(Element.prototype, 'shadowRoot'),
    assignedSlot: getterOf(Element.prototype, 'assignedSlot'),
    assignedNodes: (slot) => assignedNodes.call(slot as HTMLSlotElement),
    matches: (element, selector) => matches.call(element, selector),
    checkVisibility: (element, options) => checkVisibility.call(element, options),
    rect: (element) => getBoundingClientRect.call(element),
    all: (root, selector) => [...queryOf(root).call(root, selector)],
  }
}

const DOCUMENT = 9
const FRAGMENT = 11

function queryOf(root: Node): (this: Node, selector: string) => Iterable<Element> {
  const type = domReader().nodeType(root)
  const owner = type === DOCUMENT ? Document : type === FRAGMENT ? DocumentFragment : Element
  return owner.prototype.querySelectorAll as never
}

type DocumentPart = 'byId' | 'viewOf' | 'title' | 'rootElement' | 'body' | 'scroller' | 'activeElement' | 'elementsFromPoint'

function documentReader(): Pick<Dom, DocumentPart> {
  const typeOf = getterOf<number>(Node.prototype, 'nodeType')
  const documents = Document.prototype
  const shadows = ShadowRoot.prototype
  const inDocument = getterOf<Element | null>(documents, 'activeElement')
  const inShadow = getterOf<Element | null>(shadows, 'activeElement')
  return {
    byId: (root, id) => {
      if (typeOf(root) === DOCUMENT) return documents.getElementById.call(root as Document, id)
      return typeOf(root) === FRAGMENT ? DocumentFragment.prototype.getElementById.call(root as DocumentFragment, id) : null
    },
    viewOf: getterOf(documents, 'defaultView'),
    title: getterOf(documents, 'title'),
    rootElement: getterOf(documents, 'documentElement'),
    body: getterOf(documents, 'body'),
    scroller: getterOf(documents, 'scrollingElement'),
    activeElement: (root) => (typeOf(root) === DOCUMENT ? inDocument(root) : typeOf(root) === FRAGMENT ? inShadow(root) : null),
    elementsFromPoint: (root, x, y) => {
      if (typeOf(root) === DOCUMENT) return documents.elementsFromPoint.call(root as Document, x, y)
      return typeOf(root) === FRAGMENT ? shadows.elementsFromPoint.call(root as ShadowRoot, x, y) : []
    },
  }
}
