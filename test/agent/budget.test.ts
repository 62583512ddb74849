/** Budgets of one episode: where exactly each limit lies, and what is kept when it is exceeded. */
import { expect, test } from 'vitest'
import { createAgent } from '../../src/agent/create-agent.ts'
import type { AgentOptions } from '../../src/agent/options.ts'
import { reactPolicy } from '../../src/agent/react-policy.ts'
import { chatPrompts } from '../../src/agent/prompts/chat-prompts.ts'
import type { Budget } from '../../src/core/budget.ts'
import type { AgentEvent } from '../../src/core/events.ts'
import type { Policy } from '../../src/core/policy.ts'
import { scriptedModel } from '../../src/testing/index.ts'
import { done, endless, failure, ofType, prices, talker, usage } from '../support/budgets.ts'
import { spyMemory, type SpyMemory } from '../support/spy-memory.ts'

function setup(given: Partial<AgentOptions> = {}) {
  const memory: SpyMemory = spyMemory()
  const events: AgentEvent[] = []
  const agent = createAgent({ model: talker(), memory, prices, onEvent: (event) => events.push(event), clock: () => 0, ...given })
  return { agent, memory, events }
}

// Two steps take 5 calls, 550 tokens, 0.5 dollars.
const exact: [keyof Budget, number][] = [
  ['calls', 5],
  ['tokens', 550],
  ['costUSD', 0.5],
]

test.each(exact)('an episode that reaches its budget of %s exactly with its last call succeeds and is stored', async (limit, most) => {
  const { agent, memory } = setup({ budget: { [limit]: most } })
  expect((await agent.train(done(2), 'go')).success).toBe(true)
  expect(memory.records.map(({ store }) => store)).toEqual([true])
})

test.each(exact)('at its budget of %s an episode that needs one call more ends before it is made', async (limit, most) => {
  const model = talker()
  const { agent, memory } = setup({ budget: { [limit]: most }, model })
  const error = await failure(agent.train(done(3), 'go'))
  expect(error).toMatchObject({ code: 'budget-exceeded', trajectory: { goal: 'go', success: false, outcome: 'seen 2' } })
  expect(error.trajectory?.steps).toHaveLength(2)
  expect(error.message).toContain(`${most} of ${most}`)
  expect(error.message).toContain(`(${limit})`)
  expect(error.message).toContain('error.trajectory')
  expect(model.requests).toHaveLength(5)
  expect(memory.records).toEqual([])
})

test.each<[keyof Budget, number, string]>([
  ['tokens', 549, '550 of 549 tokens'],
  ['costUSD', 0.49, '0.5 of 0.49 US dollars'],
])('a decision that goes beyond the budget of %s is not acted on, though it would have been the last', async (limit, most, words) => {
  const { agent, memory, events } = setup({ budget: { [limit]: most } })
  const error = await failure(agent.train(done(2), 'go'))
  expect(error).toMatchObject({ code: 'budget-exceeded', trajectory: { outcome: 'seen 1' } })
  expect(error.message).toContain(words)
  expect(memory.records).toEqual([])
  expect(ofType(events, 'usage')).toHaveLength(5)
  expect(ofType(events, 'episode-end')).toEqual([])
  expect(agent.stats()).toMatchObject({ episodes: 1, successes: 0, failed: 1, calls: 5, usage: { inputTokens: 500, outputTokens: 50 } })
})

test('dollars that sum up to the limit but for binary fractions are within it', async () => {
  const model = scriptedModel((_request, index) => ({ text: `answer ${index}`, usage: { ...usage, costUSD: 0.1 } }))
  const { agent } = setup({ model, budget: { costUSD: 0.3 } })
  expect((await agent.run(done(1), 'go')).success).toBe(true)
})

test('a budget that is not reached changes nothing but what it counts', async () => {
  const withIds = (events: AgentEvent[]) => JSON.stringify(events).replaceAll(/"(episodeId|id)":"[^"]*"/g, '')
  const free = setup()
  const bound = setup({ budget: { calls: 100, tokens: 1e6, costUSD: 100, timeoutMs: 60_000 } })
  await free.agent.train(done(3), 'go')
  await bound.agent.train(done(3), 'go')
  expect(withIds(bound.events)).toBe(withIds(free.events))
  expect(bound.memory.queries.map(({ query }) => query)).toEqual(free.memory.queries.map(({ query }) => query))
})

test('a model that never answers is aborted when the time is up', async () => {
  let aborted = false
  const generate = ({ signal }: { signal?: AbortSignal }): Promise<never> => {
    signal?.addEventListener('abort', () => (aborted = true))
    return new Promise(() => {})
  }
  const { agent, memory } = setup({ model: { id: 'mute', generate }, budget: { timeoutMs: 30 } })
  const error = await failure(agent.train(done(1), 'go'))
  expect(error).toMatchObject({ code: 'budget-exceeded', trajectory: { goal: 'go', plan: '', steps: [] } })
  expect(error.message).toContain('30 of 30 milliseconds')
  expect(aborted).toBe(true)
  expect(memory.records).toEqual([])
})

