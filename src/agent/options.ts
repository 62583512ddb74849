/** What an agent can be told, and the check that it was told something sensible. */
import * as z from 'zod/mini'
import type { Approval, ApprovalRequest } from '../core/environment.ts'
import type { AgentEvent } from '../core/events.ts'
import type { Awaitable } from '../core/json.ts'
import type { Curation, Memory } from '../core/memory.ts'
import type { LanguageModel } from '../core/model.ts'
import type { Policy, PromptFormat } from '../core/policy.ts'
import type { Phase, Trajectory, TrajectoryInput } from '../core/trajectory.ts'

export interface AgentOptions {
  /** May be left out where `policy` is given. */
  model?: LanguageModel
  memory: Memory
  /** Decides instead of the built-in ReAct policy. */
  policy?: Policy
  /** A prompt format, or templates per phase. By default the model's own format, else the one for chat models. */
  prompts?: PromptFormat | { [phase in Phase]?: string }
  /** Standing instructions for every prompt. Trusted: never put text of a page here. */
  guidance?: string
  /** Exemplars per decision (default 3); 0 acts without memory. */
  k?: number
  /** Steps shown on either side of an exemplar's best step (default 5). */
  window?: number
  /** Retrieve for every decision (default), or once per step and share it between reasoning and action. */
  retrieval?: 'per-decision' | 'per-step'
  /** Steps per episode (default 30). */
  maxSteps?: number
  /** Milliseconds that one call of the environment may take (default 60 000). */
  timeoutMs?: number
  /** Sampling temperature; by default what the prompt format asks for, else 0.1. */
  temperature?: number
  /** When a trajectory that does not help is taken out of retrieval (default threshold 0.3 after 5 retrievals); `false` for never. */
  curation?: Curation | false
  /** The last word on whether a success is one. A rejected trajectory is not stored. */
  verify?: (trajectory: Trajectory) => Awaitable<boolean>
  /** Added once, before the first episode. */
  seeds?: readonly TrajectoryInput[]
  /** Hears every event of every episode. */
  onEvent?: (event: AgentEvent) => void
  /** Answers the environment's approval requests; without it they are refused. */
  confirm?: (request: ApprovalRequest) => Awaitable<Approval>
  /** Milliseconds since the epoch; for tests. */
  clock?: () => number
}

const callable = (name: string): z.ZodMiniType =>
  z.custom((value) => typeof value === 'function', { error: `must be a function (${name})` })
const withMethods = (...methods: string[]): z.ZodMiniType =>
  z.custom(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      methods.every((method) => typeof (value as Record<string, unknown>)[method] === 'function'),
    {
      error: `must be an object with ${methods.join(', ')}`,
    },
  )
const ratio = z.number().check(z.gte(0), z.lte(1))
const wholeNumber = z.int().check(z.gte(0), z.lte(1000))

export const agentOptionsSchema: z.ZodMiniType = z.strictObject({
  model: z.optional(withMethods('generate')),
  memory: withMethods('retrieve', 'record', 'add'),
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
  timeoutMs: z.optional(z.union([z.number().check(z.gt(0)), z.literal(Infinity)], { error: 'must be more than 0, in milliseconds' })),
  temperature: z.optional(z.number().check(z.gte(0), z.lte(2))),
  curation: z.optional(
    z.union([z.literal(false), z.strictObject({ threshold: ratio, minRetrievals: z.int().check(z.gte(1)) })], {
      error: 'must be false or { threshold: 0 to 1, minRetrievals: at least 1 }',
    }),
  ),
  verify: z.optional(callable('verify')),
  seeds: z.optional(z.array(z.unknown())),
  onEvent: z.optional(callable('onEvent')),
  confirm: z.optional(callable('confirm')),
  clock: z.optional(callable('clock')),
})

export const goalSchema: z.ZodMiniType<string> = z.string().check(z.minLength(1))
export const environmentSchema: z.ZodMiniType = withMethods('reset', 'step')
