/** What browsers do when a key is pressed and the page lets them. */
import { isLink } from './activated.ts'
import { arrowIn } from './arrow-keys.ts'
import { commit, deleteText, insertText } from './edits.ts'
import { editingHost, fieldKind, isTextField } from './field-facts.ts'
import { focusOn } from './focus.ts'
import { implicitSubmission } from './form-facts.ts'
import type { Hand } from './hand.ts'
import { isPrintable, type Chord } from './keys.ts'
import { call, documentOf, isHtml, matches, pathOf, queryAll, readNative } from './native.ts'
import { clickByKey } from './pointer.ts'
import { writeRich } from './rich-text.ts'
import { scrollByKey } from './scroll.ts'
import { nextInTabOrder } from './tab-order.ts'

/** @returns what happened, in words; empty where there is nothing to say. */
export function afterKeyDown(element: Element, chord: Chord, hand: Hand): string {
  const { key } = chord
  const held = chord.ctrlKey || chord.altKey || chord.metaKey
  if (key === 'Tab' && !held) return moveFocus(element, chord.shiftKey, hand)
  if (key === 'Escape') return closeTopmost(element, hand)
  if ((chord.ctrlKey || chord.metaKey) && key.toLowerCase() === 'a') return selectContents(element)
  if (held) return ''
  if (key === 'Enter') return enter(element, chord, hand)
  if (fieldKind(element) === 'text' && isTextField(element)) return inTextField(element, chord, hand)
  if (fieldKind(element) === 'value' && isPrintable(chord)) return 'This field takes its value by type.'
  if (fieldKind(element) === 'rich') return inRichText(element, chord, hand)
  return arrowIn(element, key, hand) ?? (key === ' ' && activatedByKeys(element) ? '' : scrollByKey(element, chord))
}

/** Space activates when it is released. */
export function afterKeyUp(element: Element, { key, ctrlKey, altKey, metaKey }: Chord, hand: Hand): string {
  if (key !== ' ' || ctrlKey || altKey || metaKey || !activatedByKeys(element) || matches(element, ':disabled')) return ''
  clickByKey(element, hand)
  return isHtml(element, 'input') && ['checkbox', 'radio'].includes(element.type)
    ? `It is ${element.checked ? 'checked' : 'not checked'} now.`
    : ''
}

function enter(element: Element, { shiftKey }: Chord, hand: Hand): string {
  if (isHtml(element, 'textarea')) return insertLine(element, hand)
  if (fieldKind(element) === 'rich') return (writeRich(editingHost(element), '\n', hand), '')
  if (isLink(element) || (activatedByKeys(element) && !isToggle(element))) {
    if (!shiftKey) clickByKey(element, hand)
    return ''
  }
  commit(element)
  const submission = implicitSubmission(element)
  if (!submission) return ''
  hand.signal.throwIfAborted()
  if (submission.submitter) clickByKey(submission.submitter, hand)
  else call('HTMLFormElement', 'requestSubmit', submission.form)
  return ''
}

function insertLine(field: HTMLTextAreaElement, hand: Hand): string {
  if (!field.readOnly) insertText(field, '\n', hand)
  return ''
}

function inTextField(field: HTMLInputElement | HTMLTextAreaElement, chord: Chord, hand: Hand): string {
  if (field.readOnly) return ''
  if (chord.key === 'Backspace') deleteText(field, 'Backward', hand)
  else if (chord.key === 'Delete') deleteText(field, 'Forward', hand)
  else if (isPrintable(chord) && (field.maxLength < 0 || field.value.length < field.maxLength)) insertText(field, chord.key, hand)
  return ''
}

function inRichText(element: Element, chord: Chord, hand: Hand): string {
  if (chord.key === 'Backspace' || chord.key === 'Delete') writeRich(editingHost(element), '', hand)
  else if (isPrintable(chord)) writeRich(editingHost(element), chord.key, hand)
  return ''
}

function moveFocus(element: Element, backward: boolean, hand: Hand): string {
  const next = nextInTabOrder(element, backward)
  if (!next || !focusOn(next, hand)) return ''
  if (isTextField(next) && fieldKind(next) === 'text') next.select()
  return 'The focus has moved.'
}

/** The topmost open dialog or popover, as the platform closes it. */
function closeTopmost(element: Element, hand: Hand): string {
  const document = documentOf(element)
  const open = queryAll(document, 'dialog:modal, [popover]:popover-open')
  const around = pathOf(element).find((part) => open.includes(part))
  const top = around ?? open.at(-1)
  if (!top) return ''
  hand.signal.throwIfAborted()
  if (!isHtml(top, 'dialog') || !matches(top, ':modal')) {
    if (readNative(top, 'popover') === 'manual') return ''
    ;(top as HTMLElement).hidePopover()
    return 'The popover is closed.'
  }
  if (!hand.send(top, new hand.view.Event('cancel', { cancelable: true }))) return 'The dialog stays open: the page wants it so.'
  if (top.open) top.close()
  return 'The dialog is closed.'
}

function selectContents(element: Element): string {
  if (isTextField(element)) element.select()
  else if (fieldKind(element) === 'rich') call('Document', 'getSelection', documentOf(element))?.selectAllChildren(editingHost(element))
  return ''
}

function activatedByKeys(element: Element): boolean {
  return isHtml(element, 'button', 'summary') || (isHtml(element, 'input') && KEYED.has(element.type))
}

/** Enter in these sends the form and does not tick them. */
function isToggle(element: Element): boolean {
  return isHtml(element, 'input') && (element.type === 'checkbox' || element.type === 'radio')
}

const KEYED: ReadonlySet<string> = new Set('button submit reset image checkbox radio color'.split(' '))
