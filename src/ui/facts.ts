/** The details of a request as a list of facts: an address with its site set apart, lists as lists, everything else as legible text. */
import type { JsonObject, JsonValue } from '../core/json.ts'
import { legible } from './legible.ts'
import type { Make } from './make.ts'
import type { Words } from './words.ts'

export interface FactsContext {
  make: Make
  words: Words
  /** Of the page that asks. */
  origin: string
}

const MOST_ROWS = 40
const MOST_CHARACTERS = 500

export function factsList(details: JsonObject, context: FactsContext): HTMLElement {
  const { make, words } = context
  const entries = Object.entries(details)
  const rows = entries.slice(0, MOST_ROWS).map(([key, value]) => {
    return make('div', 'fact', make('dt', '', nameOf(key, words)), make('dd', '', shown(value, context, 0)))
  })
  if (entries.length > MOST_ROWS) rows.push(make('div', 'fact', make('dd', '', `… +${entries.length - MOST_ROWS}`)))
  return make('dl', 'facts', ...rows)
}

function nameOf(key: string, { facts }: Words): string {
  return (Object.hasOwn(facts, key) ? facts[key] : undefined) ?? legible(key, 60)
}

/** Within a fact, what is not so is left out. */
function says(value: JsonValue): boolean {
  return value !== null && value !== false && value !== '' && !(Array.isArray(value) && value.length === 0)
}

function shown(value: JsonValue, context: FactsContext, depth: number): Node | string {
  const { make, words } = context
  if (value === null || value === '') return make('span', 'faint', words.none)
  if (typeof value === 'string') return addressOf(value, context) ?? own(make, legible(value, MOST_CHARACTERS))
  if (value === true) return words.yes
  if (typeof value !== 'object') return String(value)
  if (Array.isArray(value) && value.length === 1) return shown(value[0] ?? null, context, depth)
  if (depth > 1) return own(make, legible(JSON.stringify(value), MOST_CHARACTERS))
  const items = Array.isArray(value)
    ? value.map((item) => [shown(item, context, depth + 1)])
    : Object.entries(value)
        .filter(([, item]) => says(item))
        .map(([key, item]) => [own(make, `${nameOf(key, words)}: `), shown(item, context, depth + 1)])
  if (!items.length) return make('span', 'faint', words.none)
  const rest = items.length > MOST_ROWS ? [make('li', 'faint', `… +${items.length - MOST_ROWS}`)] : []
  return make('ul', '', ...items.slice(0, MOST_ROWS).map((item) => make('li', '', ...item)), ...rest)
}

/**
 * An http(s) address as the browser would go to it: international names in their ASCII form, the part before an `@`, which is no
 * site, left out, and whether the site is the page's own.
 */
function addressOf(text: string, { make, words, origin }: FactsContext): Node | undefined {
  const url = /^https?:/i.test(text) && !/\s/.test(text) ? URL.parse(text) : null
  if (!url) return undefined
  const same = url.origin === origin
  const rest = legible(url.pathname + url.search + url.hash, MOST_CHARACTERS)
  return make(
    'span',
    'address',
    make('bdi', 'origin', url.origin),
    ' ',
    make('span', same ? 'tag' : 'tag other', same ? words.thisSite : words.otherSite),
    make('bdi', 'rest', rest === '/' ? '' : rest),
  )
}

/** A text of its own direction, which cannot reorder what stands beside it. */
function own(make: Make, text: string): HTMLElement {
  return make('bdi', '', text)
}
