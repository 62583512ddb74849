/** Builds and finds elements. Texts become text nodes and nothing here parses HTML, so that Trusted Types have nothing to object to. */

export type Child = Node | string | number | null | undefined | false
type Value = string | number | boolean | null | undefined

export interface Props {
  /** Attributes by name; `true` for an empty one, `false`, `null` and `undefined` for none. Neither `style` nor `on…`. */
  [attribute: string]: Value | Listeners
  on?: Listeners
}
type Listeners = { [type in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[type]) => void }

/** `h('button', { type: 'button', on: { click } }, 'Train')` */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === 'object' && value !== null) listen(element, value)
    else setAttribute(element, name, value)
  }
  element.append(...nodes(children))
  return element
}

/** Sets or removes an attribute, and touches the document only where that changes something. */
export function setAttribute(element: Element, name: string, value: Value): void {
  const wanted = value === true ? '' : value === false || value === null || value === undefined ? null : String(value)
  if (element.getAttribute(name) === wanted) return
  if (wanted === null) element.removeAttribute(name)
  else element.setAttribute(name, wanted)
}

/** Sets the text of an element only where it differs: an unchanged one costs no layout. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text
}

/** The element of the page with this id, of this class; a page without it is a mistake of ours. */
export function byId<T extends HTMLElement>(id: string, type: abstract new () => T): T {
  const found = document.getElementById(id)
  if (!(found instanceof type)) throw new Error(`The page has no ${type.name} with id ${id}`)
  return found
}

/** Replaces all children. */
export function fill(element: Element, ...children: Child[]): void {
  element.replaceChildren(...nodes(children))
}

function listen(element: HTMLElement, listeners: Listeners): void {
  for (const [type, listener] of Object.entries(listeners)) element.addEventListener(type, listener as EventListener)
}

function nodes(children: readonly Child[]): (Node | string)[] {
  return children.flatMap((child) => {
    if (child === null || child === undefined || child === false) return []
    return [typeof child === 'number' ? String(child) : child]
  })
}
