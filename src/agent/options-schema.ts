/** The check that an agent was told something sensible. Apart from the options' types, which are published and know no zod. */
import * as z from 'zod/mini'
import { abortSignal, callable, withMethods } from '../util/validate.ts'

/** The memory checks the rest of a seed when it is added. */
const seed = z.object({ goal: z.string().check(z.minLength(1)), steps: z.array(z.unknown()) })
/** Timers of more milliseconds than this fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1

const positive = z.number().check(z.gt(0))
const budget: z.ZodMiniType = z.strictObject({
  tokens: z.optional(positive),
  costUSD: z.optional(positive),
  calls: z.optional(z.int().check(z.gte(1))),
  timeoutMs: z.optional(positive.check(z.lte(LONGEST_TIMER))),
})

/** The prices themselves are checked by the part that reckons with them. */
const prices = z.object({ asOf: z.string(), models: z.object({}) })

const ratio = z.number().check(z.gte(0), z.lte(1))
const wholeNumber = z.int().check(z.gte(0), z.lte(1000))

export const agentOptionsSchema: z.ZodMiniType = z.strictObject({
  model: z.optional(withMethods('generate')),
  memory: withMethods('retrieve', 'record', 'add', 'has'),
  policy: z.optional(withMethods('plan', 'reason', 'act')),
  prompts: z.optional(
    z.union(
      [
        withMethods('plan', 'reason', 'act', 'parse'),
        z.strictObject({ plan: z.optional(z.string()), reason: z.optional(z.string()), act: z.optional(z.string()) }),
      ],
      {
        error: 'must be a prompt format, or templates for plan, reason and act',
      },
    ),
  ),
  guidance: z.optional(z.string()),
  k: z.optional(wholeNumber),
  window: z.optional(z.union([wholeNumber, z.literal(Infinity)], { error: 'must be a whole number from 0, or Infinity' })),
  retrieval: z.optional(z.enum(['per-decision', 'per-step'])),
  maxSteps: z.optional(z.int().check(z.gte(1), z.lte(10_000))),
  timeoutMs: z.optional(
    z.union([z.number().check(z.gt(0), z.lte(LONGEST_TIMER)), z.literal(Infinity)], {
      error: 'must be more than 0, in milliseconds, and at most 2147483647, or Infinity',
    }),
  ),
  budget: z.optional(budget),
  prices: z.optional(prices),
  temperature: z.optional(z.number().check(z.gte(0), z.lte(2))),
  curation: z.optional(
    z.union(
      [
        z.literal(false),
        z.strictObject({ threshold: ratio, minRetrievals: z.int().check(z.gte(1)), halfLife: z.exactOptional(z.number().check(z.gt(0))) }),
      ],
      {
        error: 'must be false or { threshold: 0 to 1, minRetrievals: at least 1, halfLife?: more than 0 }',
      },
    ),
  ),
  verify: z.optional(callable),
  seeds: z.optional(z.array(seed)),
  onEvent: z.optional(callable),
  confirm: z.optional(callable),
  clock: z.optional(callable),
})

export const goalSchema: z.ZodMiniType<string> = z.string().check(z.minLength(1))
export const environmentSchema: z.ZodMiniType = withMethods('reset', 'step')

/** Options of one episode, or of a batch. */
export const episodeOptionsSchema: z.ZodMiniType = z.strictObject({
  signal: z.optional(abortSignal),
  onEvent: z.optional(callable),
  learn: z.optional(z.boolean()),
  concurrency: z.optional(z.unknown()),
  budget: z.optional(budget),
  prices: z.optional(prices),
})
