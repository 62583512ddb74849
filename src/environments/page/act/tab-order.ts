/** The order in which Tab goes through a page: positive `tabindex` first, then as written, shadow trees in the place of their hosts. */
import { isOwnElement } from '../../../security/own-elements.ts'
import { hindrance } from './activated.ts'
import { isFocusable } from './focus.ts'
import { radioGroup } from './arrow-keys.ts'
import { call, documentOf, htmlOf, isHtml, matches, pathOf, queryAll, read, readNative } from './native.ts'

/** Null at the end of the document. Inside a modal dialog it goes round. */
export function nextInTabOrder(element: Element, backward: boolean): Element | null {
  const document = documentOf(element)
  const dialog = queryAll(document, 'dialog:modal').at(-1)
  const all: Element[] = []
  collect(dialog ?? htmlOf(document), all)
  const stops = all.filter((at) => at === element || isStop(at))
  const ordered = stops
    .map((at, index) => ({ at, index, order: Number(readNative(at, 'tabIndex') ?? 0) || Infinity }))
    .sort((a, b) => (a.order > 0 ? a.order : Infinity) - (b.order > 0 ? b.order : Infinity) || a.index - b.index)
    .map(({ at }) => at)
  const here = ordered.indexOf(element)
  if (here === -1) return (backward ? ordered.at(-1) : ordered[0]) ?? null
  const next = ordered[here + (backward ? -1 : 1)]
  return next ?? (dialog ? ((backward ? ordered.at(-1) : ordered[0]) ?? null) : null)
}

function collect(element: Element, into: Element[]): void {
  if (isOwnElement(element)) return
  into.push(element)
  const shadow = read('Element', 'shadowRoot', element)
  const children = shadow
    ? [...shadow.children]
    : isHtml(element, 'slot') && element.assignedElements().length > 0
      ? element.assignedElements()
      : queryAll(element, ':scope > *')
  for (const child of children) collect(child, into)
}

function isStop(element: Element): boolean {
  if (!isFocusable(element) || Number(readNative(element, 'tabIndex')) < 0 || hindrance(element) === 'is disabled') return false
  if (!call('Element', 'checkVisibility', element, { visibilityProperty: true }) || pathOf(element).some((at) => matches(at, '[inert]')))
    return false
  if (!isHtml(element, 'input') || element.type !== 'radio' || element.checked) return true
  // Of a radio group only the checked one is a stop, or the first where none is.
  const group = radioGroup(element)
  return group.length === 0 || (!group.some((other) => other.checked) && group[0] === element)
}
