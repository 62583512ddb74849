/** One budget shared by the episodes of a batch. */
import { expect, test } from 'vitest'
import { createAgent, type Agent } from '../../src/agent/create-agent.ts'
import type { AgentOptions } from '../../src/agent/options.ts'
import type { EpisodeOutcome } from '../../src/agent/batch.ts'
import type { AgentEvent } from '../../src/core/events.ts'
import type { GenerateRequest } from '../../src/core/model.ts'
import type { Situation } from '../../src/core/policy.ts'
import { chatPrompts } from '../../src/agent/prompts/chat-prompts.ts'
import { reactPolicy } from '../../src/agent/react-policy.ts'
import { scriptedModel } from '../../src/testing/index.ts'
import { done, ofType, prices, talker, usage } from '../support/budgets.ts'
import { spyMemory } from '../support/spy-memory.ts'

const agentWith = (given: Partial<AgentOptions> = {}): Agent => createAgent({ model: talker(), memory: spyMemory(), prices, ...given })
const codesOf = (outcomes: readonly EpisodeOutcome[]) =>
  outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.error.code : 'done'))
const goals = ['a', 'b', 'c', 'd', 'e']

test('a batch ends where its budget does: what is done is kept, what is under way ends, what is not begun is settled', async () => {
  const model = talker()
  const memory = spyMemory()
  const made: string[] = []
  const create = (goal: string) => (made.push(goal), done(2))
  const outcomes = await agentWith({ model, memory }).trainBatch(create, goals, { budget: { calls: 12 } })
  expect(codesOf(outcomes)).toEqual(['done', 'done', 'budget-exceeded', 'budget-exceeded', 'budget-exceeded'])
  expect(outcomes.map(({ goal }) => goal)).toEqual(goals)
  expect(outcomes[2]).toMatchObject({ error: { trajectory: { goal: 'c', plan: 'answer 10' } }, totals: { calls: 2 } })
  const notBegun = outcomes[3]?.status === 'rejected' ? outcomes[3].error : undefined
  expect(notBegun?.message).toContain('This goal was not begun')
  expect(notBegun?.message).toContain('budget of the batch is used up: 12 of 12 calls')
  expect(notBegun?.trajectory).toBeUndefined()
  expect(made).toEqual(['a', 'b', 'c'])
  expect(model.requests).toHaveLength(12)
  expect(memory.records.map(({ trajectory }) => trajectory.goal)).toEqual(['a', 'b'])
})

test('a budget that is just enough lets every goal of a batch be reached', async () => {
  for (const budget of [{ calls: 15 }, { tokens: 15 * 110 }, { costUSD: 1.5 }])
    for (const concurrency of [1, 5]) {
      const outcomes = await agentWith().runBatch(() => done(1), goals, { budget, concurrency })
      expect(codesOf(outcomes)).toEqual(Array(5).fill('done'))
    }
})

test('episodes at once never begin more calls together than there are', async () => {
  for (const calls of [1, 4, 7, 11]) {
    const model = scriptedModel(async (_request, index) => {
      await new Promise((resolve) => setTimeout(resolve, index % 3))
      return { text: `answer ${index}`, usage }
    })
    const outcomes = await agentWith({ model }).runBatch(() => done(3), goals, { budget: { calls }, concurrency: 4 })
    expect(model.requests.length).toBe(calls)
    expect(outcomes.reduce((sum, { totals }) => sum + totals.calls, 0)).toBe(calls)
  }
})

test('an episode may end well with the last call that was left, while another is refused', async () => {
  // Each episode needs 3 calls: with 5 one of the two is short of one.
  const outcomes = await agentWith().runBatch(() => done(1), ['a', 'b'], { budget: { calls: 5 }, concurrency: 2 })
  expect(codesOf(outcomes).sort()).toEqual(['budget-exceeded', 'done'])
})

test('when the tokens of a batch are exceeded, calls under way are aborted', async () => {
  let aborted = 0
  const generate = ({ messages, signal }: GenerateRequest) => {
    if (messages.some(({ content }) => content.includes('spender')))
      return Promise.resolve({ text: 'x', toolCalls: [], finishReason: 'stop' as const, usage })
    signal?.addEventListener('abort', () => aborted++)
    return new Promise<never>(() => {})
  }
  const outcomes = await agentWith({ model: { id: 'm', generate } }).runBatch(() => done(9), ['mute', 'silent', 'spender'], {
    budget: { tokens: 1000 },
    concurrency: 3,
  })
  expect(codesOf(outcomes)).toEqual(Array(3).fill('budget-exceeded'))
  expect(aborted).toBe(2)
  for (const outcome of outcomes) expect(outcome).toMatchObject({ error: { trajectory: { goal: outcome.goal } } })
})

