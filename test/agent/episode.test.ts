import { expect, test, vi } from 'vitest'
import { createAgent, type Agent } from '../../src/agent/create-agent.ts'
import type { AgentOptions } from '../../src/agent/options.ts'
import { chatPrompts } from '../../src/agent/prompts/chat-prompts.ts'
import { reactPolicy } from '../../src/agent/react-policy.ts'
import type { Environment, StepContext } from '../../src/core/environment.ts'
import { RepriseError } from '../../src/core/errors.ts'
import type { AgentEvent } from '../../src/core/events.ts'
import { scriptedEnvironment, scriptedModel } from '../../src/testing/index.ts'
import { exemplarOf, spyMemory, type SpyMemory } from '../support/spy-memory.ts'

const twoSteps = () => scriptedEnvironment(['a corridor', { observation: 'outside', done: true, success: true }], { observation: 'a room' })
const answers = ['the plan', 'thought 1', 'action 1', 'thought 2', 'action 2']

function setup(given: Partial<AgentOptions> = {}): { agent: Agent; memory: SpyMemory; events: AgentEvent[] } {
  const memory = (given.memory as SpyMemory | undefined) ?? spyMemory()
  const events: AgentEvent[] = []
  const agent = createAgent({ model: scriptedModel(answers), memory, onEvent: (event) => events.push(event), clock: () => 0, ...given })
  return { agent, memory, events }
}

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
  expect(memory.records[0]?.shown[0]).toEqual({ trajectoryId: 'x', phase: 'plan', step: 0 })
  expect(memory.records[0]?.shown.at(-1)).toEqual({ trajectoryId: 'y', phase: 'act', step: 1 })
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

const failing = (given: Partial<Environment>): Environment => ({ ...twoSteps(), ...given })

test.each<[string, Partial<Environment>, RegExp]>([
  ['throws', { step: () => Promise.reject(new Error('no such door')) }, /step threw: no such door/],
  ['throws something odd', { step: () => Promise.reject(null) }, /step threw: null/],
  ['returns nothing', { step: () => undefined as never }, /something else than/],
  ['returns a wrong success', { step: () => ({ observation: 'x', done: true, success: 'yes' }) as never }, /success must be a boolean/],
  [
    'returns a reward out of range',
    { step: () => ({ observation: 'x', done: true, success: true, reward: 7 }) },
    /reward must be at most 1/,
  ],
  ['hangs', { step: () => new Promise(() => {}) }, /step took longer than 20 ms/],
  ['throws at reset', { reset: () => Promise.reject(new Error('no world')) }, /reset threw: no world/],
  ['hangs at reset', { reset: () => new Promise(() => {}) }, /reset took longer than 20 ms/],
  ['throws when asked for the task', { taskId: () => JSON.parse('{') as string }, /taskId threw/],
  ['names the task by a number', { taskId: () => 42 as never }, /taskId returned number instead of a string/],
  ['throws when asked for actions', { actions: () => Promise.reject(new Error('who knows')) }, /actions threw: who knows/],
  ['hangs when asked for actions', { actions: () => new Promise(() => {}) }, /actions took longer than 20 ms/],
  [
    'lists numbers as actions',
    { actions: () => [1, 2] as never },
    /actions returned: .*must be a list of strings or a JSON Schema|actions returned: 0 must be a string/,
  ],
  ['says that anything goes', { actions: () => 'anything' as never }, /must be a list of strings or a JSON Schema/],
  ['does not say what it sees', { reset: () => 42 as never }, /reset returned number instead of a string/],
])('an environment that %s ends the episode with an error that carries the partial trajectory', async (_name, given, message) => {
  const { agent, memory } = setup({ timeoutMs: 20 })
  const error = await agent.train(failing(given), 'get out').catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'environment-failed', message: expect.stringMatching(message) as string })
  expect((error as RepriseError).trajectory).toMatchObject({ goal: 'get out' })
  if (given.step) expect((error as RepriseError).trajectory?.steps).toHaveLength(1)
  expect(memory.records).toEqual([])
  expect(agent.stats().failed).toBe(1)
})

