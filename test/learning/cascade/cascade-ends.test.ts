/** Where a cascade, and a comparison of several, ends: at its budget, at an abort, at an error that no further goal can survive. */
import { expect, test } from 'vitest'
import { createAgent } from '../../../src/agent/create-agent.ts'
import { reactPolicy } from '../../../src/agent/react-policy.ts'
import { RepriseError } from '../../../src/core/errors.ts'
import { cascadePolicy } from '../../../src/learning/cascade/cascade-policy.ts'
import { compareCascade } from '../../../src/learning/cascade/compare-cascade.ts'
import type { EquivalenceContext } from '../../../src/learning/cascade/equivalence.ts'
import { judgeEquivalence } from '../../../src/learning/cascade/judge.ts'
import { scriptedEnvironment, type ScriptedEnvironment } from '../../../src/testing/index.ts'
import { spyMemory } from '../../support/spy-memory.ts'
import { bare, situationOf, student, teacher } from './situations.ts'

const oneDoor = (): ScriptedEnvironment => scriptedEnvironment(() => ({ observation: 'over', done: true, success: true }))

test.each([true, false])(
  'an episode of one step succeeds with exactly the seven calls that it takes, in parallel: %s',
  async (parallel) => {
    const run = (calls: number) => {
      const models = { student: student(() => 'sure'), teacher: teacher() }
      return createAgent({
        policy: cascadePolicy({ ...models, prompts: bare, parallel }),
        memory: spyMemory(),
        budget: { calls },
      }).run(oneDoor(), 'go')
    }
    expect((await run(7)).success).toBe(true)
    await expect(run(6)).rejects.toMatchObject({ code: 'budget-exceeded' })
  },
)

test('an empty answer is not asked for once more after an abort', async () => {
  const leaving = new AbortController()
  let calls = 0
  const generate = async () => {
    calls++
    leaving.abort()
    return { text: '', toolCalls: [], finishReason: 'stop' as const, usage: { inputTokens: 1, outputTokens: 0 } }
  }
  const asked = reactPolicy({ model: { id: 'deaf', generate }, prompts: bare }).reason(situationOf({ signal: leaving.signal }))
  await expect(asked).rejects.toMatchObject({ code: 'aborted' })
  expect(calls).toBe(1)
})

test('a sample that is no longer needed begins no further call', async () => {
  let slow: (answer: string) => void = () => {}
  let reasons = 0
  const answers = ['left', 'right']
  const generate = async (prompt: string): Promise<string> => {
    if (prompt !== 'reason') return answers.shift() ?? 'late'
    return ++reasons === 3 ? new Promise((resolve) => (slow = resolve)) : 'sure'
  }
  const begun: string[] = []
  const sampled = {
    id: 'test/student',
    // Deaf to signals.
    generate: async ({ messages: [message] }: { messages: readonly { content: string }[] }) => {
      begun.push(message?.content ?? '')
      const text = await generate(message?.content ?? '')
      return { text, toolCalls: [], finishReason: 'stop' as const, usage: { inputTokens: 1, outputTokens: 1 } }
    },
  }
  const policy = cascadePolicy({ student: sampled, teacher: teacher(), prompts: bare, parallel: true })
  expect((await policy.reason(situationOf())).model).toBe('test/teacher')
  slow('late thought')
  await new Promise((resolve) => setTimeout(resolve))
  expect(begun).not.toContain('act on late thought')
})

test('a judge is asked nothing after an abort', async () => {
  let asked = 0
  const generate = async () => {
    asked++
    return { text: '{"equivalent": true}', toolCalls: [], finishReason: 'stop' as const, usage: { inputTokens: 1, outputTokens: 1 } }
  }
  const context: EquivalenceContext = { phase: 'act', situation: situationOf({ signal: AbortSignal.abort() }), meter: (model) => model }
  await expect(judgeEquivalence({ id: 'deaf', generate })('a', 'b', context)).rejects.toMatchObject({ code: 'aborted' })
  expect(asked).toBe(0)
})

test('a comparison ends with the first error that is no fault of an episode, and begins no further one', async () => {
  const gone = student(() => new RepriseError('model-unavailable', 'no GPU'))
  const made: [string, number][] = []
  const createEnvironment = (goal: string, index: number): ScriptedEnvironment | Promise<never> => {
    made.push([goal, index])
    return goal === 'b' ? new Promise<never>(() => {}) : oneDoor()
  }
  const comparing = compareCascade({
    cascade: { student: gone, teacher: teacher(), prompts: bare },
    agent: { memory: spyMemory() },
    goals: ['a', 'b', 'c', 'd'],
    createEnvironment,
    concurrency: 2,
  })
  await expect(comparing).rejects.toMatchObject({ code: 'model-unavailable', message: 'no GPU' })
  expect(made).toEqual([
    ['a', 0],
    ['b', 1],
  ])
  expect(gone.requests).toHaveLength(1)
})
