/** Why an element that was seen once cannot be used at this moment. */
import { domReader } from './dom.ts'
import { inputType } from './roles.ts'
import { flatParent } from './read-page.ts'
import { modalOf } from './spaces.ts'

/** `''` for one that can be. Whether something covers it is for the hand to find out, which scrolls to it first. */
export function whyUnusable(element: Element, root: Element): string {
  const dom = domReader()
  const document = dom.documentOf(element)
  const modal = document && modalOf(document)
  let inside = false
  let inModal = !modal
  for (let at: Element | null = element; at; at = flatParent(at)) {
    if (at === root) inside = true
    if (at === modal) inModal = true
    if (dom.attribute(at, 'inert') !== null) return 'is inert at this moment: it cannot be used.'
  }
  if (!inModal) return 'lies behind an open modal dialog: close the dialog first.'
  if (!isShown(element)) return 'is not visible at this moment.'
  return inside || modal || dom.documentOf(root) !== document ? '' : 'is no longer in the part of the page that is shown.'
}

function isShown(element: Element): boolean {
  const dom = domReader()
  const tag = dom.tag(element)
  const overlaid = tag === 'input' && /^(?:checkbox|radio)$/.test(inputType(element))
  if (dom.checkVisibility(element, { opacityProperty: !overlaid, visibilityProperty: true })) return true
  const { display } = getComputedStyle(element)
  return display === 'contents'
}
