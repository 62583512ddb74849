/** Writes down the calls of models that one decision takes, those too that failed or were given up. */
import type { GenerateRequest, LanguageModel, ModelCall, Usage } from '../../core/model.ts'
import { generationSchema } from '../../core/schemas.ts'
import { parse } from '../../util/validate.ts'

export interface Meter {
  /** The same model; what it is asked from now on is written down. `seedFor` makes seeds for requests without one. */
  watch(model: LanguageModel, seedFor?: (request: GenerateRequest) => number): LanguageModel
  /** So far, in the order in which they began. Of a call without an answer nobody knows the tokens, which are given as 0. */
  calls(): ModelCall[]
}

interface Entry {
  model: string
  begun: number
  usage?: Usage
  firstText?: number
  ended?: number
}

export function createMeter(clock: () => number): Meter {
  const entries: Entry[] = []
  return {
    watch: (model, seedFor) => ({
      id: model.id,
      ...(model.capabilities && { capabilities: model.capabilities }),
      ...(model.prompts && { prompts: model.prompts }),
      async generate(request) {
        const entry: Entry = { model: model.id, begun: clock() }
        entries.push(entry)
        try {
          const generation = await model.generate(watched(request, { entry, clock, seedFor }))
          entry.usage = parse(generationSchema, generation, `The answer of the model ${model.id}`, 'model-output').usage
          return generation
        } finally {
          entry.ended = clock()
        }
      },
    }),
    calls: () => entries.map((entry) => asCall(entry, clock())),
  }
}

interface Watching {
  entry: Entry
  clock: () => number
  seedFor: ((request: GenerateRequest) => number) | undefined
}

function watched(request: GenerateRequest, { entry, clock, seedFor }: Watching): GenerateRequest {
  const seed = request.seed ?? seedFor?.(request)
  return {
    ...request,
    ...(seed !== undefined && { seed }),
    ...(request.onText && {
      onText: (delta: string): void => {
        entry.firstText ??= clock()
        request.onText?.(delta)
      },
    }),
  }
}

function asCall({ model, begun, usage, firstText, ended }: Entry, now: number): ModelCall {
  return {
    model,
    usage: usage ?? { inputTokens: 0, outputTokens: 0 },
    milliseconds: Math.max(0, (ended ?? now) - begun),
    ...(firstText !== undefined && { firstTextMilliseconds: Math.max(0, firstText - begun) }),
  }
}

/** Money only where some call says what it cost. */
export function usageOf(calls: readonly Pick<ModelCall, 'usage'>[]): Usage {
  const sum = (of: (usage: Usage) => number | undefined): number | undefined => {
    const known = calls.map(({ usage }) => of(usage)).filter((value) => value !== undefined)
    return known.length === 0 ? undefined : known.reduce((total, value) => total + value, 0)
  }
  const cachedInputTokens = sum((usage) => usage.cachedInputTokens)
  const costUSD = sum((usage) => usage.costUSD)
  return {
    inputTokens: sum((usage) => usage.inputTokens) ?? 0,
    outputTokens: sum((usage) => usage.outputTokens) ?? 0,
    ...(cachedInputTokens !== undefined && { cachedInputTokens }),
    ...(costUSD !== undefined && { costUSD }),
  }
}