test('a model that says nothing is asked once more, then the episode ends with model-output', async () => {
  const twice = setup({ model: scriptedModel(['', ...answers]) })
  expect((await twice.agent.train(twoSteps(), 'get out')).success).toBe(true)
  const never = setup({ model: scriptedModel(['the plan', '', '  ']) })
  await expect(never.agent.train(twoSteps(), 'get out')).rejects.toMatchObject({ code: 'model-output', trajectory: { plan: 'the plan' } })
})

test.each<[string, unknown, RegExp]>([
  ['nothing', undefined, /answer of the model odd: .*must be an object/],
  ['no text', { finishReason: 'stop', usage: { inputTokens: 1, outputTokens: 1 } }, /text/],
  ['no usage', { text: 'x', finishReason: 'stop' }, /usage/],
  ['tokens that are no number', { text: 'x', finishReason: 'stop', usage: { inputTokens: NaN, outputTokens: 1 } }, /usage.inputTokens/],
])('a model that answers with %s ends the episode with model-output', async (_name, answer, message) => {
  const { agent } = setup({ model: { id: 'odd', generate: async () => answer as never } })
  await expect(agent.train(twoSteps(), 'get out')).rejects.toMatchObject({
    code: 'model-output',
    message: expect.stringMatching(message) as string,
  })
})

test('a policy that decides on nothing ends the episode with model-output', async () => {
  const usage = { inputTokens: 0, outputTokens: 0 }
  for (const decision of [undefined, { text: '', model: 'm', usage, shown: [] }, { text: 'x', model: 'm', usage }]) {
    const decide = async () => decision as never
    const { agent } = setup({ policy: { plan: decide, reason: decide, act: decide } })
    await expect(agent.train(twoSteps(), 'get out')).rejects.toMatchObject({
      code: 'model-output',
      message: expect.stringContaining("policy's plan decision") as string,
    })
  }
})

test('success before the environment is done does not count', async () => {
  const { agent } = setup({ maxSteps: 1 })
  const trajectory = await agent.train(scriptedEnvironment([{ observation: 'nearly', success: true }]), 'get out')
  expect(trajectory).toMatchObject({ success: false, reward: 0 })
})

test('a verdict that is neither true nor false stores nothing', async () => {
  const { agent, memory } = setup({ verify: () => 'no' as never })
  await expect(agent.train(twoSteps(), 'get out')).rejects.toMatchObject({ code: 'invalid-options', trajectory: { success: true } })
  expect(memory.records).toEqual([])
})

test('a policy that throws ends the episode with a code', async () => {
  const broken = () => Promise.reject(new TypeError('oops'))
  const { agent } = setup({ policy: { plan: broken, reason: broken, act: broken } })
  await expect(agent.train(twoSteps(), 'get out')).rejects.toMatchObject({
    code: 'model-failed',
    message: expect.stringContaining('oops') as string,
  })
})

test('whoever throws is named: verifier, memory, the person asked', async () => {
  const oops = () => Promise.reject(new Error('oops'))
  const asking = {
    ...twoSteps(),
    step: async (action: string, { approve }: StepContext) => ({
      observation: String(await approve({ effect: 'pay', action, description: '' })),
      done: true,
      success: true,
    }),
  }
  const cases: [Partial<AgentOptions>, Environment, string, RegExp][] = [
    [{ verify: oops }, twoSteps(), 'environment-failed', /^verify threw: oops/],
    [{ memory: { ...spyMemory(), retrieve: oops } }, twoSteps(), 'memory-blocked', /^The memory's retrieve threw: oops/],
    [{ memory: { ...spyMemory(), record: oops } }, twoSteps(), 'memory-blocked', /^The memory's record threw: oops/],
    [{ confirm: oops }, asking, 'environment-failed', /^confirm threw: oops/],
  ]
  for (const [options, environment, code, message] of cases) {
    const { agent } = setup(options)
    await expect(agent.train(environment, 'get out')).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
      trajectory: { goal: 'get out' },
    })
  }
})

