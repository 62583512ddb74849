/**
 * Writing into editable parts of a page. Editors that keep a document of their own listen for `beforeinput` and write themselves; where
 * nobody does, the browser's own command writes, which keeps its undo.
 */
import { done, problem, type Hand, type Outcome } from './hand.ts'
import { sendKey } from './key-events.ts'
import { chordOf } from './keys.ts'
import { call, documentOf, focusedIn, isConnected, pathOf, read } from './native.ts'

/** In place of all that the host holds. @param secret no note repeats it. */
export async function typeRich(host: Element, text: string, hand: Hand, secret: boolean): Promise<Outcome> {
  const before = textOf(host)
  selectContents(host, hand)
  // Editors hear of the selection by an event that comes later.
  await hand.pause()
  await hand.pause()
  const unknown = { ...chordOf('Unidentified'), keyCode: 229, code: '' }
  if (sendKey(host, 'keydown', unknown, hand)) writeRich(host, text, hand)
  sendKey(host, 'keyup', unknown, hand)
  await hand.pause()
  if (!isConnected(host)) return done('Typed. The page has taken the field away since; look at the page again.')
  const holds = textOf(host)
  const shown = secret ? (): string => 'what is not shown here' : inShort
  if (same(holds, text)) return done(same(holds, '') ? 'The field is empty now.' : `The field holds ${shown(holds)} now.`)
  if (same(holds, before)) return problem(`The page did not let the field change: it still holds ${shown(holds)}.`)
  return done(`The page changed what was typed: the field holds ${shown(holds)} now.`)
}

/** At the selection; without a text, takes the selection out. Where the focus has gone elsewhere, nothing is written there. */
export function writeRich(host: Element, text: string, hand: Hand): void {
  const inputType = text === '' ? 'deleteContentBackward' : text === '\n' ? 'insertParagraph' : 'insertText'
  const data = text === '' || text === '\n' ? null : text
  const { InputEvent } = hand.view
  if (!hasFocus(host)) return
  const init = { inputType, data, bubbles: true, composed: true, view: hand.view }
  if (!hand.send(host, new InputEvent('beforeinput', { ...init, cancelable: true }))) return
  const [command, value] = text === '' ? ['delete', ''] : text === '\n' ? ['insertParagraph', ''] : ['insertText', text]
  if (!hasFocus(host)) return
  // It has no successor: nothing else writes into editable content as the browser itself does.
  if (call('Document', 'execCommand', documentOf(host), command, false, value)) return
  if (text !== '\n') writePlain(host, text, hand)
  hand.send(host, new InputEvent('input', init))
}

function writePlain(host: Element, text: string, hand: Hand): void {
  const range = hand.view.getSelection()?.getRangeAt(0)
  if (!range || !host.contains(range.commonAncestorContainer)) return
  range.deleteContents()
  if (text !== '') range.insertNode(documentOf(host).createTextNode(text))
  range.collapse(false)
}

function hasFocus(host: Element): boolean {
  const focused = focusedIn(documentOf(host))
  return focused !== null && pathOf(focused).includes(host)
}

function selectContents(host: Element, hand: Hand): void {
  const selection = hand.view.getSelection()
  selection?.selectAllChildren(host)
}

function textOf(host: Element): string {
  return 'innerText' in host ? (host as HTMLElement).innerText : (read('Node', 'textContent', host) ?? '')
}

function same(one: string, other: string): boolean {
  const plain = (text: string): string => text.replace(/[\s\u200b\ufeff]+/g, ' ').trim()
  return plain(one) === plain(other)
}

function inShort(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line === '' ? 'nothing' : JSON.stringify(line.length > 200 ? `${line.slice(0, 200)}…` : line)
}
