/** Noticing that a page changes, in its open shadow trees and the frames of its origin, too. */
import { isOwnElement } from '../../../security/own-elements.ts'
import { call, documentOf, isElement, isHtml, queryAll, read } from './native.ts'

export interface PageChanges {
  /** Documents of the page and of its frames, as far as their origin is the page's. */
  documents(): readonly Document[]
  close(): void
}

const MUTATIONS: MutationObserverInit = { subtree: true, childList: true, attributes: true, characterData: true }

/**
 * Calls `onChange` for each batch of changes; those of this library's own elements are none.
 * @param onRoot called for each document and open shadow tree, as soon as it is known.
 */
export function watchChanges(document: Document, onChange: () => void, onRoot?: (root: Document | ShadowRoot) => void): PageChanges {
  const documents = new Set<Document>()
  const roots = new Set<Node>()
  const observer = new MutationObserver((records) => {
    for (const { addedNodes } of records) for (const node of addedNodes) if (isElement(node)) watchWithin(node)
    if (records.some(({ target }) => !isElement(target) || !isOwnElement(target))) onChange()
  })
  const onLoad = ({ target }: Event): void => {
    if (isHtml(target as Node, 'iframe')) watchFrame(target as HTMLIFrameElement)
    onChange()
  }
  const watch = (root: Document | ShadowRoot): void => {
    if (roots.has(root)) return
    roots.add(root)
    observer.observe(root, MUTATIONS)
    onRoot?.(root)
    if (read('Node', 'nodeType', root) === 9) documents.add(root as Document)
    call('EventTarget', 'addEventListener', root, 'load', onLoad, true)
    for (const element of queryAll(root, ':scope > *, :root')) watchWithin(element)
  }
  const watchFrame = (frame: HTMLIFrameElement): void => {
    const inner = frame.contentDocument
    if (inner) watch(inner)
  }
  const watchWithin = (element: Element): void => {
    if (isOwnElement(element)) return
    const walker = call('Document', 'createTreeWalker', documentOf(element), element, NodeFilter.SHOW_ELEMENT)
    for (let at: Node | null = element; at; at = walker.nextNode()) {
      const shadow = read('Element', 'shadowRoot', at as Element)
      if (shadow) watch(shadow)
      if (isHtml(at, 'iframe')) watchFrame(at)
    }
  }
  watch(document)
  return {
    documents: () => [...documents],
    close: () => {
      observer.disconnect()
      for (const watched of roots) call('EventTarget', 'removeEventListener', watched, 'load', onLoad, true)
    },
  }
}
