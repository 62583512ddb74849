/** The calls of all models that one decision takes, whoever of them decides in the end. */
import type { LanguageModel, ModelCall } from '../../core/model.ts'
import type { Decision, Situation } from '../../core/policy.ts'
import { generationSchema } from '../../core/schemas.ts'
import { callsOf } from '../../util/failed-calls.ts'
import { wrapModel } from '../../util/plain-model.ts'
import { timedCall } from '../../util/timed-call.ts'
import { totalsOf } from '../../util/usage.ts'
import { parse } from '../../util/validate.ts'

export interface CallBook {
  /** The situation, whose answered calls are written down and passed on to the loop. */
  situation: Situation
  /** The same model, for who asks it without a policy: checked against the budget and written down as well. */
  watch(model: LanguageModel): LanguageModel
  /** The decision with everything that it took: the calls answered so far. */
  close(decision: Decision): Decision
}

export function openCallBook(situation: Situation, clock: () => number): CallBook {
  const calls: ModelCall[] = []
  const onCall = (call: ModelCall): void => {
    calls.push(call)
    situation.onCall?.(call)
  }
  return {
    situation: { ...situation, onCall },
    watch: (model) => wrapModel(model, (inner) => watched(inner, { situation, clock, onCall })),
    close: (decision) => ({ ...decision, usage: totalsOf(calls).usage, calls: [...calls] }),
  }
}

interface Watching {
  situation: Situation
  clock: () => number
  onCall(call: ModelCall): void
}

function watched(model: LanguageModel, { situation, clock, onCall }: Watching): LanguageModel {
  return {
    id: model.id,
    ...(model.capabilities && { capabilities: model.capabilities }),
    ...(model.prompts && { prompts: model.prompts }),
    async generate(request) {
      situation.beforeCall?.()
      const { answer, times } = await timedCall(model, request, clock).catch((error: unknown) => {
        for (const call of callsOf(error)) onCall(call)
        throw error
      })
      const { usage } = parse(generationSchema, answer, `The answer of the model ${model.id}`, 'model-output')
      onCall({ model: model.id, usage, ...times })
      return answer
    },
  }
}
