/** Situations and models for tests of the cascade. */
import type { PromptFormat, Situation } from '../../../src/core/policy.ts'
import { scriptedModel, type ModelScript, type ScriptedModel } from '../../../src/testing/index.ts'

export const student = (script: ModelScript): ScriptedModel => scriptedModel(script, { id: 'test/student' })
export const teacher = (script: ModelScript = (request) => `teacher ${request.messages[0]?.content ?? ''}`): ScriptedModel =>
  scriptedModel(script, { id: 'test/teacher' })

export function situationOf(given: Partial<Situation> = {}): Situation {
  return {
    goal: 'open the box',
    plan: 'find a key',
    history: [],
    observation: 'a box',
    reasoning: 'it is locked',
    exemplars: [],
    guidance: '',
    signal: new AbortController().signal,
    ...given,
  }
}

/** One word a prompt: the phase. */
export const bare: PromptFormat = {
  plan: () => ({ messages: [{ role: 'user', content: 'plan' }], shown: ['a'] }),
  reason: () => ({ messages: [{ role: 'user', content: 'reason' }], shown: ['b'] }),
  act: ({ reasoning }) => ({ messages: [{ role: 'user', content: `act on ${reasoning}` }], shown: ['c'] }),
  parse: (_phase, text) => text,
}
