/** Arrow keys in what has values to step through: radio groups, lists, sliders, number fields. */
import { replaceValue, valueOf } from './edits.ts'
import { focusOn } from './focus.ts'
import { formOf } from './activated.ts'
import type { Hand } from './hand.ts'
import { isHtml, matches, queryAll, rootOf } from './native.ts'
import { clickByKey } from './pointer.ts'
import { choose, held } from './select-option.ts'

/** Null where the key means nothing to the element. */
export function arrowIn(element: Element, key: string, hand: Hand): string | null {
  const step = key === 'ArrowDown' || key === 'ArrowRight' ? 1 : key === 'ArrowUp' || key === 'ArrowLeft' ? -1 : 0
  if (isHtml(element, 'select')) return inList(element, key, step, hand)
  if (!isHtml(element, 'input') || step === 0) return null
  if (element.type === 'radio') return inGroup(element, step, hand)
  if (element.type === 'range') return inNumber(element, key === 'ArrowUp' || key === 'ArrowRight' ? 1 : -1, hand)
  return element.type === 'number' && key !== 'ArrowLeft' && key !== 'ArrowRight' ? inNumber(element, -step, hand) : null
}

function inList(list: HTMLSelectElement, key: string, step: number, hand: Hand): string | null {
  if (list.multiple || (step === 0 && key !== 'Home' && key !== 'End')) return null
  const usable = [...list.options].filter((option) => !matches(option, ':disabled'))
  const now = usable.findIndex((option) => option.selected)
  const next = key === 'Home' ? usable[0] : key === 'End' ? usable.at(-1) : usable[now + step]
  if (!next || next.selected) return ''
  choose(list, [next], hand)
  return held(list, 'The list holds ')
}

function inGroup(radio: HTMLInputElement, step: number, hand: Hand): string {
  const group = radioGroup(radio).filter((other) => !matches(other, ':disabled'))
  if (group.length === 0) return ''
  const next = group.at((group.indexOf(radio) + step) % group.length)
  if (!next || next === radio) return ''
  focusOn(next, hand)
  clickByKey(next, hand)
  return 'Another radio button is checked now.'
}

/** Itself included; empty where it has no name. */
export function radioGroup(radio: HTMLInputElement): HTMLInputElement[] {
  const radios = queryAll(rootOf(radio), 'input[type=radio i]') as HTMLInputElement[]
  return radios.filter((other) => radio.name !== '' && other.name === radio.name && formOf(other) === formOf(radio))
}

function inNumber(field: HTMLInputElement, step: number, hand: Hand): string {
  const probe = field.cloneNode() as HTMLInputElement
  probe.value = valueOf(field)
  if (step > 0) probe.stepUp()
  else probe.stepDown()
  if (!field.readOnly && probe.value !== valueOf(field)) replaceValue(field, probe.value, hand)
  return ''
}
