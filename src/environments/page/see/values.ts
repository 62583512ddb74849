/** What a field holds, as far as a person sees it. */
import type { Sensitivity } from '../../../security/element-facts.ts'
import type { Redactor } from '../../../security/redaction.ts'
import { wasPassword } from '../../../security/once-password.ts'
import { sensitivityOf } from '../../../security/sensitive-fields.ts'
import { contrast, over, readColour } from './colour.ts'
import { domReader, property } from './dom.ts'
import { showsItsText } from './judge.ts'
import { plainText, quoted } from './plain-text.ts'
import { inputType, lazy } from './roles.ts'
import type { Seen } from './seen.ts'

const read = lazy(() => ({
  value: property<string>(['HTMLInputElement', 'HTMLTextAreaElement', 'HTMLSelectElement'], 'value'),
  options: property<ArrayLike<Element>>(['HTMLSelectElement'], 'options'),
  chosen: property<ArrayLike<Element>>(['HTMLSelectElement'], 'selectedOptions'),
  label: property<string>(['HTMLOptionElement'], 'label'),
  optionDisabled: property<boolean>(['HTMLOptionElement'], 'disabled'),
}))

/** Options of a list that are told; of the rest only how many they are. */
const MOST_OPTIONS = 15
const LONGEST_VALUE = 200
/** Of longer values only this part is looked at. */
const LONGEST_READ = 20_000

/** What a field says of itself, as pieces of a line: its value, its options. */
export function valuePieces(seen: Seen, redactor: Redactor): string[] {
  const { control } = seen
  const tag = domReader().tag(control)
  if (tag === 'select') return selectPieces(seen)
  if (tag !== 'input' && tag !== 'textarea') return ariaValue(seen)
  const type = tag === 'input' ? inputType(control) : 'textarea'
  if (/^(?:checkbox|radio|submit|button|reset|image|hidden)$/.test(type)) return []
  return fieldPieces(seen, redactor)
}

function fieldPieces(seen: Seen, redactor: Redactor): string[] {
  const value = read().value(seen.control) ?? ''
  const sensitive = sensitivity(seen)
  if (sensitive) {
    if (value !== '') redactor.learn(value, sensitive)
    return value === '' ? ['(empty)'] : [`= [${sensitive}]`]
  }
  if (value === '') return []
  if (!showsItsText(seen)) return ['(holds a value that cannot be seen)']
  const text = plainText(value, LONGEST_READ)
  return [`= ${quoted(text, LONGEST_VALUE, text.length + Math.max(0, value.length - LONGEST_READ))}`]
}

type Field = Parameters<typeof sensitivityOf>[0]

/** What was found of a field, for as long as it describes itself in the same way. */
const judged = new WeakMap<Element, { key: string; sensitivity: Sensitivity | null }>()

function sensitivity(seen: Seen): Sensitivity | null {
  const field = fieldOf(seen)
  const key = JSON.stringify(field)
  const known = judged.get(seen.control)
  if (known?.key === key) return known.sensitivity
  const found = sensitivityOf(field)
  judged.set(seen.control, { key, sensitivity: found })
  return found
}

function fieldOf({ control, name }: Seen): Field {
  const dom = domReader()
  const attribute = (key: string): string => dom.attribute(control, key) ?? ''
  const maxLength = Number.parseInt(attribute('maxlength'), 10)
  return {
    type: wasPassword(control, inputType(control) === 'password') ? 'password' : attribute('type'),
    autocomplete: attribute('autocomplete'),
    name: attribute('name'),
    id: attribute('id'),
    label: [name, attribute('aria-label'), attribute('placeholder')].join(' '),
    inputMode: attribute('inputmode'),
    ...(Number.isFinite(maxLength) && { maxLength }),
  }
}

