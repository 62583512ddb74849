/** Moving a pointer and clicking with it, in the events that a mouse makes and in their order. */
import { activatedBy, hindrance } from './activated.ts'
import { focusAround } from './focus.ts'
import { done, problem, type Hand, type Outcome } from './hand.ts'
import { hitTest, type Hit } from './hit-test.ts'
import { call, documentOf, isConnected, isHtml, pathOf } from './native.ts'

/** What the pointer is over, by document. */
const hovered = new WeakMap<Document, WeakRef<Element>>()

export async function hover(element: Element, hand: Hand): Promise<Outcome> {
  const test = hitTest(element)
  if (!test.ok) return problem(`The element ${test.problem}.`)
  moveTo(test.hit, hand)
  await hand.pause()
  return done('The pointer is over it.')
}

/** The whole of a click: there, down, focus, up, click. */
export async function click(element: Element, hand: Hand): Promise<Outcome> {
  const hinders = hindrance(element) ?? hindrance(activatedBy(element) ?? element) ?? unclickable(element)
  if (hinders) return problem(`The element ${hinders}.`)
  const test = hitTest(element)
  if (!test.ok) return problem(`The element ${test.problem}.`)
  const { hit } = test
  const meant = activatedBy(element)
  moveTo(hit, hand)
  await hand.pause()
  const still = clickable(hit.target, element, meant)
  if (still) return still
  const mouse = pressDown(hit, hand)
  await hand.pause()
  if (!isConnected(hit.target))
    return problem('The page took the element away while it was pressed, before the click. Look at the page again.')
  release(hit, mouse, hand)
  await hand.pause()
  const left = clickable(hit.target, element, meant)
  if (left) return left
  hand.send(hit.target, new hand.view.PointerEvent('click', { ...at(hit, hand), ...MOUSE, detail: 1, button: 0, buttons: 0 }))
  return done('Clicked.')
}

/** What only a person's click opens. */
function unclickable(element: Element): string | null {
  if (isHtml(element, 'option') && call('Element', 'closest', element, 'select')) return 'is an option of a list: use select'
  const activated = activatedBy(element)
  return isHtml(activated, 'input') && activated.type === 'file' ? 'asks for a file, which only a person can choose' : null
}

/** As a key does it: at no place, with no buttons. */
export function clickByKey(element: Element, hand: Hand): void {
  hand.send(element, new hand.view.PointerEvent('click', { ...BUBBLING, view: hand.view, detail: 0, pointerId: -1, pointerType: '' }))
}

/** Handlers of the events before may have changed what a click does. */
function clickable(target: Element, element: Element, meant: Element | null): Outcome | null {
  if (!isConnected(target)) return problem('The page took the element away before the click. Look at the page again.')
  const hinders = hindrance(element)
  if (hinders) return problem(`The element ${hinders} now.`)
  return activatedBy(target) === meant
    ? null
    : problem('The page put something else in the place of the element before the click. Look at the page again.')
}

function moveTo(hit: Hit, hand: Hand): void {
  const document = documentOf(hit.target)
  const last = hovered.get(document)?.deref()
  const from = last && isConnected(last) ? last : null
  const init = at(hit, hand)
  if (from !== hit.target) for (const kind of ['pointer', 'mouse'] as const) cross(kind, { from, to: hit.target, init }, hand)
  hovered.set(document, new WeakRef(hit.target))
  for (const kind of ['pointer', 'mouse'] as const) move(hit.target, `${kind}move`, init, hand)
}

function cross(
  kind: 'pointer' | 'mouse',
  { from, to, init }: { from: Element | null; to: Element; init: PointerEventInit },
  hand: Hand,
): void {
  const left = from ? pathOf(from) : []
  const entered = pathOf(to)
  if (from) move(from, `${kind}out`, { ...init, relatedTarget: to }, hand)
  for (const part of left.filter((one) => !entered.includes(one))) move(part, `${kind}leave`, alone(init, to), hand)
  move(to, `${kind}over`, { ...init, relatedTarget: from }, hand)
  for (const part of entered.filter((one) => !left.includes(one)).reverse()) move(part, `${kind}enter`, alone(init, from), hand)
}

/** @returns whether mouse events go with the pointer events: a page that prevents `pointerdown` gets none. */
function pressDown(hit: Hit, hand: Hand): boolean {
  const init = { ...at(hit, hand), button: 0, buttons: 1 }
  if (!hand.send(hit.target, new hand.view.PointerEvent('pointerdown', { ...init, ...MOUSE, pressure: 0.5 }))) return false
  if (isConnected(hit.target) && hand.send(hit.target, new hand.view.MouseEvent('mousedown', { ...init, detail: 1 })))
    focusAround(hit.target, hand)
  return true
}

function release(hit: Hit, mouse: boolean, hand: Hand): void {
  const init = { ...at(hit, hand), button: 0, buttons: 0 }
  hand.send(hit.target, new hand.view.PointerEvent('pointerup', { ...init, ...MOUSE }))
  if (mouse && isConnected(hit.target)) hand.send(hit.target, new hand.view.MouseEvent('mouseup', { ...init, detail: 1 }))
}

function move(target: Element, type: string, init: PointerEventInit, { send, view }: Hand): void {
  send(
    target,
    type.startsWith('pointer') ? new view.PointerEvent(type, { ...init, ...MOUSE, button: -1 }) : new view.MouseEvent(type, init),
  )
}

function alone(init: PointerEventInit, relatedTarget: Element | null): PointerEventInit {
  return { ...init, relatedTarget, bubbles: false, composed: false, cancelable: false }
}

function at({ x, y }: Hit, { view }: Hand): PointerEventInit {
  return { ...BUBBLING, view, clientX: x, clientY: y, screenX: view.screenX + x, screenY: view.screenY + y }
}

const BUBBLING = { bubbles: true, cancelable: true, composed: true }
const MOUSE = { pointerId: 1, pointerType: 'mouse', isPrimary: true, width: 1, height: 1 }

/** What a click did to a control that shows it, and what a click cannot do. */
export function afterClick(element: Element): string {
  const activated = activatedBy(element) ?? element
  if (isHtml(activated, 'input')) {
    if (activated.type === 'checkbox' || activated.type === 'radio')
      return activated.checked ? ' It is checked now.' : ' It is not checked now.'
    if (['date', 'time', 'month', 'week', 'datetime-local', 'color'].includes(activated.type))
      return ' Its picker stays closed: use type to fill it.'
  }
  if (isHtml(activated, 'select')) return ' Its list stays closed: use select to choose.'
  if (isHtml(activated, 'summary'))
    return call('Element', 'matches', activated, 'details[open] > summary') ? ' It is open now.' : ' It is closed now.'
  return ''
}
