/**
 * What an element is called. What a person can read of it comes first; a name that no person sees is used for controls and pictures
 * without any text, where it is too short to say much.
 */
import { computeAccessibleName } from 'dom-accessibility-api'
import { domReader, property } from './dom.ts'
import { plainText, unseenName } from './plain-text.ts'
import { boxOf, isEdited } from './element-style.ts'
import { height, throughClips, width } from './geometry.ts'
import { inputType, lazy } from './roles.ts'
import type { Item, Reading, Run, Seen } from './seen.ts'
import { isLegible } from './text-runs.ts'
import { isShownPlaceholder, shownValue } from './values.ts'

/** Longest visible name in characters; where it ends, the text of the element goes on as text. */
export const LONGEST_NAME = 160

const labelsOf = lazy(() =>
  property<Iterable<Element> | null>(
    [
      'HTMLInputElement',
      'HTMLTextAreaElement',
      'HTMLSelectElement',
      'HTMLButtonElement',
      'HTMLMeterElement',
      'HTMLProgressElement',
      'HTMLOutputElement',
    ],
    'labels',
  ),
)
const NAMED_BY_CONTENT =
  /^(?:button|link|tab|menuitem|menuitemcheckbox|menuitemradio|option|treeitem|switch|checkbox|radio|heading|legend)$/
const FIELDS = new Set(['input', 'select', 'textarea'])

/** `''` for an element that is called nothing. */
export function nameOf(seen: Seen, reading: Reading): string {
  const seenName = visibleName(seen, reading)
  if (SAYS.test(seenName)) return seenName
  // A sign alone, such as × or ★, says little: what it is called is told with it.
  const unseen = hiddenName(seen, reading) || titleOf(seen) || tuckedText(seen, reading)
  return seenName === '' || unseen === '' ? seenName + unseen : `${seenName} ${unseen}`
}

/** A title is no name where there is content: of a sign it is. */
function titleOf({ element, attributed }: Seen): string {
  return attributed ? unseenName(domReader().attribute(element, 'title') ?? '') : ''
}

const SAYS = /[\p{L}\p{N}]/u

/**
 * A text for screen readers, in a control without a text to read: rendered, and put where nobody sees it. It counts as much as an
 * `aria-label`, not as a text.
 */
function tuckedText(seen: Seen, { stream }: Reading): string {
  if (seen.role === null || !seen.place) return ''
  const dom = domReader()
  let text = ''
  for (let at = seen.start; at < seen.end && text.length < 200; at++) {
    const item = stream[at]
    if (item?.kind !== 'element' || !isTucked(item, seen)) continue
    for (let node = dom.firstChild(item.element); node; node = dom.nextSibling(node))
      if (dom.nodeType(node) === 3) text += ` ${dom.data(node).slice(0, 200)}`
  }
  return unseenName(text.trim())
}

function isTucked(item: Seen, control: Seen): boolean {
  if (item.hidden || !isLegible(item) || item.opacity < 0.9) return false
  if (Number.parseFloat(item.style.textIndent) <= -50) return true
  if (item === control) return false
  const box = boxOf(item)
  return Math.min(width(box), height(box)) <= 2 || !throughClips(box, item.mask) || !throughClips(box, item.inside)
}

/** What of its name a person can read. */
export function visibleName(seen: Seen, reading: Reading): string {
  const { element, tag } = seen
  const isField = FIELDS.has(tag)
  const byContent =
    !isField &&
    !isEdited(element) &&
    (seen.role === null || NAMED_BY_CONTENT.test(seen.role) || (seen.role === 'row' && !holdsUsable(seen, reading)))
  const content = byContent ? visibleText(reading.stream, seen.role === 'treeitem' ? withoutGroup(seen, reading) : seen, LONGEST_NAME) : ''
  if (content !== '') return content
  if (isField && /^(?:submit|button|reset)$/.test(tag === 'input' ? inputType(element) : '')) return shownValue(seen) ?? ''
  const labelled = labelText(seen, reading)
  if (labelled !== '') return labelled
  return isField ? isShownPlaceholder(seen) : ''
}

