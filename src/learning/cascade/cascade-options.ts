/** What a cascade can be told. */
import * as z from 'zod/mini'
import type { RepriseError } from '../../core/errors.ts'
import type { LanguageModel } from '../../core/model.ts'
import type { PromptFormat } from '../../core/policy.ts'
import type { Phase } from '../../core/trajectory.ts'
import { callable, withMethods } from '../../util/validate.ts'
import type { Equivalence } from './equivalence.ts'

/**
 * What is sampled several times and compared. `'step'`: reasoning and action together, as one; their actions are compared. A phase: its
 * answers by themselves; `'act'` compares actions that follow from one and the same reasoning. What is not sampled the student answers once.
 */
export type SampledUnit = 'step' | Phase

/** What `cascadePolicy` takes. */
export interface CascadeOptions {
  /** The cheap one. Its samples must be able to differ: a temperature above 0, or a seed that it heeds. */
  student: LanguageModel
  /** The one that decides where the student's samples differ. Its id is another than the student's. */
  teacher: LanguageModel
  /** How often the student is asked at most, 2 to 32 (default 3). */
  samples?: number
  /** What is sampled (default `['step']`). `'step'` goes together with `'plan'` alone. */
  sampled?: readonly SampledUnit[]
  /** When two samples are the same (default `'text'`). */
  equivalent?: Equivalence
  /** Of the samples: more than 0 and at most 2. By default what the prompt format asks for if that is more than 0, else 0.7. */
  temperature?: number
  /** Ask for all samples at once. By default unless the student's `capabilities` say that it runs offline, where nothing is won. */
  parallel?: boolean
  /** One format for both, or one for each. By default each model's own, else the one for chat models. */
  prompts?: PromptFormat | { student?: PromptFormat; teacher?: PromptFormat }
  /** A whole number that makes samples repeatable, as far as the student heeds seeds: the same prompt has the same samples. */
  seed?: number
  /** Hears of each deferral, before the teacher is asked. What it throws harms nothing. */
  onDeferral?: (deferral: Deferral) => void
  /** Milliseconds of any beginning, for the durations of calls; `performance.now` by default. */
  clock?: () => number
}

/** Why the teacher is asked. */
export interface Deferral {
  goal: string
  /** With `'step'` it is `reason`, where the whole step is decided. */
  phase: Phase
  /** Steps done before. */
  step: number
  /** Ids. */
  student: string
  teacher: string
  /** What the student answered until it was stopped: with `'step'` its actions. */
  samples: readonly string[]
  cause: 'disagreement' | 'failure'
  /** Of a student that failed: `model-failed` or `model-output`. */
  error?: RepriseError
}

const FORMAT = ['plan', 'reason', 'act', 'parse'] as const
const model = withMethods('generate')

export const cascadeOptionsSchema: z.ZodMiniType = z.strictObject({
  student: model,
  teacher: model,
  samples: z.optional(z.int().check(z.gte(2), z.lte(32))),
  sampled: z.optional(
    z.array(z.enum(['step', 'plan', 'reason', 'act'])).check(
      z.minLength(1),
      z.refine((units) => !units.includes('step') || !units.some((unit) => unit === 'reason' || unit === 'act'), {
        error: "must hold either 'step', or 'reason' and 'act' by themselves",
      }),
    ),
  ),
  equivalent: z.optional(z.union([z.enum(['text', 'json']), callable], { error: "must be 'text', 'json' or a function" })),
  temperature: z.optional(z.number().check(z.gt(0), z.lte(2))),
  parallel: z.optional(z.boolean()),
  prompts: z.optional(
    z.union(
      [
        withMethods(...FORMAT),
        z.strictObject({ student: z.optional(withMethods(...FORMAT)), teacher: z.optional(withMethods(...FORMAT)) }),
      ],
      { error: 'must be a prompt format, or { student?, teacher? } with one for each' },
    ),
  ),
  seed: z.optional(z.int()),
  onDeferral: z.optional(callable),
  clock: z.optional(callable),
})
