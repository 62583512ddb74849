/** ReAct with one model: each decision is one prompt and one answer. */
import * as z from 'zod/mini'
import { RepriseError } from '../core/errors.ts'
import type { Generation, LanguageModel, ModelCall } from '../core/model.ts'
import type { Decision, Policy, Prompt, PromptFormat, Situation } from '../core/policy.ts'
import { generationSchema } from '../core/schemas.ts'
import type { Phase } from '../core/trajectory.ts'
import { throwIfAborted } from '../util/abort.ts'
import { steadyClock, timedCall } from '../util/timed-call.ts'
import { totalsOf } from '../util/usage.ts'
import { callable, parse, withMethods } from '../util/validate.ts'

/** What `reactPolicy` takes. */
export interface ReactPolicyOptions {
  model: LanguageModel
  /** Writes the prompts and reads the answers; `chatPrompts()` for chat models. */
  prompts: PromptFormat
  /** 0 to 2. Overrides what the prompt format asks for; 0.1 where neither says. */
  temperature?: number | undefined
  /** Milliseconds, from any beginning; for tests. */
  clock?: (() => number) | undefined
}

/**
 * Plans, reasons and acts with `model` (Yao et al. 2023, ReAct, arXiv 2210.03629).
 * An empty answer is asked for once more. Errors: `model-output` when it is empty again, and those of the model.
 */
export function reactPolicy(options: ReactPolicyOptions): Policy {
  parse(optionsSchema, options, 'reactPolicy options')
  return {
    plan: (situation) => decide('plan', situation, options),
    reason: (situation) => decide('reason', situation, options),
    act: (situation) => decide('act', situation, options),
  }
}

const optionsSchema = z.object({
  model: withMethods('generate'),
  prompts: withMethods('plan', 'reason', 'act', 'parse'),
  temperature: z.optional(z.number().check(z.gte(0), z.lte(2))),
  clock: z.optional(callable),
})

async function decide(phase: Phase, situation: Situation, options: ReactPolicyOptions): Promise<Decision> {
  const { model, prompts, temperature, clock = steadyClock } = options
  const prompt = prompts[phase](situation)
  const calls: ModelCall[] = []
  for (let attempt = 0; attempt < 2; attempt++) {
    throwIfAborted(situation.signal)
    situation.beforeCall?.()
    const { answer, times } = await timedCall(model, requestFor(prompt, situation, temperature), clock)
    const generation = parse(generationSchema, answer, `The answer of the model ${model.id}`, 'model-output')
    const call = { model: model.id, usage: generation.usage, ...times }
    calls.push(call)
    situation.onCall?.(call)
    const text = prompts.parse(phase, generation.text)
    if (text) return { text, model: model.id, usage: totalsOf(calls).usage, shown: prompt.shown, calls }
    checkUsable(generation, model.id)
  }
  throw new RepriseError('model-output', `The model ${model.id} answered the ${phase} prompt with nothing, twice.`)
}

function requestFor(
  prompt: Prompt,
  { signal, onText, onWarning }: Situation,
  temperature: number | undefined,
): Parameters<LanguageModel['generate']>[0] {
  return {
    messages: prompt.messages,
    temperature: temperature ?? prompt.temperature ?? 0.1,
    ...(prompt.maxTokens !== undefined && { maxTokens: prompt.maxTokens }),
    ...(prompt.stop && { stop: prompt.stop }),
    ...(onText && { onText }),
    ...(onWarning && { onWarning }),
    signal,
  }
}

function checkUsable(generation: Pick<Generation, 'finishReason'>, id: string): void {
  if (generation.finishReason === 'filtered')
    throw new RepriseError('model-output', `The model ${id} withheld its answer (content filter).`)
}
