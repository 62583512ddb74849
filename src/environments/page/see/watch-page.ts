/** Notices that a page changed while it was being read. */
import { domReader } from './dom.ts'

export interface PageWatch {
  /** Something changed since the reading began. */
  changed(): boolean
  /** Watches one more tree: a shadow root, the document of a frame. */
  enter(tree: Node): void
  stop(): void
}

const EVERYTHING = { subtree: true, childList: true, characterData: true, attributes: true }

export function watchPage({ root, ignore }: { root: Element; ignore?(element: Element): boolean }): PageWatch {
  const dom = domReader()
  let dirty = false
  const notice = (records: readonly MutationRecord[]): void => {
    dirty ||= records.some(({ target }) => !isIgnored(target, ignore))
  }
  const observer = new MutationObserver(notice)
  observer.observe(root, EVERYTHING)
  const document = dom.documentOf(root)
  const scrolled = (): void => void (dirty = true)
  const { addEventListener, removeEventListener } = EventTarget.prototype
  if (document) addEventListener.call(document, 'scroll', scrolled, { capture: true, passive: true })
  return {
    changed: () => {
      notice(observer.takeRecords())
      return dirty
    },
    enter: (tree) => observer.observe(tree, EVERYTHING),
    stop: () => {
      observer.disconnect()
      if (document) removeEventListener.call(document, 'scroll', scrolled, { capture: true })
    },
  }
}

function isIgnored(target: Node, ignore: ((element: Element) => boolean) | undefined): boolean {
  if (!ignore) return false
  const dom = domReader()
  for (let node: Node | null = target; node; node = dom.parentNode(node))
    if (dom.nodeType(node) === 1 && ignore(node as Element)) return true
  return false
}
