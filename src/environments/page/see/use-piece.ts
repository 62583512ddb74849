/** The piece of a line that tells what can be acted on: `[e12] button "Save" (disabled)`. */
import type { Redactor } from '../../../security/redaction.ts'
import { domReader } from './dom.ts'
import { holdsUsable, visibleText } from './names.ts'
import { quoted } from './plain-text.ts'
import { isEdited } from './element-style.ts'
import { isUsableRole } from './roles.ts'
import type { Reading, Seen } from './seen.ts'
import { statesOf } from './states.ts'
import { valuePieces } from './values.ts'

export function usePiece(seen: Seen, reading: Reading, redactor: Redactor): string {
  const isText = seen.tag === 'textarea' || isEdited(seen.element)
  const role =
    seen.role !== null && isUsableRole(seen.role)
      ? seen.role
      : isText
        ? 'textbox'
        : seen.role === 'row' && seen.name === ''
          ? 'clickable row'
          : 'clickable'
  const states = statesOf(seen, reading)
  const edited = isEdited(seen.element) ? visibleText(reading.stream, seen, 1_000) : drawnValue(seen, reading)
  return [
    ...(seen.ref === '' ? [] : [`[${seen.ref}]`]),
    role,
    ...(seen.name === '' ? [] : [quoted(seen.name, 200)]),
    ...(states.length > 0 ? [`(${states.join(', ')})`] : []),
    ...(edited === '' ? [] : [`= ${quoted(edited, 200)}`]),
    ...valuePieces(seen, redactor),
    ...errorPieces(seen, reading),
  ].join(' ')
}

/** What a field that the page itself draws shows as chosen. */
function drawnValue(seen: Seen, reading: Reading): string {
  if (seen.role === null || !/^(?:combobox|spinbutton|textbox|searchbox)$/.test(seen.role) || NATIVE.test(seen.tag)) return ''
  if (holdsUsable(seen, reading)) return ''
  const text = visibleText(reading.stream, seen, 1_000)
  return text === seen.name ? '' : text
}

const NATIVE = /^(?:input|select|textarea)$/

/** The message that a field in error refers to, where a person sees it. */
function errorPieces(seen: Seen, reading: Reading): string[] {
  const dom = domReader()
  if (!seen.attributed || dom.attribute(seen.control, 'aria-invalid') !== 'true') return []
  const ids = dom.attribute(seen.control, 'aria-errormessage') ?? dom.attribute(seen.control, 'aria-describedby') ?? ''
  const texts = ids
    .trim()
    .split(/\s+/, 5)
    .map((id) => reading.seen.get(dom.byId(dom.rootOf(seen.control), id) ?? seen.element))
    .map((message) => (message && message !== seen ? visibleText(reading.stream, message, 200) : ''))
    .filter((text) => text !== '')
  return texts.length === 0 ? [] : [`error ${quoted(texts.join(' '), 200)}`]
}