test('time is up for a whole batch at once, the making of environments included', async () => {
  const mute = { id: 'mute', generate: () => new Promise<never>(() => {}) }
  const create = (goal: string) => (goal === 'b' ? new Promise<never>(() => {}) : done(1))
  const outcomes = await agentWith({ model: mute }).runBatch(create, goals, { budget: { timeoutMs: 30 }, concurrency: 2 })
  expect(codesOf(outcomes)).toEqual(Array(5).fill('budget-exceeded'))
})

test('each episode of a batch also keeps to its own budget', async () => {
  const create = (goal: string) => done(goal === 'b' ? 2 : 1)
  const outcomes = await agentWith({ budget: { calls: 4 } }).runBatch(create, ['a', 'b', 'c'], { budget: { calls: 100 }, concurrency: 3 })
  expect(codesOf(outcomes)).toEqual(['done', 'budget-exceeded', 'done'])
  expect(outcomes[1]).toMatchObject({ error: { message: expect.stringContaining('budget of the episode') as string } })
})

test('calls that fail count, so that a batch of failures ends too', async () => {
  let asked = 0
  const generate = () => Promise.reject(new Error(`down ${++asked}`))
  const outcomes = await agentWith({ model: { id: 'm', generate } }).runBatch(() => done(1), goals, { budget: { calls: 3 } })
  expect(asked).toBe(3)
  expect(codesOf(outcomes)).toEqual(['model-failed', 'model-failed', 'model-failed', 'budget-exceeded', 'budget-exceeded'])
})

test('a model of unknown price ends a batch with a budget of money at its first decision', async () => {
  const model = talker('made/up')
  const outcomes = await agentWith({ model }).runBatch(() => done(1), goals, { budget: { costUSD: 5 } })
  expect(codesOf(outcomes)).toEqual(Array(5).fill('invalid-options'))
  expect(model.requests).toHaveLength(1)
})

test('an aborted batch stays aborted, with a budget or without', async () => {
  const controller = new AbortController()
  const onEvent = ({ type }: AgentEvent): void => void (type === 'planned' && controller.abort())
  const options = { signal: controller.signal, onEvent, budget: { calls: 100, timeoutMs: 60_000 } }
  expect(codesOf(await agentWith().runBatch(() => done(2), ['a', 'b'], options))).toEqual(['aborted', 'aborted'])
})

test('totals of the goals, of the events and of the agent agree', async () => {
  const events: AgentEvent[] = []
  const agent = agentWith({ onEvent: (event) => events.push(event) })
  const outcomes = await agent.trainBatch(() => done(2), goals, { concurrency: 3, budget: { calls: 13 } })
  const told = ofType(events, 'usage').flatMap(({ calls }) => calls)
  const calls = outcomes.reduce((sum, { totals }) => sum + totals.calls, 0)
  expect(calls).toBe(told.length)
  expect(agent.stats()).toMatchObject({ calls, usage: { inputTokens: calls * 100, outputTokens: calls * 10 } })
  expect(agent.stats().usage.costUSD).toBeCloseTo(calls * 0.1, 9)
})

test('prices of a batch stand in the place of the agent’s', async () => {
  const double = { asOf: '2026-02-01', models: { 'scripted/model': { input: 1000, output: 10_000 } } }
  const [outcome] = await agentWith().runBatch(() => done(1), ['a'], { prices: double })
  expect(outcome?.totals.usage.costUSD).toBeCloseTo(0.6, 9)
})

test('a batch refuses wrong budgets', async () => {
  await expect(agentWith().runBatch(() => done(1), ['a'], { budget: { calls: 0 } })).rejects.toMatchObject({ code: 'invalid-options' })
})

test('a decision that makes no call takes none from the others', async () => {
  const inner = reactPolicy({ model: talker(), prompts: chatPrompts() })
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
  let thought: () => void = () => {}
  const other = new Promise<void>((resolve) => (thought = resolve))
  const policy = {
    ...inner,
    plan: async () => ({ text: 'a plan', model: 'm', shown: [], usage, calls: [] }),
    async reason(situation: Situation) {
      if (situation.goal === 'idle')
        await Promise.race([other, pause(50)]) // open while the other one needs its call
      else return inner.reason(situation).finally(thought)
      return { text: 'a thought', model: 'm', shown: [], usage, calls: [] }
    },
    act: async () => ({ text: 'go', model: 'm', shown: [], usage, calls: [] }),
  }
  const outcomes = await agentWith({ policy }).runBatch(() => done(1), ['idle', 'busy'], { budget: { calls: 1 }, concurrency: 2 })
  expect(codesOf(outcomes)).toEqual(['done', 'done'])
})
