/** Texts that name an element. The page wrote them: hints that can raise an effect, and words for people who are asked. */
import { computeAccessibleName, getRole } from 'dom-accessibility-api'
import { controlAround } from './activated.ts'
import { attributeOf, isHtml, pathOf, read } from './native.ts'

const MOST_CHARACTERS = 200

/** Of the element itself, of what is activated, and of all between. */
export function labelsOf(element: Element, acted: Element): string[] {
  const path = pathOf(element)
  const end = path.indexOf(acted)
  const parts = new Set([acted, ...path.slice(0, end === -1 ? 1 : Math.min(end + 1, 5))])
  const texts = [...parts].flatMap((part) => [
    nameOf(part),
    textOf(part),
    ...NAMING.map((name) => cleanText(attributeOf(part, name))),
    isHtml(part, 'input') && BUTTONS.has(part.type) ? cleanText(part.value) : '',
  ])
  return [...new Set(texts.filter((text) => text !== ''))].slice(0, 12)
}

/** Of what is no control only where it is short: a whole page says something of everything. */
function textOf(part: Element): string {
  const text = read('Node', 'textContent', part) ?? ''
  return controlAround(part) === part || text.length <= 300 ? cleanText(text) : ''
}

/** The accessible name; empty where it cannot be told. */
export function nameOf(element: Element): string {
  try {
    return cleanText(computeAccessibleName(element))
  } catch {
    return ''
  }
}

/** Explicit or implied. */
export function roleOf(element: Element): string | null {
  try {
    return getRole(element)
  } catch {
    return null
  }
}

/** In one line, and short. */
export function cleanText(text: string | null): string {
  return (text ?? '').slice(0, 2000).replace(/\s+/g, ' ').trim().slice(0, MOST_CHARACTERS).toWellFormed()
}

const NAMING = ['aria-label', 'title', 'alt', 'placeholder']
const BUTTONS: ReadonlySet<string> = new Set(['submit', 'button', 'reset'])
