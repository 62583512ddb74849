/** Schemas for what the loop gets from outside: environments, models, policies. */
import * as z from 'zod/mini'
import type { StepResult } from './environment.ts'
import type { JsonSchema } from './json.ts'
import type { Usage } from './message.ts'
import type { Generation } from './model.ts'
import type { Decision } from './policy.ts'

const reward = z.number().check(z.gte(0), z.lte(1))

/** What an environment's `step` must return. */
export const stepResultSchema: z.ZodMiniType<StepResult> = z.object({
  observation: z.string(),
  done: z.boolean(),
  success: z.boolean(),
  reward: z.exactOptional(reward),
  judge: z.exactOptional(z.enum(['environment', 'agent'])),
})

/** What an environment's `actions` must return. */
export const actionsSchema: z.ZodMiniType<readonly string[] | JsonSchema | undefined> = z.custom(
  (value) =>
    value === undefined ||
    (Array.isArray(value) ? value.every((action) => typeof action === 'string') : typeof value === 'object' && value !== null),
  { error: 'must be a list of strings or a JSON Schema' },
)

const tokens = z.number().check(z.gte(0))
const usage: z.ZodMiniType<Usage> = z.object({
  inputTokens: tokens,
  outputTokens: tokens,
  cachedInputTokens: z.exactOptional(tokens),
  costUSD: z.exactOptional(tokens),
})

/** What the loop uses of a model's answer. */
export const generationSchema: z.ZodMiniType<Pick<Generation, 'text' | 'finishReason' | 'usage'>> = z.object({
  text: z.string(),
  finishReason: z.enum(['stop', 'length', 'tool-calls', 'filtered']),
  usage,
})

/** What a policy must return. */
export const decisionSchema: z.ZodMiniType<Decision> = z.object({
  text: z.string().check(z.minLength(1)),
  model: z.string(),
  usage,
  shown: z.array(z.string()),
  samples: z.exactOptional(z.array(z.string())),
  calls: z.exactOptional(
    z.array(z.object({ model: z.string(), usage, milliseconds: tokens, firstTextMilliseconds: z.exactOptional(tokens) })),
  ),
})