test('a listener that throws does not harm the episode, and is reported', async () => {
  const reported: unknown[] = []
  vi.stubGlobal('reportError', (error: unknown) => reported.push(error))
  const heard: string[] = []
  const { agent } = setup({
    onEvent: () => {
      throw new Error('bad listener')
    },
  })
  const trajectory = await agent.train(twoSteps(), 'get out', { onEvent: ({ type }) => heard.push(type) })
  vi.unstubAllGlobals()
  expect(trajectory.success).toBe(true)
  expect(heard).toContain('episode-end')
  expect(reported).toHaveLength(heard.length)
})

test('options of the wrong type or range are named', () => {
  const memory = spyMemory()
  const model = scriptedModel([])
  const wrong: [unknown, RegExp][] = [
    [{ memory }, /model is missing/],
    [{ model }, /memory must be an object with retrieve, record, add, has/],
    [{ model, memory, k: -1 }, /k must be at least 0/],
    [{ model, memory, k: 1.5 }, /k must be a whole number/],
    [{ model, memory, window: 'wide' }, /window must be a whole number from 0, or Infinity/],
    [{ model, memory, retrieval: 'sometimes' }, /retrieval must be one of "per-decision", "per-step"/],
    [{ model, memory, timeoutMs: 0 }, /timeoutMs must be more than 0/],
    [{ model, memory, timeoutMs: 3e9 }, /timeoutMs must be .*at most 2147483647/],
    [{ model, memory, curation: { threshold: 2, minRetrievals: 1 } }, /curation.threshold must be at most 1/],
    [{ model, memory, verify: true }, /verify must be a function/],
    [{ model, memory, prompts: { plan: '{nope}' } }, /unknown placeholder \{nope\}/],
    [{ model, memory, kk: 3 }, /unknown fields: kk/],
    [{ model, memory, seeds: [{ goal: 'ok', steps: [] }, { goal: '' }] }, /seeds.1.goal .*seeds.1.steps/],
    [{ model, memory, seeds: [null] }, /seeds.0 must be an object/],
    [null, /must be an object/],
  ]
  for (const [options, message] of wrong) {
    expect(() => createAgent(options as AgentOptions)).toThrow(
      expect.objectContaining({ code: 'invalid-options', message: expect.stringMatching(message) as string }),
    )
  }
})

test('a goal that is no text, or an environment that is none, is refused before anything happens', async () => {
  const { agent } = setup()
  await expect(agent.train(twoSteps(), '')).rejects.toMatchObject({ code: 'invalid-options' })
  await expect(agent.train({} as Environment, 'x')).rejects.toMatchObject({ code: 'invalid-options' })
  await expect(agent.train(twoSteps(), 'x', { signal: 'now' as never })).rejects.toMatchObject({
    code: 'invalid-options',
    message: expect.stringContaining('signal must be an AbortSignal') as string,
  })
  await expect(agent.train(twoSteps(), 'x', { onEvent: 5 as never })).rejects.toMatchObject({ code: 'invalid-options' })
  await expect(agent.stream(twoSteps(), 'x', { sginal: 1 } as never).next()).rejects.toMatchObject({ code: 'invalid-options' })
})

test('wrong options of prompts and policies are named', () => {
  const wrong: [() => unknown, RegExp][] = [
    [() => chatPrompts(null as never), /chatPrompts options: the value must be an object/],
    [() => chatPrompts({ maxTextCharacters: -5 }), /maxTextCharacters must be at least 1/],
    [() => chatPrompts({ templates: { plan: 5 as never } }), /templates.plan must be a string/],
    [() => reactPolicy({} as never), /model must be an object with generate/],
  ]
  for (const [make, message] of wrong)
    expect(make).toThrow(expect.objectContaining({ code: 'invalid-options', message: expect.stringMatching(message) as string }))
})
