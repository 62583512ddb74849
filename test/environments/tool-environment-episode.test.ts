import { Validator, type Schema } from '@cfworker/json-schema'
import { expect, test } from 'vitest'
import * as z from 'zod'
import type { ApprovalRequest, Effect } from '../../src/core/environment.ts'
import type { JsonSchema } from '../../src/core/json.ts'
import { toolEnvironment, type ToolState } from '../../src/environments/tool-environment.ts'

const { signal } = new AbortController()
const refuse = { signal, approve: () => Promise.resolve(false) }
const echo = {
  name: 'say',
  description: 'Says.',
  inputSchema: z.object({ text: z.string() }),
  execute: ({ text }: { text: string }) => text,
}

test('isDone sees every call that reached a tool, and decides when the episode ends and how', async () => {
  const states: ToolState[] = []
  const environment = toolEnvironment({
    tools: [echo],
    isDone: (state) => {
      states.push(state)
      return state.lastResult === 'open sesame' ? { done: true, success: true, reward: 0.5 } : false
    },
  })
  await environment.reset('Open the door', { signal })
  expect(await environment.step('say({"text":"please"})', refuse)).toMatchObject({ done: false, success: false })
  await environment.step('shout()', refuse)
  expect(await environment.step('say({"text":"open sesame"})', refuse)).toEqual({
    observation: 'open sesame',
    done: true,
    success: true,
    reward: 0.5,
  })
  expect(states).toHaveLength(2)
  expect(states[1]).toEqual({
    goal: 'Open the door',
    calls: [
      { tool: 'say', input: { text: 'please' }, result: 'please' },
      { tool: 'say', input: { text: 'open sesame' }, result: 'open sesame' },
    ],
    lastResult: 'open sesame',
    finished: false,
    answer: undefined,
  })
  await environment.reset('Again', { signal })
  await environment.step('say({"text":"a"})', refuse)
  expect(states[2]).toMatchObject({ goal: 'Again', calls: [{ input: { text: 'a' } }] })
})

test.each([
  ['true is success', () => true, { done: true, success: true }],
  ['done without success is failure where it says so', () => ({ done: true, success: false }), { done: true, success: false }],
  ['done alone is success', async () => ({ done: true }), { done: true, success: true }],
])('isDone: %s', async (_label, isDone, expected) => {
  expect(await toolEnvironment({ tools: [echo], isDone }).step('say({"text":"x"})', refuse)).toMatchObject(expected)
})

test.each([[undefined], ['yes'], [{ done: 1 }], [{ done: true, reward: 7 }]])(
  'isDone that returns %j is a fault of the environment',
  async (verdict) => {
    const environment = toolEnvironment({ tools: [echo], isDone: () => verdict as never })
    await expect(environment.step('say({"text":"x"})', refuse)).rejects.toMatchObject({
      code: 'environment-failed',
      message: expect.stringContaining('isDone') as string,
    })
  },
)

test('finish ends the episode: with success on the word of the agent alone, else as isDone judges the answer', async () => {
  expect(await toolEnvironment({ tools: [echo] }).step('finish()', refuse)).toEqual({
    observation: 'Finished.',
    done: true,
    success: true,
    judge: 'agent',
  })
  const judged = toolEnvironment({ tools: [echo], isDone: ({ finished, answer }) => finished && answer === 42 })
  expect(await judged.step('finish({"answer":41})', refuse)).toMatchObject({ done: true, success: false })
  expect(await judged.step('finish({"answer":42})', refuse)).toMatchObject({ done: true, success: true })
})

test.each<[Effect, boolean]>([
  ['read', false],
  ['fill', false],
  ['submit', true],
  ['navigate', true],
  ['destructive', true],
  ['pay', true],
])('an effect of %s is asked for first: %s', async (effect, asks) => {
  const asked: ApprovalRequest[] = []
  const environment = toolEnvironment({ tools: [{ ...echo, effect }] })
  const approve = (answer: boolean) => ({ signal, approve: (request: ApprovalRequest) => (asked.push(request), Promise.resolve(answer)) })
  expect((await environment.step('say({"text":"hi"})', approve(true))).observation).toBe('hi')
  expect(asked).toHaveLength(asks ? 1 : 0)
  if (asks)
    expect(asked[0]).toMatchObject({
      effect,
      action: 'say({"text":"hi"})',
      description: expect.stringMatching(/Call say .*"hi"/) as string,
      details: { tool: 'say' },
    })
  expect((await environment.step('say({"text":"hi"})', approve(false))).observation).toMatch(asks ? /not called.*refused/ : /^hi$/)
})

