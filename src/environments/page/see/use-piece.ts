/** The piece of a line that tells what can be acted on: `[e12] button "Save" (disabled)`. */
import type { Redactor } from '../../../security/redaction.ts'
import { visibleText } from './names.ts'
import { quoted } from './plain-text.ts'
import { isEdited } from './element-style.ts'
import { isUsableRole } from './roles.ts'
import type { Reading, Seen } from './seen.ts'
import { statesOf } from './states.ts'
import { valuePieces } from './values.ts'

export function usePiece(seen: Seen, reading: Reading, redactor: Redactor): string {
  const isText = seen.tag === 'textarea' || isEdited(seen.element)
  const role = seen.role !== null && isUsableRole(seen.role) ? seen.role : isText ? 'textbox' : 'clickable'
  const states = statesOf(seen, reading)
  const edited = isEdited(seen.element) ? visibleText(reading.stream, seen, 1_000) : ''
  return [
    ...(seen.ref === '' ? [] : [`[${seen.ref}]`]),
    role,
    ...(seen.name === '' ? [] : [quoted(seen.name, 200)]),
    ...(states.length > 0 ? [`(${states.join(', ')})`] : []),
    ...(edited === '' ? [] : [`= ${quoted(edited, 200)}`]),
    ...valuePieces(seen, redactor),
  ].join(' ')
}
