/** What an episode tells of tokens, time and money. */
import { expect, test } from 'vitest'
import { createAgent } from '../../src/agent/create-agent.ts'
import type { AgentOptions } from '../../src/agent/options.ts'
import { chatPrompts } from '../../src/agent/prompts/chat-prompts.ts'
import { reactPolicy } from '../../src/agent/react-policy.ts'
import type { AgentEvent } from '../../src/core/events.ts'
import type { ModelCall } from '../../src/core/model.ts'
import { scriptedModel } from '../../src/testing/index.ts'
import { done, ofType, prices, talker, usage } from '../support/budgets.ts'
import { spyMemory } from '../support/spy-memory.ts'

function setup(given: Partial<AgentOptions> = {}) {
  const events: AgentEvent[] = []
  const agent = createAgent({ model: talker(), memory: spyMemory(), onEvent: (event) => events.push(event), ...given })
  return { agent, events }
}
/** Goes on by 1 whenever it is asked. */
const ticking = (): (() => number) => {
  let now = 0
  return () => now++
}

test('each usage event tells its calls, and together they are what the episode’s end tells', async () => {
  const { agent, events } = setup({ prices, clock: ticking() })
  await agent.run(done(2), 'go')
  const calls = ofType(events, 'usage').flatMap((event) => event.calls)
  expect(calls).toHaveLength(5)
  for (const call of calls) {
    expect(call).toMatchObject({ model: 'scripted/model', usage })
    expect(call.usage.costUSD).toBeCloseTo(0.1, 12)
    expect(call.firstTextMilliseconds).toBeGreaterThan(0)
    expect(call.milliseconds).toBeGreaterThan(call.firstTextMilliseconds ?? Infinity)
  }
  const [end] = ofType(events, 'episode-end')
  expect(end).toMatchObject({ calls: 5, usage: { inputTokens: 500, outputTokens: 50 } })
  expect(end?.usage.costUSD).toBeCloseTo(0.5, 12)
  expect(end?.milliseconds).toBeGreaterThan(calls.reduce((sum, { milliseconds }) => sum + milliseconds, 0))
  const { calls: number, usage: sum } = agent.stats()
  expect([number, sum]).toEqual([end?.calls, end?.usage])
})

test('without a price there are tokens and no money', async () => {
  const { agent, events } = setup({ prices: { ...prices, models: { another: { input: 1, output: 1 } } } })
  await agent.run(done(1), 'go')
  expect(ofType(events, 'episode-end')[0]?.usage).toEqual({ inputTokens: 300, outputTokens: 30 })
  expect(ofType(events, 'usage').every((event) => !('costUSD' in event.usage))).toBe(true)
})

test('what the provider tells of a cost goes before the table', async () => {
  const model = scriptedModel((_request, index) => ({ text: `answer ${index}`, usage: { ...usage, costUSD: 2 } }))
  const { agent } = setup({ model, prices })
  await agent.run(done(1), 'go')
  expect(agent.stats().usage.costUSD).toBe(6)
})

test('a sum of costs of which one is unknown is no cost', async () => {
  const model = scriptedModel((_request, index) => ({ text: `a ${index}`, usage: index === 1 ? usage : { ...usage, costUSD: 2 } }))
  const { agent, events } = setup({ model })
  await agent.run(done(1), 'go')
  expect(ofType(events, 'usage').map((event) => event.usage.costUSD)).toEqual([2, undefined, 2])
  expect(agent.stats().usage).toEqual({ inputTokens: 300, outputTokens: 30 })
})

test('a decision that took two calls tells both, and one that failed tells what was answered', async () => {
  const model = scriptedModel([
    { text: '', usage },
    { text: 'plan', usage },
    { text: '', usage },
    { text: '', usage },
  ])
  const { agent, events } = setup({ model, prices })
  await expect(agent.run(done(1), 'go')).rejects.toMatchObject({ code: 'model-output' })
  expect(ofType(events, 'usage').map(({ phase, calls }) => [phase, calls.length])).toEqual([
    ['plan', 2],
    ['reason', 2],
  ])
  expect(agent.stats()).toMatchObject({ calls: 4, usage: { inputTokens: 400, outputTokens: 40 } })
})

test('cached tokens are added up, and cheaper', async () => {
  const model = scriptedModel((_request, index) => ({ text: `a ${index}`, usage: { ...usage, cachedInputTokens: 50 } }))
  const table = { ...prices, models: { 'scripted/model': { input: 500, output: 5000, cachedInput: 100 } } }
  const { agent } = setup({ model, prices: table })
  await agent.run(done(1), 'go')
  expect(agent.stats().usage).toMatchObject({ inputTokens: 300, cachedInputTokens: 150 })
  expect(agent.stats().usage.costUSD).toBeCloseTo(3 * (0.025 + 0.005 + 0.05), 12)
})

test('a policy of calls it does not tell counts as one call a decision, priced by its model', async () => {
  const decide = async () => ({ text: 'x', model: 'scripted/model', usage, shown: [] })
  const { agent, events } = setup({ policy: { plan: decide, reason: decide, act: decide }, prices, clock: ticking() })
  await agent.run(done(1), 'go')
  const [first] = ofType(events, 'usage')
  expect(first?.calls).toMatchObject([
    { model: 'scripted/model', usage: { ...usage, costUSD: 0.1 }, milliseconds: expect.any(Number) as number },
  ])
  expect(agent.stats()).toMatchObject({ calls: 3 })
})

test('reactPolicy by itself tells its calls and asks before each', async () => {
  const heard: (ModelCall | string)[] = []
  const model = scriptedModel([
    { text: '', usage },
    { text: 'plan', usage },
  ])
  const policy = reactPolicy({ model, prompts: chatPrompts(), clock: ticking() })
  const decision = await policy.plan({
    goal: 'go',
    plan: '',
    history: [],
    observation: 'o',
    reasoning: '',
    exemplars: [],
    guidance: '',
    signal: new AbortController().signal,
    beforeCall: () => heard.push('asked'),
    onCall: (call) => heard.push(call),
  })
  const call = { model: 'scripted/model', usage, milliseconds: 1 }
  expect(decision.calls).toEqual([call, call])
  expect(decision.usage).toEqual({ inputTokens: 200, outputTokens: 20 })
  expect(heard).toEqual(['asked', call, 'asked', call])
})
