/** The check of a page environment's options. Apart from their types, which are published and must name no package. */
import * as z from 'zod/mini'

const callable = z.optional(z.custom((value) => typeof value === 'function', 'must be a function'))
const effect = z.enum(['read', 'fill', 'submit', 'navigate', 'destructive', 'pay'])
const milliseconds = z.optional(z.number().check(z.gte(0), z.lte(60_000)))
const secret = z.strictObject({
  value: z.union([z.string().check(z.minLength(1)), z.custom((value) => typeof value === 'function')], {
    error: 'must be a text, or a function that gets it',
  }),
  origin: z.string(),
  field: z.string().check(z.minLength(1)),
})

export const pageOptionsSchema: z.ZodMiniType = z.strictObject({
  root: z.optional(z.custom((value) => typeof Element !== 'undefined' && value instanceof Element, 'must be an element of this page')),
  prepare: callable,
  goalCheck: callable,
  origins: z.optional(z.array(z.string().check(z.refine(isOrigin, 'must be an origin, such as https://example.com')))),
  effects: z.optional(z.array(z.strictObject({ selector: z.string().check(z.refine(isSelector, 'is no CSS selector')), effect }))),
  askAbove: z.optional(effect),
  redact: z.optional(z.array(z.custom((value) => value instanceof RegExp, 'must be a regular expression'))),
  secrets: z.optional(z.record(z.string(), secret)),
  maxCharacters: z.optional(z.int().check(z.gte(1000), z.lte(1_000_000))),
  answer: callable,
  taskId: callable,
  source: callable,
  keep: z.optional(z.boolean()),
  onProblem: callable,
  settle: z.optional(z.strictObject({ quietMs: milliseconds, timeoutMs: milliseconds })),
})

function isOrigin(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text
}

function isSelector(text: string): boolean {
  try {
    document.createDocumentFragment().querySelector(text)
    return true
  } catch {
    return false
  }
}
