import { expect, test } from 'vitest'
import { RepriseError } from '../../src/core/errors.ts'
import { scriptedModel } from '../../src/testing/scripted-model.ts'
import { testLanguageModel } from '../contracts/language-model.ts'

const ask = { messages: [{ role: 'user' as const, content: 'Where is the key?' }] }

testLanguageModel('scriptedModel', {
  create: ({ text, toolCalls = [] }) =>
    scriptedModel(
      () => ({
        text,
        toolCalls: toolCalls.map(({ name, input }, index) => ({ id: `call-${index}`, name, input: JSON.parse(input) as never })),
      }),
      { capabilities: { tools: true, seed: true } },
    ),
  failing: {
    'model-failed': () => scriptedModel([]),
    'model-unavailable': () => scriptedModel([new RepriseError('model-unavailable', 'gone')]),
  },
})

test('answers come in order, and what was asked is kept as it was', async () => {
  const model = scriptedModel(['first', { text: 'second', usage: { inputTokens: 1, outputTokens: 2, costUSD: 0.1 } }], {
    id: 'teacher/big',
  })
  const messages = [{ role: 'user' as const, content: 'before' }]
  expect((await model.generate({ messages, temperature: 0.1, onText: () => {} })).text).toBe('first')
  messages[0] = { role: 'user', content: 'after' }
  expect(await model.generate({ messages })).toMatchObject({ text: 'second', usage: { costUSD: 0.1 } })
  expect(model.id).toBe('teacher/big')
  expect(model.requests).toEqual([
    { messages: [{ role: 'user', content: 'before' }], temperature: 0.1 },
    { messages: [{ role: 'user', content: 'after' }] },
  ])
})

test('a function is told the request and how many came before it', async () => {
  const model = scriptedModel(({ messages }, index) => Promise.resolve(`${index}: ${messages[0]?.content}`))
  expect((await model.generate(ask)).text).toBe('0: Where is the key?')
  expect((await model.generate(ask)).text).toBe('1: Where is the key?')
})

test('a script that has run out fails and names the call', async () => {
  const model = scriptedModel(['only one'])
  await model.generate(ask)
  await expect(model.generate(ask)).rejects.toMatchObject({
    code: 'model-failed',
    message: expect.stringMatching(/no answer for call 2.*Where is the key/) as string,
  })
})

test('an agent whose script has run out is told its goal and the question, not the schemas and examples between them', async () => {
  const schema = JSON.stringify({ type: 'object', secret: 'x'.repeat(2000) })
  const content = `Earlier:\n<data-n1 kind="examples">\nGoal: another\n</data-n1>\n\nGoal: Find the key\n<data-n1 kind="actions">\n${schema}\n</data-n1>\n\nWhat is the next action?`
  await expect(scriptedModel([]).generate({ messages: [{ role: 'user', content }] })).rejects.toMatchObject({
    message:
      'The script of scripted/model has no answer for call 1, counted from 1 (it holds 0). It was asked: "Earlier: … Goal: Find the key … What is the next action?"',
  })
  await expect(
    scriptedModel(() => undefined as never).generate({ messages: [{ role: 'user', content: `Begin${'x'.repeat(9000)}end` }] }),
  ).rejects.toMatchObject({ message: expect.stringMatching(/its function returned none.*"Beginx+ .{1,40} x+end"$/) as string })
})

test('errors of a script are thrown with their code, others as model-failed', async () => {
  const model = scriptedModel([new RepriseError('model-unavailable', 'gone'), new Error('broke')])
  await expect(model.generate(ask)).rejects.toMatchObject({ code: 'model-unavailable' })
  await expect(model.generate(ask)).rejects.toMatchObject({ code: 'model-failed', message: 'broke' })
  await expect(scriptedModel(() => Promise.reject(new TypeError('bad'))).generate(ask)).rejects.toMatchObject({
    code: 'model-failed',
    message: 'bad',
  })
})

test('maxTokens cuts the answer and says so', async () => {
  expect(await scriptedModel(['one two three four']).generate({ ...ask, maxTokens: 2 })).toMatchObject({
    text: 'one two',
    finishReason: 'length',
  })
})

test('an abort ends a call whose script never answers', async () => {
  const controller = new AbortController()
  const call = scriptedModel(() => new Promise(() => {})).generate({ ...ask, signal: controller.signal })
  controller.abort()
  await expect(call).rejects.toMatchObject({ code: 'aborted' })
})
