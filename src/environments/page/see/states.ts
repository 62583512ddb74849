/** What can be said of a control besides its name: `(checked, disabled, expanded)`. */
import { domReader, property } from './dom.ts'
import { inputType, lazy } from './roles.ts'
import type { Reading, Seen } from './seen.ts'

const read = lazy(() => ({
  checked: property<boolean>(['HTMLInputElement'], 'checked'),
  mixed: property<boolean>(['HTMLInputElement'], 'indeterminate'),
  open: property<boolean>(['HTMLDetailsElement'], 'open'),
}))

const FORMATS = new Set(['date', 'time', 'datetime-local', 'month', 'week', 'email', 'tel', 'url', 'number', 'file', 'color'])

/** Words and texts of our own; nothing in them was written by the page. */
export function statesOf(seen: Seen, reading: Reading): string[] {
  const dom = domReader()
  const { control, role } = seen
  const tag = dom.tag(control)
  const is = (name: string): boolean => dom.attribute(control, `aria-${name}`) === 'true'
  const states = [...checkedState(control, tag, role), ...openState(control, tag), ...selectedState(control, role)]
  if (tag === 'input' && FORMATS.has(inputType(control))) states.push(inputType(control))
  if (is('disabled') || isDisabled(control, tag)) states.push('disabled')
  if (is('readonly') || dom.attribute(control, 'readonly') !== null) states.push('read only')
  if (is('required') || dom.attribute(control, 'required') !== null) states.push('required')
  if (is('invalid') || (FIELDS.test(tag) && dom.matches(control, ':user-invalid'))) states.push('invalid')
  if (is('busy')) states.push('busy')
  if (seen.inert) states.push('inert')
  if (reading.focused === control || reading.focused === seen.element) states.push('focused')
  return states
}

const FIELDS = /^(?:input|select|textarea)$/
const DISABLED = new Set(['button', 'input', 'select', 'textarea', 'fieldset'])

export function isDisabled(control: Element, tag: string): boolean {
  return DISABLED.has(tag) && domReader().matches(control, ':disabled')
}

function checkedState(control: Element, tag: string, role: string | null): string[] {
  const type = tag === 'input' ? inputType(control) : ''
  if (type === 'checkbox' || type === 'radio')
    return [read().mixed(control) ? 'mixed' : read().checked(control) ? 'checked' : 'not checked']
  const said = domReader().attribute(control, 'aria-checked')
  const checkable = role !== null && /^(?:checkbox|radio|switch|menuitemcheckbox|menuitemradio)$/.test(role)
  if (!checkable) return []
  return [said === 'true' ? 'checked' : said === 'mixed' ? 'mixed' : 'not checked']
}

function openState(control: Element, tag: string): string[] {
  const dom = domReader()
  const details = tag === 'summary' ? dom.parentNode(control) : null
  if (details) {
    const open = read().open(details)
    if (open !== undefined) return [open ? 'expanded' : 'collapsed']
  }
  const said = dom.attribute(control, 'aria-expanded')
  return said === 'true' ? ['expanded'] : said === 'false' ? ['collapsed'] : []
}

function selectedState(control: Element, role: string | null): string[] {
  const dom = domReader()
  const states: string[] = []
  if (dom.attribute(control, 'aria-selected') === 'true') states.push('selected')
  if (role === 'button' && dom.attribute(control, 'aria-pressed') === 'true') states.push('pressed')
  const current = dom.attribute(control, 'aria-current')
  if (current !== null && current !== 'false' && current !== '') states.push('current')
  return states
}
