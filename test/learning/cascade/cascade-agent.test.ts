import { expect, test } from 'vitest'
import { RepriseError } from '../../../src/core/errors.ts'
import { createAgent } from '../../../src/agent/create-agent.ts'
import { cascadePolicy } from '../../../src/learning/cascade/cascade-policy.ts'
import { compareCascade } from '../../../src/learning/cascade/compare-cascade.ts'
import { keepOnly, stepsBy } from '../../../src/learning/cascade/keep-only.ts'
import { tallyEpisodes } from '../../../src/learning/cascade/tally.ts'
import { scriptedEnvironment, type ScriptedEnvironment } from '../../../src/testing/index.ts'
import { exemplarOf, spyMemory } from '../../support/spy-memory.ts'
import { bare, student, teacher } from './situations.ts'
import type { Situation } from '../../../src/core/policy.ts'
import { inspect } from '../../../src/security/untrusted.ts'

/** Two right actions: the student is sure of the first, and guesses the second; the teacher knows both. */
const twoDoors = (): ScriptedEnvironment =>
  scriptedEnvironment((action, index) => (index === 0 ? 'second' : { observation: 'over', done: true, success: action === 'right' }))
const models = () => {
  let guesses = 0
  return {
    student: student((request) =>
      guess(request.messages[0]?.content ?? '') ? (['left', 'right', 'middle'][guesses++ % 3] ?? '') : 'sure',
    ),
    teacher: teacher((request) => (guess(request.messages[0]?.content ?? '') ? 'right' : 'known')),
  }
}
const guess = (prompt: string): boolean => prompt.startsWith('act second')
const prompts = {
  ...bare,
  reason: () => ({ messages: [{ role: 'user' as const, content: 'reason' }], shown: [] }),
  act: ({ observation }: Situation) => ({ messages: [{ role: 'user' as const, content: `act ${inspect(observation)}` }], shown: [] }),
}

test('an episode mixes the decisions of both models, and each step says whose it was', async () => {
  const memory = spyMemory(() => [exemplarOf('a')])
  const tallies = tallyEpisodes()
  const agent = createAgent({ policy: cascadePolicy({ ...models(), prompts }), memory, onEvent: tallies.onEvent })
  const trajectory = await agent.train(twoDoors(), 'get out')
  expect(trajectory).toMatchObject({
    success: true,
    steps: [
      { reasoning: 'sure', action: 'sure', metadata: { model: 'test/student' } },
      { reasoning: 'known', action: 'right', metadata: { model: 'test/teacher' } },
    ],
  })
  const [tally] = tallies.episodes()
  expect(tally).toMatchObject({ goal: 'get out', success: true, actions: ['test/student', 'test/teacher'] })
  expect(tally?.decisions).toEqual(['test/student', 'test/student', 'test/student', 'test/teacher', 'test/teacher'])
  expect(agent.stats().usage.inputTokens).toBe(tally?.calls.reduce((sum, { usage }) => sum + usage.inputTokens, 0))
})

test('a teacher that fails ends the episode, which keeps what was done', async () => {
  const broken = teacher([new RepriseError('model-failed', 'overloaded')])
  const agent = createAgent({ policy: cascadePolicy({ ...models(), teacher: broken, prompts }), memory: spyMemory() })
  await expect(agent.train(twoDoors(), 'get out')).rejects.toMatchObject({
    code: 'model-failed',
    trajectory: { steps: [{ action: 'sure' }] },
  })
})

test('all calls of a cascade count in the budget of the agent, which ends it in the middle of a step', async () => {
  const agent = createAgent({ policy: cascadePolicy({ ...models(), prompts, parallel: false }), memory: spyMemory(), budget: { calls: 9 } })
  await expect(agent.train(twoDoors(), 'get out')).rejects.toMatchObject({
    code: 'budget-exceeded',
    trajectory: { steps: [{ action: 'sure' }] }, // one plan, two times three for the first step; the second would take six more
  })
  const enough = createAgent({
    policy: cascadePolicy({ ...models(), prompts, parallel: false }),
    memory: spyMemory(),
    budget: { calls: 13 },
  })
  expect((await enough.train(twoDoors(), 'get out')).success).toBe(true)
})

test('prices of the agent price every call of both models', async () => {
  const prices = { asOf: '2026-01-31', models: { 'test/student': { input: 1, output: 0 }, 'test/teacher': { input: 100, output: 0 } } }
  const agent = createAgent({ policy: cascadePolicy({ ...models(), prompts, parallel: false }), memory: spyMemory(), prices })
  const tallies = tallyEpisodes()
  await agent.train(twoDoors(), 'get out', { onEvent: tallies.onEvent })
  const tokens = (model: string): number =>
    tallies
      .episodes()
      .flatMap(({ calls }) => calls)
      .filter((call) => call.model === model)
      .reduce((sum, { usage }) => sum + usage.inputTokens, 0)
  expect(agent.stats().usage.costUSD).toBeCloseTo((tokens('test/student') + 100 * tokens('test/teacher')) / 1e6, 12)
})

