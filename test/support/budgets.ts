/** Models of a known price, and what became of episodes, for tests of budgets. */
import type { PriceTable } from '../../src/core/budget.ts'
import type { Environment } from '../../src/core/environment.ts'
import { isRepriseError, type RepriseError } from '../../src/core/errors.ts'
import type { AgentEvent } from '../../src/core/events.ts'
import { scriptedEnvironment, scriptedModel, type ScriptedModel } from '../../src/testing/index.ts'

/** 100 tokens in, 10 out. */
export const usage = { inputTokens: 100, outputTokens: 10 }
/** A call of `usage` costs 0.1 dollars. */
export const prices: PriceTable = { asOf: '2026-01-31', models: { 'scripted/model': { input: 500, output: 5000 } } }

/** Answers anything with `usage`. */
export const talker = (id?: string): ScriptedModel =>
  scriptedModel((_request, index) => ({ text: `answer ${index}`, usage }), id ? { id } : {})

/** Succeeds with the step of this number, so that an episode needs 1 + 2 · steps calls. */
export const done = (steps: number): Environment =>
  scriptedEnvironment(
    Array.from({ length: steps }, (_, step) => ({
      observation: `seen ${step + 1}`,
      done: step === steps - 1,
      success: step === steps - 1,
    })),
    { observation: 'seen 0' },
  )

export const endless = (): Environment => scriptedEnvironment((_action, index) => `room ${index}`, { observation: 'room' })

/** What it rejects with. */
export async function failure(work: Promise<unknown>): Promise<RepriseError> {
  const error: unknown = await work.then(
    () => new Error('It did not fail.'),
    (thrown: unknown) => thrown,
  )
  if (isRepriseError(error)) return error
  throw error
}

export const ofType = <T extends AgentEvent['type']>(events: readonly AgentEvent[], type: T): Extract<AgentEvent, { type: T }>[] =>
  events.filter((event): event is Extract<AgentEvent, { type: T }> => event.type === type)
