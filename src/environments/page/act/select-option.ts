/** Choosing from lists. */
import { quote } from '../../tool-call.ts'
import { hindrance } from './activated.ts'
import { focusOn } from './focus.ts'
import { sensitivityOfField } from './field-facts.ts'
import { done, problem, type Hand, type Outcome } from './hand.ts'
import { cleanText } from './labels.ts'
import { attributeOf, call, isConnected, isHtml, matches, read, readNative, writeNative } from './native.ts'

const MOST_LISTED = 20

/** @param wanted labels or values; of a list with several choices all that shall be chosen in the end. */
export async function selectOptions(element: Element, wanted: string | readonly string[], hand: Hand): Promise<Outcome> {
  const list = isHtml(element, 'label')
    ? read('HTMLLabelElement', 'control', element)
    : isHtml(element, 'option')
      ? call('Element', 'closest', element, 'select')
      : element
  if (!isHtml(list, 'select')) return problem('The element is no list of the browser: click it, then click the option.')
  const hinders = hindrance(list)
  if (hinders) return problem(`The list ${hinders}.`)
  const names = typeof wanted === 'string' ? [wanted] : wanted
  if (!list.multiple && names.length !== 1) return problem('The list takes exactly one option.')
  const chosen: HTMLOptionElement[] = []
  for (const name of names) {
    const found = findOption(list, name)
    if (typeof found === 'string') return problem(found)
    chosen.push(found)
  }
  if (!focusOn(list, hand)) return problem('The list does not take the focus, so that nobody could choose from it now.')
  await hand.pause()
  if (!changes(list, chosen)) return done(held(list, 'The list held it already: '))
  choose(list, chosen, hand)
  await hand.pause()
  if (!isConnected(list)) return done('Chosen. The page has taken the list away since; look at the page again.')
  if (!changes(list, chosen)) return done(held(list, 'The list holds '))
  return problem(held(list, 'The page did not keep the choice: the list holds '))
}

/** Selects exactly these, and tells the page as browsers do. */
export function choose(list: HTMLSelectElement, chosen: readonly HTMLOptionElement[], hand: Hand): void {
  const init = { bubbles: true, composed: true }
  for (const option of list.options) if (list.multiple || chosen.includes(option)) writeNative(option, 'selected', chosen.includes(option))
  hand.send(list, new hand.view.Event('input', init))
  hand.send(list, new hand.view.Event('change', { bubbles: true }))
}

function findOption(list: HTMLSelectElement, name: string): HTMLOptionElement | string {
  const options = [...list.options]
  const wanted = cleanText(name)
  const tests: ((option: HTMLOptionElement) => boolean)[] = [
    (option) => labelOf(option) === wanted,
    (option) => option.value === name,
    (option) => labelOf(option).toLowerCase() === wanted.toLowerCase(),
  ]
  for (const test of tests) {
    const found = options.filter(test)
    const usable = found.filter((option) => !isDisabled(option))
    const [first] = usable
    if (first && new Set(usable.map(({ value }) => value)).size === 1) return first
    if (usable.length > 1)
      return `${usable.length} options are called ${quote(name)}. Name one by its value: ${usable
        .slice(0, MOST_LISTED)
        .map(({ value }) => quote(value))
        .join(', ')}.`
    if (found.length > 0) return `The option ${quote(name)} is disabled. ${listed(options)}`
  }
  return `There is no option ${quote(name)}. ${listed(options)}`
}

function listed(options: readonly HTMLOptionElement[]): string {
  const usable = options.filter((option) => !isDisabled(option))
  if (usable.length === 0) return 'The list has no options now.'
  const more = usable.length > MOST_LISTED ? ` and ${usable.length - MOST_LISTED} more` : ''
  return `There are ${usable
    .slice(0, MOST_LISTED)
    .map((option) => quote(labelOf(option)))
    .join(', ')}${more}.`
}

function changes(list: HTMLSelectElement, chosen: readonly HTMLOptionElement[]): boolean {
  const now = [...list.options].filter((option) => readNative(option, 'selected') === true)
  // A page that draws its options anew keeps their values.
  const values = (options: readonly HTMLOptionElement[]): string => JSON.stringify(options.map(({ value }) => value).sort())
  return values(now) !== values([...new Set(chosen)])
}

/** What the list holds, unless that is nobody's to read. */
export function held(list: HTMLSelectElement, before: string): string {
  if (sensitivityOfField(list) !== null) return `${before}what it holds is not shown.`
  const labels = [...list.selectedOptions].map((option) => quote(labelOf(option)))
  return `${before}${labels.slice(0, MOST_LISTED).join(', ') || 'nothing'}${labels.length > MOST_LISTED ? ', …' : ''}.`
}

function labelOf(option: HTMLOptionElement): string {
  return cleanText(attributeOf(option, 'label') || option.text)
}

function isDisabled(option: HTMLOptionElement): boolean {
  return matches(option, ':disabled')
}