test('time is up in the middle of an environment’s step, or of a reset, too', async () => {
  const { agent } = setup({ budget: { timeoutMs: 30 } })
  const never = () => new Promise<never>(() => {})
  await expect(agent.train({ ...done(1), step: never }, 'go')).rejects.toMatchObject({
    code: 'budget-exceeded',
    trajectory: { steps: [{}] },
  })
  await expect(agent.train({ ...done(1), reset: never }, 'go')).rejects.toMatchObject({ code: 'budget-exceeded' })
})

test('time is told by the clock before each call, whatever timers do', async () => {
  let now = 0
  const model = scriptedModel((_request, index) => {
    now += 1000
    return `answer ${index}`
  })
  const most = { model, clock: () => now }
  expect((await setup({ ...most, budget: { timeoutMs: 3000 } }).agent.run(done(1), 'go')).success).toBe(true)
  const error = await failure(setup({ ...most, budget: { timeoutMs: 3000 } }).agent.run(done(2), 'go'))
  expect(error).toMatchObject({ code: 'budget-exceeded', trajectory: { outcome: 'seen 1' } })
})

test('what the environment called a success in time is verified and stored, however long that takes', async () => {
  const slow = () => new Promise<boolean>((resolve) => setTimeout(() => resolve(true), 120))
  const { agent, memory } = setup({ budget: { timeoutMs: 80 }, verify: slow })
  expect((await agent.train(done(1), 'go')).success).toBe(true)
  expect(memory.records.map(({ store }) => store)).toEqual([true])
})

test('a caller’s abort stays an abort, with a budget or without', async () => {
  const { agent } = setup({ budget: { timeoutMs: 60_000 } })
  const controller = new AbortController()
  const onEvent = ({ type }: AgentEvent): void => void (type === 'planned' && controller.abort())
  await expect(agent.train(endless(), 'go', { signal: controller.signal, onEvent })).rejects.toMatchObject({ code: 'aborted' })
})

test('an empty answer is not asked for once more where no call is left', async () => {
  const model = scriptedModel([
    { text: '', usage },
    { text: 'late', usage },
  ])
  const { agent } = setup({ model, budget: { calls: 1 } })
  await expect(agent.run(done(1), 'go')).rejects.toMatchObject({ code: 'budget-exceeded' })
  expect(model.requests).toHaveLength(1)
  expect(agent.stats()).toMatchObject({ calls: 1, usage: { inputTokens: 100 } })
})

test('an empty answer that went beyond the tokens is not asked for once more', async () => {
  const model = scriptedModel([
    { text: '', usage },
    { text: 'late', usage },
  ])
  const { agent, events } = setup({ model, budget: { tokens: 100 } })
  await expect(agent.run(done(1), 'go')).rejects.toMatchObject({ code: 'budget-exceeded' })
  expect(model.requests).toHaveLength(1)
  expect(ofType(events, 'usage')).toMatchObject([{ model: 'scripted/model', calls: [{ usage }] }])
})

test('a budget of an episode stands in the place of the agent’s', async () => {
  const { agent } = setup({ budget: { calls: 2 } })
  await expect(agent.run(done(1), 'go')).rejects.toMatchObject({ code: 'budget-exceeded' })
  expect((await agent.run(done(1), 'go', { budget: { calls: 3 } })).success).toBe(true)
  await expect(agent.run(done(2), 'go', { budget: { calls: 3 } })).rejects.toMatchObject({ code: 'budget-exceeded' })
})

test('a budget of money with a model whose price nobody tells fails at the first decision, and names the model', async () => {
  const model = talker('made/up')
  const { agent } = setup({ model, budget: { costUSD: 100 } })
  const error = await failure(agent.train(done(2), 'go'))
  expect(error.code).toBe('invalid-options')
  expect(error.message).toContain('made/up')
  expect(error.trajectory?.goal).toBe('go')
  expect(model.requests).toHaveLength(1)
})

test('a price of 0, or a cost that the provider tells, is a known one', async () => {
  const free = { asOf: '2026-01-31', models: { 'made/up': { input: 0, output: 0 } } }
  const local = scriptedModel((_request, index) => ({ text: `a ${index}`, usage: { inputTokens: 0, outputTokens: 0 } }), { id: 'made/up' })
  expect((await setup({ model: local, budget: { costUSD: 0.01 }, prices: free }).agent.run(done(1), 'go')).success).toBe(true)
  const told = scriptedModel((_request, index) => ({ text: `a ${index}`, usage: { ...usage, costUSD: 0.1 } }), { id: 'made/up' })
  expect((await setup({ model: told, budget: { costUSD: 0.3 } }).agent.run(done(1), 'go')).success).toBe(true)
})

