/** Filling fields with text. What the field holds in the end is looked at, not assumed. */
import { hindrance } from './activated.ts'
import { commit, deleteText, insertText, replaceValue, selectAll, valueOf } from './edits.ts'
import { fieldKind, fieldOf, isTextField, sensitivityOfField, type TextField } from './field-facts.ts'
import { focusOn } from './focus.ts'
import { done, problem, type Hand, type Outcome } from './hand.ts'
import { sendKey } from './key-events.ts'
import { chordOf } from './keys.ts'
import { cleanText } from './labels.ts'
import { attributeOf, isConnected, isHtml, readNative } from './native.ts'
import { typeRich } from './rich-text.ts'
import { formatProblem } from './value-formats.ts'

/** Longer texts go in at once, as when they are pasted. */
const MOST_KEYS = 100

/** @param secret the text is nobody's to read: no note repeats it. */
export async function typeText(element: Element, text: string, hand: Hand, secret = false): Promise<Outcome> {
  const field = fieldOf(element)
  const wrong = unfit(field) ?? tooLong(field, text)
  if (wrong) return problem(`The element ${wrong}.`)
  if (!focusOn(field, hand)) return problem('The field does not take the focus, so that nobody could type into it now.')
  await hand.pause()
  if (!isTextField(field)) return typeRich(field, text, hand, secret)
  const wanted = fieldKind(field) === 'text' ? oneLine(field, text) : text.trim()
  const format = wanted === '' ? null : formatProblem(field, wanted)
  if (format) return problem(format)
  if (!isConnected(field)) return problem('The page took the field away when it got the focus. Look at the page again.')
  const before = valueOf(field)
  await write(field, wanted, hand)
  await hand.pause()
  return checked(field, { wanted, before, secret: secret || sensitivityOfField(field) !== null })
}

function unfit(field: Element): string | null {
  const hinders = hindrance(field)
  if (hinders) return hinders
  if (isHtml(field, 'input') && field.type === 'file') return 'takes files, which only a person can choose'
  if (isHtml(field, 'select')) return 'is a list: use select'
  if (isHtml(field, 'input') && (field.type === 'checkbox' || field.type === 'radio')) return 'is not for text: use check'
  if (fieldKind(field) === null) return 'is no field that takes text'
  if (readNative(field, 'readOnly') === true || attributeOf(field, 'aria-readonly') === 'true') return 'can only be read'
  return null
}

function tooLong(field: Element, text: string): string | null {
  if (!isTextField(field) || fieldKind(field) !== 'text' || field.maxLength < 0 || text.length <= field.maxLength) return null
  return `takes ${field.maxLength} characters at most, and these are ${text.length}`
}

function oneLine(field: TextField, text: string): string {
  return isHtml(field, 'input') ? text.replace(/[\r\n]+$/, '').replace(/[\r\n]+/g, ' ') : text.replace(/\r\n?/g, '\n')
}

async function write(field: TextField, text: string, hand: Hand): Promise<void> {
  if (text === '') return clearField(field, hand)
  const whole = fieldKind(field) === 'value' || text.length > MOST_KEYS || text.includes('\n')
  // Of some types, as of email, the browser tells no selection: they are emptied first, so that keys write at their end.
  if (!whole && valueOf(field) !== '' && field.selectionStart === null) replaceValue(field, '', hand)
  selectAll(field)
  if (whole) return writeWhole(field, text, hand)
  for (const character of text) {
    if (!isConnected(field)) return
    const pressed = sendKey(field, 'keydown', chordOf(character), hand) && sendKey(field, 'keypress', chordOf(character), hand)
    if (pressed) insertText(field, character, hand)
    sendKey(field, 'keyup', chordOf(character), hand)
    await hand.pause()
  }
}

function writeWhole(field: TextField, text: string, hand: Hand): void {
  const unknown = { ...chordOf('Unidentified'), keyCode: 229, code: '' }
  if (sendKey(field, 'keydown', unknown, hand)) {
    if (fieldKind(field) === 'value' || field.selectionStart === null) replaceValue(field, text, hand)
    else insertText(field, text, hand)
  }
  sendKey(field, 'keyup', unknown, hand)
  // Pickers tell of each value that is complete, and not only when the field is left.
  if (fieldKind(field) === 'value') commit(field)
}

function clearField(field: TextField, hand: Hand): void {
  if (valueOf(field) === '') return
  selectAll(field)
  const key = chordOf('Backspace')
  if (sendKey(field, 'keydown', key, hand)) {
    if (field.selectionStart === null || fieldKind(field) === 'value') replaceValue(field, '', hand)
    else deleteText(field, 'Backward', hand)
  }
  sendKey(field, 'keyup', key, hand)
  if (fieldKind(field) === 'value') commit(field)
}

function checked(field: TextField, { wanted, before, secret }: { wanted: string; before: string; secret: boolean }): Outcome {
  if (!isConnected(field)) return done('Typed. The page has taken the field away since; look at the page again.')
  const holds = valueOf(field)
  const taken = holds === wanted || (fieldKind(field) === 'value' && Number(holds) === Number(wanted) && holds !== '')
  if (taken)
    return done(
      `${holds === '' ? 'The field is empty now.' : secret ? 'The field is filled.' : `The field holds ${shown(holds)} now.`}${invalid(field, secret)}`,
    )
  const state = secret ? (holds === '' ? 'is empty' : 'holds something else') : holds === '' ? 'is empty' : `holds ${shown(holds)}`
  if (holds === before) return problem(`The page did not let the field change: it still ${state}.`)
  return done(`The page changed what was typed: the field ${state} now.${invalid(field, secret)}`)
}

/** Messages of browsers quote the value. */
function invalid(field: TextField, secret: boolean): string {
  if (field.validity.valid) return ''
  const message = cleanText(field.validationMessage)
  return secret || message === '' ? ' The field does not find it valid.' : ` The field says: ${message}`
}

function shown(value: string): string {
  return JSON.stringify(value.length > 200 ? `${value.slice(0, 200)}…` : value)
}
