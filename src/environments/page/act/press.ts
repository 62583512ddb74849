/** Pressing keys. Browsers do nothing of their own for keys that a script sends, so that what they would do is done here. */
import { isOwnElement } from '../../../security/own-elements.ts'
import { hindrance } from './activated.ts'
import { focusOn } from './focus.ts'
import { done, problem, type Hand, type Outcome } from './hand.ts'
import { afterKeyDown, afterKeyUp } from './key-defaults.ts'
import { sendKey, sendModifiers } from './key-events.ts'
import { isPrintable, parseKey } from './keys.ts'
import { bodyOf, documentOf, focusedIn, isConnected, isHtml, tagOf } from './native.ts'

/** Where a key goes when nobody says where: what has the focus in the document or in its frames, and is not this library's own. */
export function keyTarget(document: Document): Element {
  const focused = focusedIn(document)
  if (!focused || isOwnElement(focused)) return bodyOf(document)
  const inner = isHtml(focused, 'iframe') ? focused.contentDocument : null
  return inner ? keyTarget(inner) : focused
}

export async function press(element: Element, key: string, hand: Hand): Promise<Outcome> {
  const parsed = parseKey(key)
  if (!parsed.ok) return problem(parsed.problem)
  const { chord } = parsed
  const document = documentOf(element)
  if (!isPageItself(element)) {
    const hinders = hindrance(element)
    if (hinders) return problem(`The element ${hinders}.`)
    // A key goes to what has the focus. Elements that do not take it get the key all the same: many pages listen there.
    if (focusOn(element, hand)) await hand.pause()
  }
  const target = (): Element => (isConnected(element) ? element : keyTarget(document))
  sendModifiers(target, 'keydown', chord, hand)
  const went =
    sendKey(target(), 'keydown', chord, hand) && (!hasPress(chord.key, isPrintable(chord)) || sendKey(target(), 'keypress', chord, hand))
  const first = went && isConnected(element) ? afterKeyDown(element, chord, hand) : ''
  await hand.pause()
  const goesTo = keyTarget(document)
  const up = isConnected(element) && first !== MOVED ? element : goesTo
  const released = sendKey(up, 'keyup', chord, hand)
  const second = went && released && up === element ? afterKeyUp(element, chord, hand) : ''
  sendModifiers(target, 'keyup', chord, hand)
  await hand.pause()
  const note = first || second
  return done(went ? `Pressed.${note === '' ? '' : ` ${note}`}` : 'Pressed; the page dealt with the key itself.')
}

const MOVED = 'The focus has moved.'

function hasPress(key: string, printable: boolean): boolean {
  return printable || key === 'Enter'
}

function isPageItself(element: Element): boolean {
  return ['body', 'html'].includes(tagOf(element))
}