test('a policy that tells its calls only when it has decided is held to the budget after the decision', async () => {
  const call = { model: 'scripted/model', usage, milliseconds: 1 }
  const many = async () => ({ text: 'x', model: 'm', shown: [], usage, calls: [call, call, call] })
  const policy: Policy = { plan: many, reason: many, act: many }
  const { agent } = setup({ policy, budget: { calls: 8 } })
  const error = await failure(agent.run(done(1), 'go'))
  expect(error.message).toContain('9 of 8 calls')
  expect((await agent.run(done(1), 'go', { budget: { calls: 9 } })).success).toBe(true)
})

test('a decision that goes beyond a limit ends at once, though its policy neither asks nor stops', async () => {
  const act: Policy['act'] = (situation) => {
    situation.onCall?.({ model: 'scripted/model', usage, milliseconds: 1 })
    return new Promise(() => {})
  }
  const { agent } = setup({ policy: { ...reactPolicy({ model: talker(), prompts: chatPrompts() }), act }, budget: { tokens: 329 } })
  const error = await failure(agent.run(done(1), 'go'))
  expect(error.message).toContain('330 of 329 tokens')
  expect(agent.stats()).toMatchObject({ calls: 3, usage: { inputTokens: 300, outputTokens: 30 } })
})

test('a policy that swallows a refusal may decide with what it has', async () => {
  const inner = reactPolicy({ model: talker(), prompts: chatPrompts() })
  const twice: Policy = {
    ...inner,
    async act(situation) {
      const first = await inner.act(situation)
      try {
        situation.beforeCall?.()
      } catch {
        return first
      }
      throw new Error('It was let.')
    },
  }
  const { agent } = setup({ policy: twice, budget: { calls: 3 } })
  expect((await agent.run(done(1), 'go')).success).toBe(true)
})

test.each<[unknown, RegExp]>([
  [{ budget: { tokens: 0 } }, /budget.tokens must be more than 0/],
  [{ budget: { costUSD: -1 } }, /budget.costUSD must be more than 0/],
  [{ budget: { calls: 0 } }, /budget.calls must be at least 1/],
  [{ budget: { calls: 1.5 } }, /budget.calls must be a whole number/],
  [{ budget: { timeoutMs: 0 } }, /budget.timeoutMs must be more than 0/],
  [{ budget: { timeoutMs: 3e9 } }, /budget.timeoutMs must be at most/],
  [{ budget: { tokens: NaN } }, /budget.tokens must be a number/],
  [{ budget: { dollars: 1 } }, /unknown fields: dollars/],
  [{ prices: { models: {} } }, /prices.asOf must be a string/],
  [{ prices: { asOf: '2026-01-31' } }, /prices.models must be an object/],
])('wrong budgets and prices are refused: %j', async (given, message) => {
  const wrong = expect.objectContaining({ code: 'invalid-options', message: expect.stringMatching(message) as string }) as Error
  expect(() => createAgent({ model: talker(), memory: spyMemory(), ...(given as object) })).toThrow(wrong)
  await expect(setup().agent.run(done(1), 'go', given as object)).rejects.toEqual(wrong)
})

test.each([
  { asOf: 'today', models: {} },
  { asOf: '2026-01-31', models: { m: { input: -1, output: 1 } } },
  { asOf: '2026-01-31', models: { m: { input: 1, output: '1' } } },
  { asOf: '2026-01-31', models: { m: { input: 1, output: NaN } } },
  { asOf: '2026-01-31', models: { m: { input: 1 } } },
  { asOf: '2026-01-31', models: { m: null } },
])('wrong prices are refused before a model is asked: %j', async (wrong) => {
  const model = talker()
  const error = await failure(setup({ model, prices: wrong as never }).agent.run(done(1), 'go'))
  expect(error.code).toBe('invalid-options')
  expect(error.message).toContain('prices must be { asOf')
  expect(model.requests).toEqual([])
})

test('a model that does not tell its tokens cannot be held to dollars, which is not blamed on a price that is known', async () => {
  const silent = scriptedModel((_request, index) => ({ text: `a ${index}`, usage: { inputTokens: 0, outputTokens: 0 } }))
  const error = await failure(setup({ model: silent, budget: { costUSD: 1 } }).agent.run(done(1), 'go'))
  expect(error.code).toBe('invalid-options')
  expect(error.message).toContain('scripted/model does not tell how many tokens')
  expect(error.message).not.toContain('Give its price')
})

test('a decision that needs no call is made at the limit, and one that tells of a call without asking is not acted on', async () => {
  const inner = reactPolicy({ model: talker(), prompts: chatPrompts() })
  const ready = { text: 'go', model: 'm', shown: [], usage }
  const call = { model: 'scripted/model', usage, milliseconds: 1 }
  const budget = { calls: 2 }
  const free: Policy = { ...inner, act: async () => ({ ...ready, calls: [] }) }
  expect((await setup({ policy: free, budget }).agent.run(done(1), 'go')).success).toBe(true)
  const late: Policy = { ...inner, act: async () => ({ ...ready, calls: [call] }) }
  expect((await failure(setup({ policy: late, budget }).agent.run(done(1), 'go'))).message).toContain('3 of 2 calls')
})