function selectPieces(seen: Seen): string[] {
  const { control } = seen
  const chosen = labelsOf(read().chosen(control), seen, 5).map((text) => text.replace(/^under "[^"]*": /, ''))
  const all = read().options(control)
  const labels = labelsOf(all, seen, MOST_OPTIONS)
  const more = (all?.length ?? 0) - MOST_OPTIONS
  const value = chosen.length > 0 ? [`= ${chosen.join(', ')}`] : []
  return labels.length === 0 ? value : [...value, `of ${labels.join(' | ')}${more > 0 ? ` | … ${more} more` : ''}`]
}

function labelsOf(options: ArrayLike<Element> | undefined, seen: Seen, most: number): string[] {
  const { view } = seen.space
  return Array.from({ length: Math.min(most, options?.length ?? 0) }, (_, at) => options?.[at])
    .filter((option) => option !== undefined)
    .filter((option) => isShownOption(option, view))
    .map(
      (option, at, all) =>
        `${groupOf(option, all[at - 1])}${quoted(plainText(read().label(option) ?? '', 1_000), 60)}${read().optionDisabled(option) === true ? ' (disabled)' : ''}`,
    )
}

function isShownOption(option: Element, view: Window): boolean {
  const dom = domReader()
  const group = optionGroup(option)
  if (group && view.getComputedStyle(group).display === 'none') return false
  if (!dom.hasAttributes(option)) return true
  const style = view.getComputedStyle(option)
  const [colour, ground] = [readColour(style.color), readColour(style.backgroundColor)]
  return (
    style.display !== 'none' &&
    style.visibility === 'visible' &&
    Number.parseFloat(style.fontSize) >= 4 &&
    dom.attribute(option, 'aria-hidden') !== 'true' &&
    !(colour && ground && ground[3] > 0.95 && contrast(over(colour, ground), ground) < 1.25)
  )
}

/** Options stand under the label of their group. */
function groupOf(option: Element, before: Element | undefined): string {
  const dom = domReader()
  const group = optionGroup(option)
  if (!group || (before && optionGroup(before) === group)) return ''
  const label = plainText(dom.attribute(group, 'label') ?? '', 1_000)
  return label === '' ? '' : `under ${quoted(label, 60)}: `
}

function optionGroup(option: Element): Element | null {
  const dom = domReader()
  const parent = dom.parentNode(option)
  return parent && dom.nodeType(parent) === 1 && dom.tag(parent as Element) === 'optgroup' ? (parent as Element) : null
}

/** A widget of the page's own: its number is shown by its look, a text of it is not. */
function ariaValue({ control, role }: Seen): string[] {
  if (role !== 'slider' && role !== 'spinbutton') return []
  const now = Number(domReader().attribute(control, 'aria-valuenow') ?? Number.NaN)
  return Number.isFinite(now) ? [`= "${now}"`] : []
}

const bar = lazy(() => ({
  value: property<number>(['HTMLProgressElement', 'HTMLMeterElement'], 'value'),
  max: property<number>(['HTMLProgressElement', 'HTMLMeterElement'], 'max'),
  min: property<number>(['HTMLMeterElement'], 'min'),
}))

/** Per cent of a bar; `null` where it says none. */
export function shareOf({ element, tag }: Seen): number | null {
  const dom = domReader()
  const isNative = tag === 'progress' || tag === 'meter'
  if (tag === 'progress' && dom.attribute(element, 'value') === null) return null
  const said = (name: string, otherwise: number): number => Number(dom.attribute(element, name) ?? otherwise)
  const now = isNative ? (bar().value(element) ?? Number.NaN) : said('aria-valuenow', Number.NaN)
  const max = isNative ? (bar().max(element) ?? 1) : said('aria-valuemax', 100)
  const min = isNative ? (tag === 'meter' ? (bar().min(element) ?? 0) : 0) : said('aria-valuemin', 0)
  const share = Math.round(((now - min) / (max - min)) * 100)
  return Number.isFinite(share) ? Math.min(100, Math.max(0, share)) : null
}

/** The text upon an `<input type=submit>` and the like. */
export function shownValue(seen: Seen): string | null {
  if (!showsItsText(seen)) return null
  const dom = domReader()
  const own = dom.attribute(seen.element, 'value')
  const type = inputType(seen.element)
  return own === null ? (type === 'submit' ? 'Submit' : type === 'reset' ? 'Reset' : '') : plainText(own, 1_000).slice(0, LONGEST_VALUE)
}

/** The placeholder where a person sees it now: the field is empty, and the text neither tiny nor without contrast. */
export function isShownPlaceholder(seen: Seen): string {
  const placeholder = domReader().attribute(seen.element, 'placeholder')
  if (!placeholder || (read().value(seen.element) ?? '') !== '' || !showsItsText(seen)) return ''
  const style = seen.space.view.getComputedStyle(seen.element, '::placeholder')
  if (Number.parseFloat(style.opacity) < 0.1 || Number.parseFloat(style.fontSize) < 4 || style.visibility === 'hidden') return ''
  return style.color.endsWith(', 0)') || !showsItsText({ ...seen, style, backdrop: seen.backdrop })
    ? ''
    : plainText(placeholder, 1_000).slice(0, 100)
}
