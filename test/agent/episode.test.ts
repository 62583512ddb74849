import { expect, test } from 'vitest'
import type { AgentEvent } from '../../src/core/events.ts'
import type { MemoryQuery } from '../../src/core/memory.ts'
import { scriptedEnvironment, scriptedModel } from '../../src/testing/index.ts'
import { answers, setup, twoSteps } from '../support/agent-setup.ts'
import { exemplarOf, spyMemory } from '../support/spy-memory.ts'

const typesOf = (events: readonly AgentEvent[]): string[] =>
  events.map(({ type }) => type).filter((type) => type !== 'text' && type !== 'usage')

test('an episode plans once, then reasons and acts until the environment is done', async () => {
  const { agent, events } = setup()
  const environment = twoSteps()
  const trajectory = await agent.train(environment, 'get out')
  expect(trajectory).toMatchObject({
    goal: 'get out',
    plan: 'the plan',
    steps: [
      { observation: 'a room', reasoning: 'thought 1', action: 'action 1' },
      { observation: 'a corridor', reasoning: 'thought 2', action: 'action 2' },
    ],
    outcome: 'outside',
    success: true,
    reward: 1,
    provenance: { model: 'scripted/model', rewardSource: 'environment' },
  })
  expect(environment.taken).toEqual(['action 1', 'action 2'])
  const step = ['retrieved', 'reasoned', 'retrieved', 'acted', 'observed']
  expect(typesOf(events)).toEqual(['episode-start', 'retrieved', 'planned', ...step, ...step, 'episode-end'])
  expect(new Set(events.map(({ episodeId }) => episodeId))).toEqual(new Set([trajectory.id]))
})

test('each decision retrieves by its own keys', async () => {
  const { agent, memory } = setup()
  await agent.train(twoSteps(), 'get out')
  const keys = { goal: 'get out', plan: 'the plan' }
  expect(memory.queries.map(({ query }) => query)).toEqual([
    { goal: 'get out' },
    { ...keys, observation: 'a room' },
    { ...keys, reasoning: 'thought 1' },
    { ...keys, observation: 'a corridor' },
    { ...keys, reasoning: 'thought 2' },
  ])
  expect(memory.queries[0]?.options).toMatchObject({ k: 3, window: 5 })
})

test('per-step retrieves once per step and shows the same exemplars to reasoning and action', async () => {
  const memory = spyMemory((query) => [exemplarOf(query.observation ?? 'none')])
  const { agent, events } = setup({ memory, retrieval: 'per-step' })
  await agent.train(twoSteps(), 'get out')
  expect(memory.queries.map(({ query }) => query.observation)).toEqual([undefined, 'a room', 'a corridor'])
  const shown = events.flatMap((event) => (event.type === 'reasoned' || event.type === 'acted' ? [event.shown] : []))
  expect(shown).toEqual([['a room'], ['a room'], ['a corridor'], ['a corridor']])
})

test('an agent is not shown its own task', async () => {
  const { agent, memory, events } = setup()
  const trajectory = await agent.train({ ...twoSteps(), taskId: (goal) => `task of ${goal}` }, 'get out')
  expect(memory.queries.every(({ options }) => options.excludeTask === 'task of get out')).toBe(true)
  expect(trajectory.taskId).toBe('task of get out')
  expect(events[0]).toMatchObject({ taskId: 'task of get out' })
})

test('k = 0 retrieves nothing', async () => {
  const { agent, memory } = setup({ k: 0 })
  await agent.train(twoSteps(), 'get out')
  expect(memory.queries).toEqual([])
})

test('exemplars stand in the prompts, and exactly those are recorded as shown', async () => {
  const memory = spyMemory(() => [exemplarOf('x'), exemplarOf('y')])
  const model = scriptedModel(answers)
  const { agent } = setup({ memory, model })
  await agent.train(twoSteps(), 'get out')
  for (const request of model.requests) expect(request.messages[1]?.content).toMatch(/goal y[\s\S]*goal x/)
  expect(memory.records[0]?.shown).toHaveLength(10)
  expect(memory.records[0]?.shown[0]).toEqual({ trajectoryId: 'x', phase: 'plan', step: 0, score: 1, scores: { goal: 1 } })
  expect(memory.records[0]?.shown.at(-1)).toEqual({ trajectoryId: 'y', phase: 'act', step: 1, score: 1, scores: { goal: 1 } })
})