/** What a row says stands beside what can be used in it. */
export function holdsUsable(seen: Seen, { stream }: Reading): boolean {
  for (let at = seen.start + 1; at < seen.end; at++) {
    const item = stream[at]
    if (item?.kind === 'element' && item.usable) return true
  }
  return false
}

/** An item of a tree is not called by the items below it. */
function withoutGroup(seen: Seen, { stream }: Reading): { start: number; end: number } {
  for (let at = seen.start + 1; at < seen.end; at++) {
    const item = stream[at]
    if (item?.kind === 'element' && (item.role === 'group' || item.role === 'treeitem')) return { start: seen.start, end: at }
  }
  return seen
}

/** Texts that label a field where a person can see them: of its `label` elements, and of what `aria-labelledby` points to. */
export function labelText(seen: Seen, reading: Reading): string {
  const dom = domReader()
  const ids = seen.attributed ? dom.attribute(seen.element, 'aria-labelledby') : null
  const root = ids === null ? null : dom.rootOf(seen.element)
  const referred =
    root && ids
      ? ids
          .trim()
          .split(/\s+/, 20)
          .map((id) => dom.byId(root, id))
      : []
  const labels = FIELDS.has(seen.tag) || seen.tag === 'button' ? [...(labelsOf()(seen.element) ?? [])].slice(0, 20) : []
  const texts = [...referred, ...labels].map((element) => {
    const label = element && reading.seen.get(element)
    return label && label !== seen ? visibleText(reading.stream, label, LONGEST_NAME) : ''
  })
  return [...new Set(texts.filter((text) => text !== ''))].join(' ')
}

/** The visible texts within an element, up to about `most` characters. */
export function visibleText(stream: readonly Item[], seen: Pick<Seen, 'start' | 'end'>, most: number): string {
  let text = ''
  let last: Run | null = null
  for (let at = seen.start + 1; at < seen.end && text.length < most; at++) {
    const item = stream[at]
    if (item?.kind !== 'text' || !item.visible) continue
    text += last && isApart(last, item) ? ` ${item.text}` : item.text
    last = item
  }
  return text
}

/** A reader sees a gap between two texts. */
export function isApart(first: Run, second: Run): boolean {
  if (first.spaced[1] || second.spaced[0]) return true
  if (Math.abs(first.box.top - second.box.top) > 4 && Math.abs(first.box.bottom - second.box.bottom) > 4) return true
  return Math.min(Math.abs(second.box.left - first.box.right), Math.abs(first.box.left - second.box.right)) > 1
}

/** `aria-label`, `title`, `alt`, and what is referred to though nobody sees it: only what attributes say, never hidden content. */
function hiddenName(seen: Seen, reading: Reading): string {
  if (isEdited(seen.element) && seen.role === null) return ''
  const name = unseenName(accessibleName(seen, reading))
  if (name === '') return ''
  const dom = domReader()
  const said = ['aria-label', 'title', 'alt'].some((attribute) => plainText(dom.attribute(seen.element, attribute) ?? '', 200) === name)
  return said || !isHiddenContent(seen.element, name) ? name : ''
}

const textContent = lazy(() => property<string | null>(['Node'], 'textContent'))

/** Names are put together with spaces where the content has none. */
function isHiddenContent(element: Element, name: string): boolean {
  return packed(textContent()(element) ?? '').includes(packed(name))
}

const packed = (text: string): string => plainText(text).replaceAll(' ', '')

/** Hides from the computation of names what a person cannot see. */
const UNSEEN = { getPropertyValue: (name: string) => (name === 'display' ? 'none' : 'hidden') } as unknown as CSSStyleDeclaration

function accessibleName(seen: Seen, reading: Reading): string {
  const styleOf = (element: Element): CSSStyleDeclaration => {
    const other = reading.seen.get(element)
    return !other || other.hidden ? UNSEEN : other.style
  }
  try {
    return computeAccessibleName(seen.element, { getComputedStyle: styleOf, computedStyleSupportsPseudoElements: false })
  } catch {
    // Markup that hides properties under names of fields gets no name by this way.
    return ''
  }
}
