/** Everything around the loop may be at fault: environments, models, policies, verifiers, listeners, options. */
import { expect, test, vi } from 'vitest'
import { createAgent } from '../../src/agent/create-agent.ts'
import type { AgentOptions } from '../../src/agent/options.ts'
import { chatPrompts } from '../../src/agent/prompts/chat-prompts.ts'
import { reactPolicy } from '../../src/agent/react-policy.ts'
import type { Environment, StepContext } from '../../src/core/environment.ts'
import { RepriseError } from '../../src/core/errors.ts'
import { scriptedEnvironment, scriptedModel } from '../../src/testing/index.ts'
import { answers, setup, twoSteps } from '../support/agent-setup.ts'
import { spyMemory } from '../support/spy-memory.ts'

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
