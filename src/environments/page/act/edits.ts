/** Changing what a field holds so that whoever listens takes it for a person's doing: `beforeinput`, the native setter, `input`, `change`. */
import type { TextField } from './field-facts.ts'
import type { Hand } from './hand.ts'
import { call, readNative, realmOf, writeNative } from './native.ts'

/** Puts `text` in place of the selection. False where the page prevented it. */
export function insertText(field: TextField, text: string, hand: Hand): boolean {
  return edit(field, hand, { inputType: 'insertText', data: text }, (value, start, end) => ({
    value: value.slice(0, start) + text + value.slice(end),
    caret: start + text.length,
  }))
}

/** Takes the selection out, or one character before or after the caret. */
export function deleteText(field: TextField, direction: 'Backward' | 'Forward', hand: Hand): boolean {
  return edit(field, hand, { inputType: `deleteContent${direction}`, data: null }, (value, start, end) => {
    const from =
      start !== end || direction === 'Forward' ? start : Math.max(0, start - (Array.from(value.slice(0, start)).pop()?.length ?? 0))
    const to = start !== end || direction === 'Backward' ? end : end + (Array.from(value.slice(end))[0]?.length ?? 0)
    return { value: value.slice(0, from) + value.slice(to), caret: from }
  })
}

/** Sets the whole value at once, as pickers do. False where the page prevented it. */
export function replaceValue(field: TextField | HTMLSelectElement, value: string, hand: Hand): boolean {
  return edit(field, hand, { inputType: 'insertReplacementText', data: value }, () => ({ value, caret: null }))
}

/** All that it holds is selected, where its type has a selection. */
export function selectAll(field: TextField): void {
  field.select()
}

export function valueOf(field: Element): string {
  return String(readNative(field, 'value') ?? '')
}

/** Sends the `change` that browsers send when a changed field is left. */
export function commit(field: Element): void {
  const before = owed.get(field)
  if (before === undefined) return
  owed.delete(field)
  if (valueOf(field) !== before)
    call('EventTarget', 'dispatchEvent', field, new (realmOf(field) ?? globalThis).Event('change', { bubbles: true }))
}

/**
 * The same for all fields that were edited since. At the end of each act and not when the field is left, as browsers do: what listens to
 * `change` may send a form, and that must happen while somebody watches. Where `silent`, nothing is sent any more.
 */
export function commitAll(silent: boolean): void {
  for (const field of owed.keys()) {
    if (silent) owed.delete(field)
    else commit(field)
  }
}

/** What fields held before the edits that no `change` has told of. */
const owed = new Map<Element, string>()

interface Edited {
  value: string
  caret: number | null
}

function edit(
  field: TextField | HTMLSelectElement,
  hand: Hand,
  init: { inputType: string; data: string | null },
  make: (value: string, start: number, end: number) => Edited,
): boolean {
  const { InputEvent } = hand.view
  const events = { ...init, bubbles: true, composed: true, view: hand.view }
  if (!hand.send(field, new InputEvent('beforeinput', { ...events, cancelable: true }))) return false
  const before = valueOf(field)
  const [start, end] = selectionOf(field, before)
  const { value, caret } = make(before, start, end)
  owe(field, before)
  writeNative(field, 'value', value)
  if (caret !== null && hasSelection(field)) (field as TextField).setSelectionRange(caret, caret)
  hand.send(field, new InputEvent('input', events))
  return true
}

function owe(field: Element, before: string): void {
  if (!owed.has(field)) owed.set(field, before)
}

/** Types without a selection are written at their end. */
function selectionOf(field: Element, value: string): [number, number] {
  if (!hasSelection(field)) return [value.length, value.length]
  const { selectionStart, selectionEnd } = field as TextField
  return [selectionStart ?? value.length, selectionEnd ?? value.length]
}

function hasSelection(field: Element): boolean {
  return 'selectionStart' in field && field.selectionStart !== null
}