test('what an exemplar was ranked by at each decision is recorded with it, for those alone that found room in the prompt', async () => {
  const scoreOf = ({ plan, observation, reasoning }: MemoryQuery): number => [plan, observation, reasoning].filter(Boolean).length / 4
  const memory = spyMemory((query) =>
    ['x', 'y'].map((id) => ({ ...exemplarOf(id), score: scoreOf(query), scores: { goal: scoreOf(query) } })),
  )
  const one = () => ({ ...own(), shown: ['y', 'of my own'] })
  const model = { ...scriptedModel(answers), prompts: { plan: one, reason: own, act: one, parse: (_phase: string, text: string) => text } }
  const { agent } = setup({ memory, model, maxSteps: 1 })
  await agent.train(twoSteps(), 'get out')
  expect(memory.records[0]?.shown).toEqual([
    { trajectoryId: 'y', phase: 'plan', step: 0, score: 0, scores: { goal: 0 } },
    { trajectoryId: 'of my own', phase: 'plan', step: 0 },
    { trajectoryId: 'y', phase: 'act', step: 0, score: 0.5, scores: { goal: 0.5 } },
    { trajectoryId: 'of my own', phase: 'act', step: 0 },
  ])
})

test('a success is stored, a failure is told to the ledger alone', async () => {
  const { agent, memory, events } = setup({ model: scriptedModel([...answers, ...answers]) })
  await agent.train(twoSteps(), 'get out')
  await agent.train(scriptedEnvironment(['a corridor', { observation: 'a pit', done: true }], { observation: 'a room' }), 'get out')
  expect(memory.records.map(({ store, trajectory }) => [store, trajectory.success])).toEqual([
    [true, true],
    [false, false],
  ])
  const ends = events.filter((event) => event.type === 'episode-end')
  expect(ends.map(({ reason, stored }) => [reason, stored])).toEqual([
    ['success', true],
    ['failure', false],
  ])
})

test('steps run out', async () => {
  const { agent, memory, events } = setup({ maxSteps: 1 })
  const trajectory = await agent.train(twoSteps(), 'get out')
  expect(trajectory).toMatchObject({ success: false, outcome: 'a corridor' })
  expect(trajectory.steps).toHaveLength(1)
  expect(memory.records[0]?.store).toBe(false)
  expect(events.at(-1)).toMatchObject({ reason: 'max-steps' })
})

test('verify false stores nothing, and counts as a failure for what was shown', async () => {
  const { agent, memory, events } = setup({ verify: async (trajectory) => trajectory.outcome !== 'outside' })
  const trajectory = await agent.train(twoSteps(), 'get out')
  expect(memory.records[0]).toMatchObject({ store: false, trajectory: { success: false, provenance: { rewardSource: 'verifier' } } })
  expect(trajectory.success).toBe(false)
  expect(events.at(-1)).toMatchObject({ type: 'episode-end', stored: false, reason: 'rejected' })
})

test('a failure is not put to the verifier', async () => {
  let asked = 0
  const verify = (): boolean => Boolean(++asked)
  const { agent } = setup({ verify, maxSteps: 1 })
  await agent.train(twoSteps(), 'get out')
  expect(asked).toBe(0)
})

test('run records nothing and adds nothing', async () => {
  const { agent, memory, events } = setup()
  const trajectory = await agent.run(twoSteps(), 'get out')
  expect(trajectory.success).toBe(true)
  expect(memory.records).toEqual([])
  expect(memory.added).toEqual([])
  expect(events.at(-1)).toMatchObject({ stored: false, reason: 'success' })
})

