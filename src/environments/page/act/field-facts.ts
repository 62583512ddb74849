/** What kind of field an element is. */
import type { Sensitivity } from '../../../security/element-facts.ts'
import { wasPassword } from '../../../security/once-password.ts'
import { sensitivityOf } from '../../../security/sensitive-fields.ts'
import { nameOf } from './labels.ts'
import { attributeOf, isHtml, parentOf, read, readNative } from './native.ts'

/** `text` is written key by key, `value` at once in a format of its own, `rich` through the selection. */
export type FieldKind = 'text' | 'value' | 'rich'

export type TextField = HTMLInputElement | HTMLTextAreaElement

export function fieldKind(element: Element): FieldKind | null {
  if (isHtml(element, 'textarea')) return 'text'
  if (isHtml(element, 'input')) return TEXT_TYPES.has(element.type) ? 'text' : VALUE_TYPES.has(element.type) ? 'value' : null
  return readNative(element, 'isContentEditable') === true ? 'rich' : null
}

/** Takes what a person types. A role alone makes no field: whoever writes markup can give one to anything. */
export function isEditable(element: Element): boolean {
  return fieldKind(element) !== null
}

/** Keys pressed in it are text, to it and to pages that listen for shortcuts everywhere but in fields. */
export function takesKeys(element: Element): boolean {
  if (isHtml(element, 'input') && KEYLESS.has(element.type)) return false
  return isEditable(element) && readNative(element, 'readOnly') !== true
}

/** The field that text for `element` goes to: a label stands for its control, a part of a rich text for the whole of it. */
export function fieldOf(element: Element): Element {
  if (isHtml(element, 'label')) return read('HTMLLabelElement', 'control', element) ?? element
  return fieldKind(element) === 'rich' ? editingHost(element) : element
}

export function isTextField(element: Element): element is TextField {
  return isHtml(element, 'input', 'textarea')
}

/** The outermost element that is edited as one. */
export function editingHost(element: Element): Element {
  let host = element
  for (let at = parentOf(element); at && readNative(at, 'isContentEditable') === true; at = parentOf(at)) host = at
  return host
}

export function sensitivityOfField(element: Element): Sensitivity | null {
  if (!isHtml(element, 'input', 'textarea', 'select')) return null
  return sensitivityOf({
    type: wasPassword(element, element.type === 'password') ? 'password' : element.type,
    autocomplete: attributeOf(element, 'autocomplete') ?? '',
    name: attributeOf(element, 'name') ?? '',
    id: attributeOf(element, 'id') ?? '',
    label: [nameOf(element), attributeOf(element, 'placeholder') ?? ''].join(' ').trim(),
    inputMode: attributeOf(element, 'inputmode') ?? '',
    ...('maxLength' in element && element.maxLength > 0 && { maxLength: element.maxLength }),
  })
}

const TEXT_TYPES: ReadonlySet<string> = new Set(['text', 'search', 'url', 'tel', 'email', 'password'])
const KEYLESS: ReadonlySet<string> = new Set(['range', 'color'])
const VALUE_TYPES: ReadonlySet<string> = new Set('number date month week time datetime-local color range'.split(' '))