test('leaving the episode ends its samples', async () => {
  const leaving = new AbortController()
  const stuck = student(() => new Promise(() => {}))
  const agent = createAgent({ policy: cascadePolicy({ student: stuck, teacher: teacher(), prompts }), memory: spyMemory() })
  const running = agent.train(twoDoors(), 'get out', { signal: leaving.signal })
  leaving.abort()
  await expect(running).rejects.toMatchObject({ code: 'aborted' })
})

test.each([
  ['where the teacher helped', (helped: number) => helped > 0, true],
  ['of the teacher alone', (helped: number, all: number) => helped === all, false],
  ['of the student alone', (helped: number) => helped === 0, false],
] as const)('of successes only those %s are stored, when asked to; the ledger learns of all', async (_which, keep, stored) => {
  const memory = spyMemory()
  const filtered = keepOnly(memory, (trajectory) => keep(stepsBy(trajectory, 'test/teacher'), trajectory.steps.length))
  const agent = createAgent({ policy: cascadePolicy({ ...models(), prompts }), memory: filtered })
  const trajectory = await agent.train(twoDoors(), 'get out')
  expect(trajectory.success).toBe(true)
  expect(memory.records.map(({ store }) => store)).toEqual([stored])
})

test('a failure is stored by no filter', async () => {
  const memory = spyMemory()
  const agent = createAgent({
    policy: cascadePolicy({ ...models(), teacher: teacher(() => 'wrong'), prompts }),
    memory: keepOnly(memory, () => true),
  })
  await agent.train(twoDoors(), 'get out')
  expect(memory.records.map(({ store }) => store)).toEqual([false])
})

test('a comparison runs the same goals by every arm, read-only, and only some of them with exemplars', async () => {
  const memory = spyMemory(() => [exemplarOf('a')])
  const goals = ['one', 'two', 'three']
  const { arms, rows, markdown } = await compareCascade({
    cascade: { ...models(), prompts },
    agent: { memory, k: 2 },
    goals,
    createEnvironment: twoDoors,
    demonstrations: 10,
    prices: { asOf: '2026-01-31', models: { 'test/student': { input: 1, output: 1 }, 'test/teacher': { input: 20, output: 20 } } },
  })
  expect(arms.map(({ name, episodes }) => [name, episodes.map(({ goal }) => goal)])).toEqual(
    ['student', 'student with exemplars', 'cascade', 'teacher'].map((name) => [name, goals]),
  )
  expect(rows.map(({ success }) => success.value)).toEqual([1 / 3, 1 / 3, 1, 1])
  expect(rows[2]?.deferredSteps.value).toBe(0.5)
  expect(rows[3]?.relativeCost).toBe(1)
  expect(memory.records).toEqual([])
  expect(memory.queries).toHaveLength(3 * 5 * 2) // two arms with exemplars, five decisions an episode
  expect(markdown).toContain('| student with exemplars |')
})

test('in a comparison a broken environment is a failure, and a model that cannot run ends it', async () => {
  const given = { agent: { memory: spyMemory() }, goals: ['one', 'two'] }
  const { rows } = await compareCascade({
    ...given,
    cascade: { ...models(), prompts },
    createEnvironment: (goal) => {
      if (goal === 'one') throw new Error('no such door')
      return twoDoors()
    },
    arms: ['cascade'],
  })
  expect(rows[0]).toMatchObject({ episodes: 2, success: { value: 0.5 } })
  const gone = student(() => new RepriseError('model-unavailable', 'no GPU'))
  await expect(
    compareCascade({ ...given, cascade: { ...models(), student: gone, prompts }, createEnvironment: twoDoors }),
  ).rejects.toMatchObject({
    code: 'model-unavailable',
  })
})

test('an abort ends a comparison and begins no further arm', async () => {
  const leaving = new AbortController()
  const both = models()
  const running = compareCascade({
    cascade: { ...both, prompts },
    agent: { memory: spyMemory() },
    goals: ['one', 'two'],
    createEnvironment: () => {
      leaving.abort()
      return twoDoors()
    },
    signal: leaving.signal,
  })
  await expect(running).rejects.toMatchObject({ code: 'aborted' })
  expect(both.teacher.requests).toHaveLength(0)
})
