/**
 * A custom element with a closed shadow root and a constructed stylesheet: no page script reaches its content by the DOM, no rule of
 * the page styles it, and no policy of a strict page is violated. Elements are registered when the first one is made, never on import.
 */
import { claimElement } from '../security/own-elements.ts'

export type View = Window & typeof globalThis

export interface OwnElement {
  host: HTMLElement
  root: ShadowRoot
}

const classes = new WeakMap<View, Map<string, CustomElementConstructor>>()
const leaving = new WeakMap<Element, () => void>()
const sheets = new WeakMap<Document, Map<string, CSSStyleSheet>>()

/** Events that end at the element, so that no shortcut or click-outside handler of the page takes them for its own. */
const KEPT = ['click', 'dblclick', 'auxclick', 'contextmenu', 'pointerdown', 'pointerup', 'mousedown', 'mouseup', 'touchstart', 'touchend']
const KEPT_KEYS = ['keydown', 'keyup', 'keypress', 'input', 'focusin', 'focusout', 'wheel']

/**
 * Makes one; it is put into the document by the caller.
 * @param onGone called whenever it leaves the document or is moved in it, by whomever.
 */
export function createOwnElement(view: View, name: string, { css, onGone }: { css: string; onGone?: () => void }): OwnElement {
  const host = new (classOf(view, name))()
  claimElement(host)
  if (onGone) leaving.set(host, onGone)
  const root = host.attachShadow({ mode: 'closed' })
  root.adoptedStyleSheets = [sheetOf(view, css)]
  for (const type of [...KEPT, ...KEPT_KEYS]) root.addEventListener(type, (event) => event.stopPropagation(), { passive: true })
  return { host, root }
}

/** Where the name is taken (by another copy of the library) the element gets a number. An element that only markup made stays empty. */
function classOf(view: View, name: string): CustomElementConstructor {
  const known = classes.get(view) ?? new Map<string, CustomElementConstructor>()
  classes.set(view, known)
  const found = known.get(name)
  if (found) return found
  class Own extends view.HTMLElement {
    disconnectedCallback(): void {
      leaving.get(this)?.()
    }
  }
  let free = name
  for (let number = 2; view.customElements.get(free); number++) free = `${name}-${number}`
  view.customElements.define(free, Own)
  known.set(name, Own)
  return Own
}

function sheetOf(view: View, css: string): CSSStyleSheet {
  const known = sheets.get(view.document) ?? new Map<string, CSSStyleSheet>()
  sheets.set(view.document, known)
  const sheet = known.get(css) ?? new view.CSSStyleSheet()
  if (!known.has(css)) sheet.replaceSync(css)
  known.set(css, sheet)
  return sheet
}

/** The page that a container belongs to, or the one that this code runs in; nothing where there is none. */
export function viewOf(container: Element | undefined): View | undefined {
  const document = container ? container.ownerDocument : (globalThis as { document?: Document }).document
  return document?.defaultView ?? undefined
}
