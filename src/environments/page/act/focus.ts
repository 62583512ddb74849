/**
 * Focus by the platform's own `focus()`. A page that is not in front gets no focus events from the browser, so that they are sent here:
 * an agent works on while its user looks elsewhere.
 */
import type { Hand } from './hand.ts'
import { bodyOf, call, documentOf, focusedIn, isConnected, isHtml, pathOf, read } from './native.ts'

/** Whether the element, or something in it, has the focus now. */
export function focusOn(element: Element, hand: Hand): boolean {
  const document = documentOf(element)
  const before = focusedIn(document)
  if (before === element) return true
  const leaving = before && before !== bodyOf(document) ? before : null
  const heard = listen(hand, leaving, element, () => setFocus(element, 'focus'))
  const now = focusedIn(document)
  if (now === before || !now || !pathOf(now).includes(element)) return false
  if (leaving && !heard.blur && isConnected(leaving)) sendPair(hand, leaving, ['blur', 'focusout'], now)
  if (!heard.focus) sendPair(hand, now, ['focus', 'focusin'], leaving)
  return true
}

/** As a click beside everything that can have the focus. */
export function dropFocus(document: Document, hand: Hand): void {
  const before = focusedIn(document)
  if (!before || before === bodyOf(document)) return
  const heard = listen(hand, before, null, () => setFocus(before, 'blur'))
  if (focusedIn(document) !== before && !heard.blur) sendPair(hand, before, ['blur', 'focusout'], null)
}

/** The element around a click that takes the focus: the browser is asked, since what can have it has many rules. */
export function focusAround(target: Element, hand: Hand): void {
  const label = pathOf(target).find((at) => isHtml(at, 'label'))
  const path = pathOf(target)
  for (const at of label ? path.slice(0, path.indexOf(label)) : path) if (isFocusable(at) && focusOn(at, hand)) return
  if (!label) dropFocus(documentOf(target), hand)
}

/** By its own nature or by `tabindex`; what is hidden or disabled then does not take it. */
export function isFocusable(element: Element): boolean {
  return call('Element', 'matches', element, FOCUSABLE)
}

const FOCUSABLE =
  'a[href],area[href],button,input:not([type=hidden i]),select,textarea,summary,iframe,[tabindex],[contenteditable]:not([contenteditable=false i]),audio[controls],video[controls]'

function listen(hand: Hand, leaving: Element | null, entering: Element | null, act: () => void): { blur: boolean; focus: boolean } {
  const heard = { blur: false, focus: false }
  const hear = ({ type }: Event): void => void (heard[type === 'blur' ? 'blur' : 'focus'] = true)
  const target = hand.view
  if (leaving) target.addEventListener('blur', hear, true)
  if (entering) target.addEventListener('focus', hear, true)
  act()
  target.removeEventListener('blur', hear, true)
  target.removeEventListener('focus', hear, true)
  return heard
}

function sendPair(hand: Hand, target: Element, [alone, bubbling]: readonly [string, string], related: Element | null): void {
  const init = { composed: true, view: hand.view, relatedTarget: related }
  hand.send(target, new hand.view.FocusEvent(alone, init))
  hand.send(target, new hand.view.FocusEvent(bubbling, { ...init, bubbles: true }))
}

function setFocus(element: Element, method: 'focus' | 'blur'): void {
  const html = read('Element', 'namespaceURI', element) === 'http://www.w3.org/1999/xhtml'
  if (html && method === 'focus') return call('HTMLElement', 'focus', element as HTMLElement, { preventScroll: true })
  if (html) return call('HTMLElement', 'blur', element as HTMLElement)
  ;(element as SVGElement)[method]()
}
