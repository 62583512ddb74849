/**
 * What a click really activates: the link or button around a clicked word, the control of a clicked label. As the DOM standard has it:
 * the first element with a behaviour of its own on the way of the event.
 */
import { attributeOf, call, isHtml, matches, pathOf, read, readNative, tagOf } from './native.ts'

/** The element whose built-in behaviour a click on `element` starts, through labels; null where the browser itself does nothing. */
export function activatedBy(element: Element): Element | null {
  const first = pathOf(element).find(behaves)
  if (!isHtml(first, 'label')) return first ?? null
  return read('HTMLLabelElement', 'control', first)
}

/** What a person would say was acted on: what is activated, else what an ARIA role makes a control of, else the element itself. */
export function actsOn(element: Element): Element {
  return controlAround(element) ?? element
}

/** As `actsOn`, and null where nothing around the element is a control. */
export function controlAround(element: Element): Element | null {
  return activatedBy(element) ?? pathOf(element).find((at) => INTERACTIVE.has(roleAttribute(at))) ?? null
}

/** A link of HTML or SVG. */
export function isLink(element: Element | null): boolean {
  return element !== null && (isHtml(element, 'a', 'area') ? attributeOf(element, 'href') !== null : isSvgLink(element))
}

/** The link that a click on the element follows: also that of a control in it, unless the control keeps clicks to itself. */
export function linkAround(element: Element): Element | null {
  const first = pathOf(element).find((at) => isLink(at) || keepsClicks(at)) ?? null
  return isLink(first) ? first : null
}

function keepsClicks(element: Element): boolean {
  if (isHtml(element, 'label')) return read('HTMLLabelElement', 'control', element) !== null
  return isHtml(element, 'input') && (element.type === 'checkbox' || element.type === 'radio')
}

/** As written, of SVG links too; those lead where an animation says. */
export function hrefOf(link: Element): string | null {
  const animated = isSvgLink(link) ? (readNative(link, 'href') as SVGAnimatedString | undefined)?.animVal : undefined
  return animated ?? attributeOf(link, 'href') ?? call('Element', 'getAttributeNS', link, XLINK, 'href')
}

/** A button that sends the form it belongs to. */
export function isSubmitter(element: Element | null): element is HTMLButtonElement | HTMLInputElement {
  if (isHtml(element, 'input')) return element.type === 'submit' || element.type === 'image'
  return isHtml(element, 'button') && element.type === 'submit' && readNative(element, 'form') !== null
}

/** The form that a control belongs to, whatever its fields are called. */
export function formOf(element: Element): HTMLFormElement | null {
  if (isHtml(element, 'form')) return element
  return isHtml(element, 'input', 'button', 'select', 'textarea', 'output', 'fieldset', 'object')
    ? (readNative(element, 'form') as HTMLFormElement | null)
    : null
}

/** Cannot be used now, and why. */
export function hindrance(element: Element): string | null {
  const path = pathOf(element)
  if (matches(element, ':disabled')) return 'is disabled'
  if (path.some((at) => isHtml(at, 'button') && matches(at, ':disabled'))) return 'is in a disabled button'
  if (path.some((at) => attributeOf(at, 'inert') !== null)) return 'is in a part of the page that is inert now'
  if (path.some((at) => attributeOf(at, 'aria-disabled') === 'true')) return 'is disabled'
  return null
}

export function roleAttribute(element: Element): string {
  return attributeOf(element, 'role')?.trim().toLowerCase().split(/\s+/)[0] ?? ''
}

function behaves(element: Element): boolean {
  if (isHtml(element, 'button', 'input', 'select', 'textarea', 'label')) return true
  if (isHtml(element, 'summary')) return isSummaryOfDetails(element)
  return isLink(element)
}

function isSummaryOfDetails(summary: Element): boolean {
  const parent = read('Node', 'parentNode', summary)
  return isHtml(parent as Element, 'details') && [...(parent as Element).children].find((child) => isHtml(child, 'summary')) === summary
}

function isWritten(link: Element): boolean {
  return (attributeOf(link, 'href') ?? call('Element', 'getAttributeNS', link, XLINK, 'href')) !== null
}

function isSvgLink(element: Element): boolean {
  return tagOf(element) === 'a' && read('Element', 'namespaceURI', element) === 'http://www.w3.org/2000/svg' && isWritten(element)
}

const XLINK = 'http://www.w3.org/1999/xlink'

const INTERACTIVE: ReadonlySet<string> = new Set([
  'button',
  'link',
  'checkbox',
  'radio',
  'switch',
  'tab',
  'menuitem',
  'menuitemcheckbox',
  'menuitemradio',
  'option',
  'treeitem',
  'combobox',
  'textbox',
  'searchbox',
  'slider',
  'spinbutton',
  'gridcell',
])
