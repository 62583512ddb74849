/** Which elements can be acted on, what they are called, and what they are recognised by when the page is drawn anew. */
import { domReader, property } from './dom.ts'
import { nameOf, visibleText } from './names.ts'
import type { Candidate } from './references.ts'
import { inputType, lazy } from './roles.ts'
import type { Box } from './geometry.ts'
import type { Item, Reading, Seen } from './seen.ts'
import type { Work } from './slices.ts'

const STRIDE = 12

/** In the order of the page. Names are written into what was seen. */
export function* findUsable(reading: Reading): Work<Candidate[]> {
  yield* markClickable(reading)
  const candidates: Candidate[] = []
  let heading = ''
  const { stream } = reading
  for (let at = 0; at < stream.length; at++) {
    if (at % STRIDE === 0) yield
    const seen = stream[at] as Item
    if (seen.kind === 'text') continue
    if (seen.role === 'heading') heading = visibleText(reading.stream, seen, 60)
    if (seen.tag === 'label') adopt(seen, reading)
    if (seen.usable) settle(seen, reading)
    if (seen.usable && !seen.inert) candidates.push({ seen, likeness: likenessOf(seen, reading, heading) })
  }
  return candidates
}

/** Whatever has the hand as its cursor was made to be clicked, though its markup does not say so. */
function* markClickable(reading: Reading): Work<void> {
  const { stream } = reading
  for (let at = 0; at < stream.length; at++) {
    if (at % STRIDE === 0) yield
    const item = stream[at] as Item
    const shown = item.kind === 'text' ? (item.visible ? item.parent : null) : item.place && !item.usable ? item : null
    if (!shown || shown.hand !== undefined || isInUsable(shown) || !isHand(shown)) continue
    let outermost = shown
    while (outermost.parent && outermost.parent.start < outermost.start && isHand(outermost.parent)) outermost = outermost.parent
    if (outermost.tag !== 'body' && outermost.tag !== 'html' && outermost.tag !== 'label') outermost.usable = true
  }
}

function isHand(seen: Seen): boolean {
  seen.hand ??= seen.style.cursor === 'pointer'
  return seen.hand
}

function isInUsable(start: Seen): boolean {
  for (let seen: Seen | null = start; seen; seen = seen.parent) if (seen.usable || seen.tag === 'label') return true
  return false
}

const controlOf = lazy(() => property<Element | null>(['HTMLLabelElement'], 'control'))

/** A label stands for a control of its own that a person cannot see, as drawn checkboxes and buttons for files have it. */
function adopt(label: Seen, reading: Reading): void {
  const control = controlOf()(label.element)
  if (!control || domReader().tag(control) !== 'input' || !/^(?:checkbox|radio|file)$/.test(inputType(control))) return
  const own = reading.seen.get(control)
  if (own?.usable && own.place) return
  if (own) own.usable = false
  Object.assign(label, { control, usable: true, role: inputType(control) === 'file' ? 'button' : inputType(control) })
}

/** What is nowhere to be seen, neither itself nor anything in it, cannot be used. */
function settle(seen: Seen, reading: Reading): void {
  if (!seen.place) seen.place = placeInside(seen, reading)
  if (seen.place) seen.name = nameOf(seen, reading)
  else seen.usable = false
}

/** A link may have no box of its own, only texts and pictures. What covers its middle covers it all, though. */
function placeInside(seen: Seen, { stream }: Reading): Box | null {
  const boxless = !seen.box || seen.box.right - seen.box.left < 2 || seen.box.bottom - seen.box.top < 2
  if (!boxless && seen.tag !== 'label' && seen.control === seen.element && !/^(?:a|span|div|li|summary)$/.test(seen.tag)) return null
  for (let at = seen.start + 1; at < seen.end; at++) {
    const item = stream[at]
    if (item?.kind === 'text' ? item.visible : item?.place) return item?.place ?? null
  }
  return null
}

const STABLE = ['id', 'name', 'type', 'href', 'value', 'data-testid', 'data-id', 'for'] as const
const ROW = /^(?:tr|li|article|dd)$/
const ROW_ROLE = /^(?:row|listitem|article|option|treeitem)$/

function likenessOf(seen: Seen, reading: Reading, heading: string): string {
  let text = `${seen.tag}${APART}${seen.role ?? ''}${APART}${seen.name}${APART}${heading}${APART}${rowText(seen, reading)}`
  if (!seen.attributed) return text
  const dom = domReader()
  for (const name of STABLE) {
    const value = name === 'value' && !isChoice(seen) ? null : dom.attribute(seen.element, name)
    if (value !== null) text += `${APART}${name}=${value.slice(0, 80)}`
  }
  return text
}

/** No parser of markup lets this into a document. */
const APART = '\0'

/** Of these alone the value tells which one it is; of others it changes. */
function isChoice({ tag, role }: Seen): boolean {
  return tag === 'button' || role === 'radio' || role === 'checkbox' || role === 'button'
}

/** What the row says that an element stands in: the delete buttons of two rows are not alike. */
function rowText(seen: Seen, { stream }: Reading): string {
  for (let at = seen.name === '' ? seen : seen.parent, depth = 0; at && depth < 8; at = at.parent, depth++)
    if (ROW.test(at.tag) || (at.role !== null && ROW_ROLE.test(at.role))) return (at.rowText ??= visibleText(stream, at, 200))
  return ''
}
