/** Bringing a checkbox, radio button or switch into a wanted state. */
import { activatedBy, hindrance, isLink, isSubmitter, roleAttribute } from './activated.ts'
import { done, problem, type Hand, type Outcome } from './hand.ts'
import { attributeOf, isConnected, isHtml, pathOf, read } from './native.ts'
import { click } from './pointer.ts'

/** Does nothing where the state is as wanted already. */
export async function setChecked(element: Element, wanted: boolean, hand: Hand): Promise<Outcome> {
  const control = controlOf(element)
  if (!control) return problem('The element is no checkbox, radio button or switch: use click.')
  const before = stateOf(control)
  if (before === wanted) return done(`It is ${word(wanted)} already.`)
  if (isRadio(control) && !wanted) return problem('A radio button is unchecked by checking another one of its group.')
  const activated = activatedBy(control)
  if (isLink(activated) || isSubmitter(activated)) return problem('This does more than to check: use click.')
  const hinders = hindrance(control)
  if (hinders) return problem(`The element ${hinders}.`)
  const clicked = await click(control, hand)
  if (!clicked.ok) return clicked
  await hand.pause()
  if (!isConnected(control)) return done('Clicked. The page has taken the control away since; look at the page again.')
  return stateOf(control) === wanted
    ? done(`It is ${word(wanted)} now.`)
    : problem(`The page did not let it change: it is ${word(!wanted)} still.`)
}

function controlOf(element: Element): Element | null {
  const control = isHtml(element, 'label') ? read('HTMLLabelElement', 'control', element) : element
  return control ? (pathOf(control).find(isCheckable) ?? null) : null
}

function isCheckable(element: Element): boolean {
  if (isHtml(element, 'input')) return element.type === 'checkbox' || element.type === 'radio'
  return CHECKABLE.has(roleAttribute(element)) || attributeOf(element, 'aria-checked') !== null
}

function isRadio(element: Element): boolean {
  return isHtml(element, 'input') ? element.type === 'radio' : roleAttribute(element).endsWith('radio')
}

/** Null where it is neither, as of a mixed checkbox. */
function stateOf(element: Element): boolean | null {
  if (isHtml(element, 'input')) return element.indeterminate ? null : element.checked
  const state = attributeOf(element, 'aria-checked')
  return state === 'true' ? true : state === 'mixed' ? null : false
}

function word(checked: boolean): string {
  return checked ? 'checked' : 'not checked'
}

const CHECKABLE: ReadonlySet<string> = new Set(['checkbox', 'switch', 'radio', 'menuitemcheckbox', 'menuitemradio'])
