/** What an element is for. Roles come from dom-accessibility-api; only those that ARIA knows are believed. */
import { getRole } from 'dom-accessibility-api'
import { domReader, property } from './dom.ts'

const LANDMARKS: readonly string[] = [
  'banner',
  'complementary',
  'contentinfo',
  'form',
  'main',
  'navigation',
  'region',
  'search',
  'dialog',
  'alertdialog',
]
const USABLE: readonly string[] = [
  'button',
  'link',
  'textbox',
  'searchbox',
  'combobox',
  'listbox',
  'checkbox',
  'radio',
  'switch',
  'slider',
  'spinbutton',
  'tab',
  'menuitem',
  'menuitemcheckbox',
  'menuitemradio',
  'option',
  'treeitem',
]
const OTHERS =
  'alert application article blockquote caption cell code columnheader definition deletion directory document emphasis feed figure generic ' +
  'grid gridcell group heading img image insertion list listitem log marquee math menu menubar meter none note paragraph presentation ' +
  'progressbar radiogroup row rowgroup rowheader scrollbar separator status strong subscript superscript table tablist tabpanel term time ' +
  'timer toolbar tooltip tree treegrid legend'
const ROLES: ReadonlySet<string> = new Set([...LANDMARKS, ...USABLE, ...OTHERS.split(' ')])
const USABLE_ROLES: ReadonlySet<string> = new Set(USABLE)
const LANDMARK_ROLES: ReadonlySet<string> = new Set(LANDMARKS)

export const isUsableRole = (role: string): boolean => USABLE_ROLES.has(role)
export const isLandmarkRole = (role: string): boolean => LANDMARK_ROLES.has(role)

/** Elements whose role hangs on nothing but their name where they have no `role`. */
const PLAIN = /^(?!(?:a|area|link|img|input|select|form)$)/
const roleOfTag = new Map<string, string | null>()

/** @returns the first explicit role that ARIA knows, else the implied one. */
export function roleOf(element: Element, tag: string, attributed = true): string | null {
  const explicit = attributed ? domReader().attribute(element, 'role') : null
  if (explicit === null && PLAIN.test(tag)) return impliedByTag(element, tag)
  const known = explicit
    ?.trim()
    .toLowerCase()
    .split(/\s+/)
    .find((role) => ROLES.has(role))
  if (known && known !== 'none' && known !== 'presentation') return known
  const implied = getRole(face(element, tag, explicit === null ? null : (known ?? null)))
  return implied === null ? inputRole(element, tag) : implied
}

function impliedByTag(element: Element, tag: string): string | null {
  let role = roleOfTag.get(tag)
  if (role === undefined) {
    role = getRole(face(element, tag, null))
    if (roleOfTag.size < 500) roleOfTag.set(tag, role)
  }
  return role
}

/** What `getRole` looks at, read in the one way that no page can interfere with. */
function face(element: Element, tag: string, role: string | null): Element {
  const dom = domReader()
  const attribute = (name: string): string | null => (name === 'role' ? role : dom.attribute(element, name))
  const stand = {
    localName: tag,
    type: tag === 'input' ? inputType(element) : '',
    size: Number(attribute('size') ?? 0),
    getAttribute: attribute,
    hasAttribute: (name: string) => attribute(name) !== null,
  }
  return stand as unknown as Element
}

const typeOf = lazy(() => property<string>(['HTMLInputElement', 'HTMLButtonElement'], 'type'))

/** Of an input or a button, as the browser understands it. */
export function inputType(element: Element): string {
  return typeOf()(element) ?? ''
}

/** Inputs that have no role in ARIA, though a person types into them or clicks them. */
function inputRole(element: Element, tag: string): string | null {
  if (tag !== 'input') return null
  const type = inputType(element)
  if (type === 'hidden') return null
  return type === 'file' || type === 'color' ? 'button' : 'textbox'
}

/** Made when it is first needed: importing a module touches no window. */
export function lazy<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => (made ??= { value: make() }).value
}