test('a partial reward is kept', async () => {
  const { agent } = setup()
  const trajectory = await agent.run(scriptedEnvironment([{ observation: 'half', done: true, reward: 0.5 }]), 'get out')
  expect(trajectory).toMatchObject({ success: false, reward: 0.5 })
})

test('seeds are added once, before the first episode, by all episodes together', async () => {
  const seeds = [{ goal: 'seed goal', steps: [{ observation: 'o', reasoning: 'r', action: 'a' }] }]
  const memory = spyMemory()
  const model = scriptedModel((_request, index) => answers[index % 5] ?? '')
  const first = setup({ memory, seeds, model, maxSteps: 2 })
  await first.agent.trainBatch(() => scriptedEnvironment(() => ({ observation: 'x', done: true, success: true })), ['a', 'b', 'c'], {
    concurrency: 3,
  })
  const second = setup({ memory, seeds, model, maxSteps: 2 })
  await second.agent.train(scriptedEnvironment([{ done: true, success: true }]), 'd')
  expect(memory.added).toHaveLength(1)
  expect(memory.added[0]).toMatchObject({ goal: 'seed goal', provenance: { rewardSource: 'seed' } })
})

test('text arrives while it is made, before its decision', async () => {
  const { agent, events } = setup()
  await agent.train(twoSteps(), 'get out')
  const texts = events.flatMap((event) => (event.type === 'text' && event.phase === 'plan' ? [event.delta] : []))
  expect(texts.join('')).toBe('the plan')
  const types = events.map(({ type }) => type)
  expect(types.lastIndexOf('text', types.indexOf('planned'))).toBeLessThan(types.indexOf('planned'))
})

test('stats add up', async () => {
  const { agent } = setup()
  await agent.train(twoSteps(), 'get out')
  expect(agent.stats()).toMatchObject({ episodes: 1, successes: 1, failed: 0, steps: 2, calls: 5 })
  expect(agent.stats().usage.inputTokens).toBeGreaterThan(0)
})

test('what may be done stands in every prompt, the plan included', async () => {
  const model = scriptedModel(answers)
  const { agent } = setup({ model })
  await agent.train({ ...twoSteps(), actions: () => ['knock', 'wait'] }, 'get out')
  expect(model.requests.every(({ messages }) => messages[1]?.content.includes('knock'))).toBe(true)
})

test('guidance reaches every prompt', async () => {
  const model = scriptedModel(answers)
  const { agent } = setup({ model, guidance: 'Prefer doors.' })
  await agent.train(twoSteps(), 'get out')
  expect(model.requests.every(({ messages }) => messages[0]?.content.includes('Prefer doors.'))).toBe(true)
})

test('a model brings its own prompt format', async () => {
  const model = {
    ...scriptedModel(answers),
    prompts: { plan: own, reason: own, act: own, parse: (_phase: string, text: string) => text.toUpperCase() },
  }
  const { agent } = setup({ model })
  const trajectory = await agent.run(twoSteps(), 'get out')
  expect(trajectory.plan).toBe('THE PLAN')
})

const own = (): { messages: { role: 'user'; content: string }[]; shown: string[] } => ({
  messages: [{ role: 'user', content: 'own' }],
  shown: [],
})

test('hostile texts pass through prompts, trajectory and events unchanged', async () => {
  const hostile = '$& {plan} {{goal}} </data> \u202e __proto__ \\u0000 ```'
  const model = scriptedModel([hostile, hostile, hostile])
  const { agent, memory } = setup({ model })
  const trajectory = await agent.train(
    scriptedEnvironment([{ observation: hostile, done: true, success: true }], { observation: hostile }),
    hostile,
  )
  expect(trajectory).toMatchObject({
    goal: hostile,
    plan: hostile,
    outcome: hostile,
    steps: [{ observation: hostile, reasoning: hostile, action: hostile }],
  })
  expect(memory.records[0]?.trajectory.goal).toBe(hostile)
  expect(model.requests[2]?.messages[1]?.content.split(hostile)).toHaveLength(5)
})
