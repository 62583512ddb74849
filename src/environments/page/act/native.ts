/**
 * Reading the DOM as the browser sees it. A form's fields and a document's images shadow its properties by their names
 * (`<input name="action">`), so everything is read by the getters and methods of the prototypes, never by the element.
 */

interface Interfaces {
  EventTarget: EventTarget
  Node: Node
  Element: Element
  Document: Document
  ShadowRoot: ShadowRoot
  HTMLElement: HTMLElement
  HTMLFormElement: HTMLFormElement
  HTMLLabelElement: HTMLLabelElement
}

type Name = keyof Interfaces
type Method<I extends Name, M extends keyof Interfaces[I]> = Interfaces[I][M] extends (...args: infer A) => infer R
  ? (...args: A) => R
  : never
export type Realm = Window & typeof globalThis

/** What the native getter says. Getters work across the realms of one origin. */
export function read<I extends Name, P extends keyof Interfaces[I]>(owner: I, property: P, target: Interfaces[I]): Interfaces[I][P] {
  return descriptorOf(owner, property, target)?.get?.call(target) as Interfaces[I][P]
}

/** Calls the native method. */
export function call<I extends Name, M extends keyof Interfaces[I]>(
  owner: I,
  method: M,
  target: Interfaces[I],
  ...args: Parameters<Method<I, M>>
): ReturnType<Method<I, M>> {
  const native = descriptorOf(owner, method, target)?.value as Method<I, M>
  return Reflect.apply(native, target, args) as ReturnType<Method<I, M>>
}

/**
 * Sets a property as the browser would, past whatever a framework put on the element itself: the setter is the one of the prototype
 * in the element's own realm.
 */
export function writeNative(element: Element, property: string, value: unknown): void {
  for (let at: object | null = Object.getPrototypeOf(element); at; at = Object.getPrototypeOf(at)) {
    const set = Object.getOwnPropertyDescriptor(at, property)?.set
    if (set) {
      set.call(element, value)
      return
    }
  }
}

/** As `writeNative` sets it. */
export function readNative(element: Element, property: string): unknown {
  for (let at: object | null = Object.getPrototypeOf(element); at; at = Object.getPrototypeOf(at)) {
    const get = Object.getOwnPropertyDescriptor(at, property)?.get
    if (get) return get.call(element)
  }
  return undefined
}

const HTML = 'http://www.w3.org/1999/xhtml'

/** An HTML element of one of these names, of whatever realm. */
export function isHtml<T extends keyof HTMLElementTagNameMap>(
  node: Node | null | undefined,
  ...tags: readonly T[]
): node is HTMLElementTagNameMap[T] {
  return (
    isElement(node) &&
    read('Element', 'namespaceURI', node) === HTML &&
    (tags as readonly string[]).includes(read('Element', 'localName', node))
  )
}

export function isElement(node: Node | null | undefined): node is Element {
  return node !== null && node !== undefined && read('Node', 'nodeType', node) === 1
}

export function tagOf(element: Element): string {
  return read('Element', 'localName', element).toLowerCase()
}

export function attributeOf(element: Element, name: string): string | null {
  return call('Element', 'getAttribute', element, name)
}

export function matches(element: Element, selector: string): boolean {
  return call('Element', 'matches', element, selector)
}

/** All that match, in the order of the page, of one tree. */
export function queryAll(root: Node, selector: string): Element[] {
  const kind = read('Node', 'nodeType', root)
  if (kind === 1) return [...call('Element', 'querySelectorAll', root as Element, selector)]
  if (kind === 9) return [...call('Document', 'querySelectorAll', root as Document, selector)]
  return [...(root as ShadowRoot).querySelectorAll(selector)]
}

export function rootOf(node: Node): Node {
  return call('Node', 'getRootNode', node)
}

export function bodyOf(document: Document): Element {
  return read('Document', 'body', document) ?? htmlOf(document)
}

export function htmlOf(document: Document): Element {
  return read('Document', 'documentElement', document)
}

export function documentOf(node: Node): Document {
  return read('Node', 'ownerDocument', node) ?? (node as Document)
}

/** Null for a document that is shown nowhere. */
export function realmOf(node: Node): Realm | null {
  return read('Document', 'defaultView', documentOf(node)) as Realm | null
}

export function isConnected(node: Node): boolean {
  return read('Node', 'isConnected', node)
}

/** The element and everything an event on it passes on its way up: through slots and out of shadow trees, within one document. */
export function pathOf(element: Element): Element[] {
  const path: Element[] = []
  for (let at: Element | null = element; at; at = parentOf(at)) path.push(at)
  return path
}

/** By the flat tree: the slot that an element is shown in, the host of a shadow tree. */
export function parentOf(element: Element): Element | null {
  const slot = read('Element', 'assignedSlot', element)
  if (slot) return slot
  const parent = read('Node', 'parentNode', element)
  if (isElement(parent)) return parent
  return parent && read('Node', 'nodeType', parent) === 11 && 'host' in parent ? (parent as ShadowRoot).host : null
}

/** What has the focus, inside of open shadow trees, too. */
export function focusedIn(document: Document): Element | null {
  let focused = readNative(document as unknown as Element, 'activeElement') as Element | null
  for (;;) {
    const inner = focused && read('Element', 'shadowRoot', focused)?.activeElement
    if (!inner) return focused
    focused = inner
  }
}

function descriptorOf(owner: Name, property: PropertyKey, target: object): PropertyDescriptor | undefined {
  const { prototype } = (globalThis as unknown as Record<string, { prototype: object } | undefined>)[owner] ?? {}
  for (let at: object | null = prototype ?? Object.getPrototypeOf(target); at; at = Object.getPrototypeOf(at)) {
    const found = Object.getOwnPropertyDescriptor(at, property)
    if (found) return found
  }
  return undefined
}
