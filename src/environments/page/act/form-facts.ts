/** Where a form goes and what is in it, from attributes and native getters alone. */
import type { FormFacts, Sensitivity } from '../../../security/element-facts.ts'
import { isSubmitter } from './activated.ts'
import { sensitivityOfField } from './field-facts.ts'
import { cleanText, nameOf } from './labels.ts'
import { absolute, addressOf, opensElsewhere } from './link-facts.ts'
import { attributeOf, call, documentOf, isHtml, matches, queryAll, read, readNative, rootOf } from './native.ts'

const MOST_LABELS = 20

/** @param submitter the button that sends it; its `formaction`, `formmethod` and `formtarget` count. */
export function formFacts(form: HTMLFormElement, submitter: Element | null): FormFacts {
  const action = ownAttribute(submitter, 'formaction') ?? attributeOf(form, 'action') ?? ''
  const method = (ownAttribute(submitter, 'formmethod') ?? attributeOf(form, 'method') ?? '').toLowerCase()
  return {
    url: action.trim() === '' ? addressOf(form) : absolute(action, submitter ?? form),
    method: method === 'post' || method === 'dialog' ? method : 'get',
    newWindow: opensElsewhere(ownAttribute(submitter, 'formtarget') ?? attributeOf(form, 'target'), documentOf(form)),
    sensitive: sensitiveKinds(form),
    labels: labelsOf(form),
    fields: valuesOf(form),
  }
}

const MOST_FIELDS = 20
const MOST_CHARACTERS = 120

/** Hidden ones, too: they are sent as well. */
function valuesOf(form: HTMLFormElement): string[] {
  const told = fieldsOf(form).flatMap((field) => {
    const value = valueOf(field)
    if (value === null || value === '') return []
    const name = nameOf(field) || attributeOf(field, 'name') || 'unnamed'
    return sensitivityOfField(field) === null
      ? [`${name} = ${JSON.stringify(cleanText(value).slice(0, MOST_CHARACTERS).toWellFormed())}`]
      : [`${name}: filled in`]
  })
  return told.length > MOST_FIELDS ? [...told.slice(0, MOST_FIELDS), `and ${told.length - MOST_FIELDS} more`] : told
}

/** Null where it sends nothing. */
function valueOf(field: HTMLElement): string | null {
  if (matches(field, ':disabled') || !isHtml(field, 'input', 'textarea', 'select')) return null
  if (isHtml(field, 'input') && NEVER_SENT.has(field.type)) return null
  if (isHtml(field, 'input') && (field.type === 'checkbox' || field.type === 'radio') && readNative(field, 'checked') !== true) return null
  return String(readNative(field, 'value') ?? '')
}

const NEVER_SENT: ReadonlySet<string> = new Set(['button', 'submit', 'reset', 'image'])

/** The button that Enter in a field presses; its form's first in the order of the page. */
export function defaultButton(form: HTMLFormElement): HTMLElement | null {
  return fieldsOf(form).find((field) => isSubmitter(field)) ?? null
}

/**
 * What Enter in `field` does to its form, by the rules of implicit submission: through the default button where there is one, else
 * only where the form has at most one field of text. Null where it does nothing.
 */
export function implicitSubmission(field: Element): { form: HTMLFormElement; submitter: HTMLElement | null } | null {
  const form = isHtml(field, 'input') && !NOT_IMPLICIT.has(field.type) ? (readNative(field, 'form') as HTMLFormElement | null) : null
  if (!form) return null
  const submitter = defaultButton(form)
  if (submitter) return matches(submitter, ':disabled') ? null : { form, submitter }
  return fieldsOf(form).filter((other) => isHtml(other, 'input') && BLOCKING.has(other.type)).length <= 1 ? { form, submitter: null } : null
}

/** All that belongs to the form, inside of it or not, in the order of the page; images included, which `elements` leaves out. */
export function fieldsOf(form: HTMLFormElement): HTMLElement[] {
  const listed = [...read('HTMLFormElement', 'elements', form)] as HTMLElement[]
  const images = queryAll(rootOf(form), 'input[type=image i]').filter((image) => readNative(image, 'form') === form) as HTMLElement[]
  if (images.length === 0) return listed
  return [...listed, ...images].sort((a, b) => (call('Node', 'compareDocumentPosition', a, b) & 4 ? -1 : 1))
}

const BLOCKING: ReadonlySet<string> = new Set('text search tel url email password date month week time datetime-local number'.split(' '))
const NOT_IMPLICIT: ReadonlySet<string> = new Set('button submit reset image file color hidden'.split(' '))

function ownAttribute(submitter: Element | null, name: string): string | null {
  return submitter && isSubmitter(submitter) ? attributeOf(submitter, name) : null
}

function sensitiveKinds(form: HTMLFormElement): Sensitivity[] {
  const kinds = fieldsOf(form).map((field) => sensitivityOfField(field))
  return [...new Set(kinds.filter((kind) => kind !== null))]
}

/** Headings, legends and labels; titles of frames, since payment forms of others come in frames. */
function labelsOf(form: HTMLFormElement): string[] {
  const around = queryAll(form, 'h1,h2,h3,h4,h5,h6,legend,label,[role=heading],iframe[title]')
  const texts = [
    nameOf(form),
    ...around.slice(0, 60).map((part) => cleanText(attributeOf(part, 'title') ?? read('Node', 'textContent', part))),
  ]
  return [...new Set(texts.filter((text) => text !== ''))].slice(0, MOST_LABELS)
}
