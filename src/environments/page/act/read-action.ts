/** From the text that a model wrote to an action in the page, or to what is wrong with it. */
import * as z from 'zod/mini'
import type { JsonSchema } from '../../../core/json.ts'
import { explain } from '../../../util/validate.ts'
import { parseCall, quote } from '../../tool-call.ts'
import { MOST_SECONDS, VERBS, type ActionVerb, type PageAction } from './page-action.ts'

export type ReadAction = { ok: true; action: PageAction } | { ok: false; problem: string }

/** Reads `click({"ref":"e12"})` or `{"tool":"click","input":{"ref":"e12"}}`. Never throws. */
export function readAction(text: string): ReadAction {
  const call = parseCall(text)
  if (!call.ok) return { ok: false, problem: `${call.problem} Write it as in click({"ref": "e12"}).` }
  const { tool } = call
  if (!isVerb(tool)) return { ok: false, problem: `There is no action ${quote(tool)}. There are ${Object.keys(VERBS).join(', ')}.` }
  const missing = VERBS[tool].required.filter((name) => !isObject(call.input) || !Object.hasOwn(call.input, name))
  if (missing.length > 0) return { ok: false, problem: `${tool} needs ${missing.join(' and ')}. Write it as ${exampleOf(tool)}.` }
  const read = z.safeParse(INPUTS[tool], call.input)
  if (read.success) return { ok: true, action: { verb: tool, ...read.data } as PageAction }
  return { ok: false, problem: `${tool}: ${explain(read.error.issues)}. Write it as ${exampleOf(tool)}.` }
}

/** The JSON Schema of a valid action in its JSON form. */
export const pageActionsSchema: JsonSchema = {
  anyOf: Object.entries(VERBS).map(([verb, { description, properties, required }]) => ({
    type: 'object',
    description,
    properties: {
      tool: { const: verb },
      input: { type: 'object', properties, ...(required.length > 0 && { required }), additionalProperties: false },
    },
    required: required.length > 0 ? ['tool', 'input'] : ['tool'],
    additionalProperties: false,
  })),
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function isVerb(tool: string): tool is ActionVerb {
  return Object.hasOwn(VERBS, tool)
}

/** Models copy the brackets of `[e12]` now and then; what is meant is clear. */
const ref = z.pipe(
  z.string().check(
    z.trim(),
    z.refine((written) => /^(?:e\d{1,7}|\[e\d{1,7}\])$/.test(written), { error: 'must be an element as the page shows it, e.g. "e12"' }),
  ),
  z.transform((written) => written.replace(/^\[(.*)\]$/, '$1')),
)
const option = z.union([z.string(), z.readonly(z.array(z.string()).check(z.maxLength(100)))], {
  error: 'must be the label of an option, or an array of labels',
})

const INPUTS = {
  click: z.strictObject({ ref }),
  type: z.strictObject({ ref, text: z.string() }),
  clear: z.strictObject({ ref }),
  select: z.strictObject({ ref, option }),
  check: z.strictObject({ ref, checked: z.boolean() }),
  press: z.strictObject({ key: z.string().check(z.minLength(1), z.maxLength(40)), ref: z.optional(ref) }),
  hover: z.strictObject({ ref }),
  scroll: z
    .strictObject({ direction: z.optional(z.enum(['up', 'down', 'left', 'right', 'top', 'bottom'])), ref: z.optional(ref) })
    .check(z.refine(({ direction, ref }) => direction !== undefined || ref !== undefined, { error: 'needs a direction or a ref' })),
  back: z.strictObject({}),
  wait: z.strictObject({ seconds: z.optional(z.number().check(z.gte(0), z.lte(MOST_SECONDS))) }),
  done: z.strictObject({ answer: z.optional(z.string()) }),
  ask: z.strictObject({ question: z.string().check(z.minLength(1)) }),
} satisfies Record<ActionVerb, z.ZodMiniType>

const EXAMPLES: Readonly<Partial<Record<ActionVerb, string>>> = {
  type: '{"ref": "e12", "text": "…"}',
  select: '{"ref": "e12", "option": "…"}',
  check: '{"ref": "e12", "checked": true}',
  press: '{"key": "Enter", "ref": "e12"}',
  scroll: '{"direction": "down"}',
  back: '',
  wait: '{"seconds": 3}',
  done: '{"answer": "…"}',
  ask: '{"question": "…"}',
}

function exampleOf(verb: ActionVerb): string {
  return `${verb}(${EXAMPLES[verb] ?? '{"ref": "e12"}'})`
}