test('needsApproval asks whatever the effect, or depending on the input; a refused call is not made', async () => {
  const made: string[] = []
  const execute = ({ text }: { text: string }) => void made.push(text)
  const always = toolEnvironment({ tools: [{ ...echo, execute, needsApproval: true }] })
  await always.step('say({"text":"a"})', refuse)
  const some = toolEnvironment({ tools: [{ ...echo, execute, needsApproval: ({ text }: { text: string }) => text === 'secret' }] })
  await some.step('say({"text":"secret"})', refuse)
  await some.step('say({"text":"b"})', refuse)
  expect(made).toEqual(['b'])
})

test('an abort ends a step at once: in the tool, while waiting for approval, in isDone', async () => {
  const never = new Promise<never>(() => {})
  const seen: AbortSignal[] = []
  const cases = [
    toolEnvironment({ tools: [{ ...echo, execute: (_input, { signal: inner }) => (seen.push(inner), never) }] }),
    toolEnvironment({ tools: [{ ...echo, needsApproval: () => never }] }),
    toolEnvironment({ tools: [{ ...echo, effect: 'pay' }] }),
    toolEnvironment({ tools: [echo], isDone: () => never }),
  ]
  for (const environment of cases) {
    const controller = new AbortController()
    const pending = environment.step('say({"text":"x"})', { signal: controller.signal, approve: () => never })
    setTimeout(() => controller.abort(), 5)
    await expect(pending).rejects.toMatchObject({ code: 'aborted' })
    await expect(
      (async () => environment.step('say({"text":"x"})', { signal: controller.signal, approve: () => never }))(),
    ).rejects.toMatchObject({ code: 'aborted' })
  }
  expect(seen[0]?.aborted).toBe(true)
})

test('actions() is a schema that valid calls match and others do not, references inside tools included', async () => {
  const tree: z.ZodType = z.object({ name: z.string(), get children() { return z.array(tree) } }) // prettier-ignore
  const environment = toolEnvironment({
    tools: [
      { name: 'plant', description: '', inputSchema: tree, execute: () => 'ok' },
      {
        name: 'point',
        description: '',
        inputSchema: { type: 'object', properties: { to: { $ref: '#/$defs/dir' } }, $defs: { dir: { enum: ['up', 'down'] } } },
        execute: () => 'ok',
      },
    ],
  })
  const schema = (await environment.actions?.()) as JsonSchema
  const matches = (action: unknown): boolean => new Validator(structuredClone(schema) as Schema, '2020-12').validate(action).valid
  expect(matches({ tool: 'plant', input: { name: 'a', children: [{ name: 'b', children: [] }] } })).toBe(true)
  expect(matches({ tool: 'plant', input: { name: 'a', children: [{ name: 1, children: [] }] } })).toBe(false)
  expect(matches({ tool: 'point', input: { to: 'up' } })).toBe(true)
  expect(matches({ tool: 'point', input: { to: 'left' } })).toBe(false)
  expect(matches({ tool: 'finish', input: {} })).toBe(true)
  expect(matches({ tool: 'other', input: {} })).toBe(false)
})

test('taskId is there only where it was given', () => {
  expect('taskId' in toolEnvironment({ tools: [echo] })).toBe(false)
  expect(toolEnvironment({ tools: [echo], taskId: (goal) => `task of ${goal}` }).taskId?.('g')).toBe('task of g')
})

test('whose text results are, and what is taken out of them, is there only where it was given', () => {
  expect(Object.keys(toolEnvironment({ tools: [echo] }))).not.toEqual(expect.arrayContaining(['source', 'redact']))
  const environment = toolEnvironment({ tools: [echo], source: 'mail', redact: (text) => text.toUpperCase() })
  expect(environment.source?.()).toBe('mail')
  expect(environment.redact?.('a')).toBe('A')
})
