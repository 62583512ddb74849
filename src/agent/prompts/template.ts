/** Prompt templates of the host: parsed once into parts, filled without ever scanning a value. */
import { RepriseError } from '../../core/errors.ts'

export const PLACEHOLDERS = ['goal', 'plan', 'observation', 'reasoning', 'history', 'examples', 'guidance', 'actions'] as const
export type Placeholder = (typeof PLACEHOLDERS)[number]
export type Template = readonly (string | { readonly slot: Placeholder })[]

/**
 * `{goal}` is a placeholder, `{{` a literal brace, and a brace that opens no `{word}` stands for itself,
 * so that JSON can be written as it is.
 * Errors: `invalid-options` for a placeholder that does not exist.
 */
export function parseTemplate(source: string, name: string): Template {
  const parts: (string | { slot: Placeholder })[] = []
  let literal = ''
  for (let at = 0; at < source.length;) {
    const placeholder = /^\{([a-z]\w*)\}/i.exec(source.slice(at, at + 64))
    if (source.startsWith('{{', at)) {
      literal += '{'
      at += 2
    } else if (placeholder) {
      parts.push(literal, { slot: known(placeholder[1] ?? '', name) })
      literal = ''
      at += placeholder[0].length
    } else {
      literal += source[at]
      at++
    }
  }
  return [...parts, literal].filter((part) => part !== '')
}

/** Only the slots that stand in the template are asked for. */
export function fillTemplate(template: Template, value: (slot: Placeholder) => string): string {
  return template.map((part) => (typeof part === 'string' ? part : value(part.slot))).join('')
}

function known(slot: string, name: string): Placeholder {
  const found = PLACEHOLDERS.find((placeholder) => placeholder === slot)
  if (found) return found
  const all = PLACEHOLDERS.map((placeholder) => `{${placeholder}}`).join(' ')
  throw new RepriseError(
    'invalid-options',
    `The ${name} prompt has an unknown placeholder {${slot}}. There are ${all}; write {{${slot}} for a literal brace.`,
  )
}
