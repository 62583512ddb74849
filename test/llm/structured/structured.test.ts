import { expect, test } from 'vitest'
import { RepriseError } from '../../../src/core/errors.ts'
import type { GenerateRequest } from '../../../src/core/model.ts'
import { createStructured } from '../../../src/llm/structured/create-structured.ts'
import { isUnheard } from '../../../src/llm/unheard.ts'
import { structured } from '../../../src/llm/structured/structured.ts'
import { scriptedModel } from '../../../src/testing/scripted-model.ts'
import { testLanguageModel } from '../../contracts/language-model.ts'

const messages: GenerateRequest['messages'] = [{ role: 'user', content: 'Open the left door.' }]
const responseSchema = { type: 'object', properties: { verdict: { type: 'boolean' } }, required: ['verdict'] }
const tools = [
  {
    name: 'open',
    description: 'Opens a door.',
    inputSchema: {
      type: 'object',
      properties: { door: { $ref: '#/$defs/side' } },
      required: ['door'],
      $defs: { side: { enum: ['left', 'right'] } },
    },
  },
  { name: 'wait', description: 'Waits.', inputSchema: { type: 'object' } },
]
const heard = (): { parts: string[]; onText: (delta: string) => void } => {
  const parts: string[] = []
  return { parts, onText: (delta) => void parts.push(delta) }
}

testLanguageModel('structured(a model that knows words alone)', {
  create: ({ text }) => structured(scriptedModel(() => text)),
})
testLanguageModel('structured(a model that knows all)', {
  create: ({ text, toolCalls = [] }) =>
    structured(
      scriptedModel(
        () => ({
          text,
          toolCalls: toolCalls.map(({ name, input }, index) => ({ id: `c${index}`, name, input: JSON.parse(input) as never })),
        }),
        {
          capabilities: { schema: true, tools: true },
        },
      ),
    ),
})

test('requests without schema and tools reach the model as they are, and wrapping twice is wrapping once', async () => {
  const model = scriptedModel(['hello'])
  const wrapped = structured(model)
  const request = { messages, stop: ['x'], temperature: 1, tools: [] }
  expect((await wrapped.generate(request)).text).toBe('hello')
  expect(model.requests).toEqual([request])
  expect(structured(wrapped)).toBe(wrapped)
  expect(wrapped.id).toBe('scripted/model')
})

test('a schema makes the text JSON, and onText hears it in one part', async () => {
  const { parts, onText } = heard()
  const model = scriptedModel(['Sure! {"verdict": True,} Bye.'])
  const generation = await structured(model).generate({ messages, responseSchema, onText, stop: ['\n'] })
  expect(generation).toMatchObject({ text: '{"verdict": true}', finishReason: 'stop', toolCalls: [] })
  expect(parts).toEqual([generation.text])
  expect(model.requests[0]).not.toHaveProperty('stop')
})

test('what is heard is the second answer where the first was wrong', async () => {
  const { parts, onText } = heard()
  const model = scriptedModel(['{"verdict":1}', '{"verdict":false}'], { capabilities: { schema: true } })
  const generation = await structured(model).generate({ messages, responseSchema, onText })
  expect(parts).toEqual(['{"verdict":false}'])
  expect(generation.usage.outputTokens).toBe(2)
})

test('tools of a model that knows none are asked for in words, several at once', async () => {
  const { parts, onText } = heard()
  const model = scriptedModel([
    '<think>{"calls":[]}</think>\n```json\n{"calls":[{"tool":"open","input":{"door":"left"}},{"tool":"wait"}]}\n```',
  ])
  const generation = await structured(model).generate({ messages, tools, onText })
  expect(generation).toMatchObject({
    text: '',
    finishReason: 'tool-calls',
    toolCalls: [
      { name: 'open', input: { door: 'left' } },
      { name: 'wait', input: {} },
    ],
  })
  expect(new Set(generation.toolCalls.map(({ id }) => id)).size).toBe(2)
  expect(parts).toEqual([])
  expect(model.requests[0]).not.toHaveProperty('tools')
  expect(model.requests[0]?.messages[0]?.content).toMatch(/^Open the left door\.[^]*kind="tools">\n\[\{"name":"open"/)
})

test('where the model keeps to schemas, the calls are asked for through one, with references that hold', async () => {
  const model = scriptedModel(['{"calls":[{"tool":"open","input":{"door":"left"}}]}'], { capabilities: { schema: true } })
  expect((await structured(model).generate({ messages, tools })).toolCalls).toHaveLength(1)
  const schema = JSON.stringify(model.requests[0]?.responseSchema)
  expect(schema).toContain('"$ref":"#/anyOf/0/properties/calls/items/anyOf/0/properties/input/$defs/side"')
})

test('tools of a model that knows them are its own business', async () => {
  const toolCalls = [{ id: 'own', name: 'anything', input: 1 }]
  const model = scriptedModel([{ toolCalls }], { capabilities: { tools: true } })
  expect((await structured(model).generate({ messages, tools })).toolCalls).toEqual(toolCalls)
  expect(model.requests[0]).toMatchObject({ messages, tools })
})

test('tools of its own and a schema in words: a call is passed on, an answer is checked', async () => {
  const toolCalls = [{ id: 'own', name: 'open', input: {} }]
  const model = scriptedModel([{ toolCalls }, '{"verdict":true}'], { capabilities: { tools: true } })
  const wrapped = structured(model)
  expect(await wrapped.generate({ messages, tools, responseSchema })).toMatchObject({ toolCalls, finishReason: 'tool-calls' })
  expect(await wrapped.generate({ messages, tools, responseSchema })).toMatchObject({ text: '{"verdict":true}', toolCalls: [] })
})

test.each([
  ['as it was asked for', '{"answer":"The door is open. Observation: none"}'],
  ['in plain words', '<think>no tool needed</think>The door is open. Observation: none'],
])('an answer without a tool, %s, is a text that ends at a stop text', async (_label, text) => {
  const { parts, onText } = heard()
  const generation = await structured(scriptedModel([text])).generate({ messages, tools, onText, stop: [' Observation:'] })
  expect(generation).toMatchObject({ text: 'The door is open.', finishReason: 'stop', toolCalls: [] })
  expect(parts).toEqual(['The door is open.'])
})

test('with a schema, too, the answer without a tool matches it', async () => {
  const model = scriptedModel(['{"answer":{"verdict":"yes"}}', '{"answer":{"verdict":true}}'])
  expect((await structured(model).generate({ messages, tools, responseSchema })).text).toBe('{"verdict":true}')
  expect(model.requests[1]?.messages[0]?.content).toMatch(/- answer: verdict: /)
})

test.each([
  ['an unknown tool', '{"calls":[{"tool":"fly","input":{}}]}', /calls\.0: there is no tool "fly"; there are open, wait/],
  ['a wrong input', '{"calls":[{"tool":"wait","input":{}},{"tool":"open","input":{"door":"up"}}]}', /calls\.1\.input: door: /],
  ['a call without a name', '{"calls":[{"input":{}}]}', /there is no tool without a name/],
  ['a field too many', '{"calls":[{"tool":"wait","input":{},"now":true}]}', /"tool" and "input", and nothing else/],
  ['no call', '{"calls":[]}', /at least one call/],
  ['call and answer', '{"calls":[{"tool":"wait","input":{}}],"answer":"x"}', /either "calls" or "answer"/],
  ['an empty answer', '{"answer":""}', /not empty/],
  ['nothing', '', /the answer is empty/],
  ['half a call', 'I call {"calls":[{"tool":"wait","input":{}', /breaks off/],
])('%s is asked for again, and twice is model-output', async (_label, text, message) => {
  const mended = scriptedModel([text, '{"calls":[{"tool":"wait","input":{}}]}'])
  expect((await structured(mended).generate({ messages, tools })).toolCalls).toHaveLength(1)
  expect(mended.requests[1]?.messages[0]?.content).toMatch(message)
  await expect(structured(scriptedModel([text, text])).generate({ messages, tools })).rejects.toMatchObject({
    code: 'model-output',
    message: expect.stringMatching(message) as string,
  })
})

test.each([
  ['prose around it', 'The page said: {"calls":[{"tool":"wait","input":{}}]}. I will not follow that.'],
  ['words before it', 'The page said: {"calls":[{"tool":"wait","input":{}}]}'],
  ['words behind it', '{"calls":[{"tool":"wait","input":{}}]} is what the page says.'],
  ['a fence among words', 'The page said:\n```json\n{"calls":[{"tool":"wait","input":{}}]}\n```\n'],
  ['quoted answer', 'The page said: {"answer":"Send me your key."}'],
])('a call or answer that is quoted is none: %s', async (_label, text) => {
  const model = scriptedModel([text, 'I will not follow that.'])
  expect(await structured(model).generate({ messages, tools })).toMatchObject({ toolCalls: [], text: 'I will not follow that.' })
  expect(model.requests[1]?.messages[0]?.content).toMatch(/must be the whole answer/)
  await expect(structured(scriptedModel([text, text])).generate({ messages, tools })).rejects.toMatchObject({ code: 'model-output' })
})

test.each(['See [the docs](https://example.com) for more.', 'Run:\n```sh\nls\n```', 'The set {x, y} has [two] parts.'])(
  'words with brackets are words: %s',
  async (text) => {
    const model = scriptedModel([text])
    expect(await structured(model).generate({ messages, tools })).toMatchObject({ text, toolCalls: [], finishReason: 'stop' })
  },
)

test.each([
  ['a schema', { responseSchema }, '{"verdict":true}'],
  ['tools in words', { tools }, '{"answer":"yes"}'],
])('with %s nobody hears what the model streams, so that it may ask again where its stream broke', async (_label, asked, text) => {
  const { parts, onText } = heard()
  const model = scriptedModel([text])
  const listened: boolean[] = []
  const watched = structured({
    ...model,
    generate: (request) => {
      listened.push(!isUnheard(request))
      return model.generate(request)
    },
  })
  await watched.generate({ messages, ...asked, onText })
  expect(listened).toEqual([false])
  expect(parts).toHaveLength(1)
})

test('a withheld answer is passed on as one, with what all calls used', async () => {
  const model = scriptedModel(['no', { text: '', finishReason: 'filtered' }])
  const generation = await structured(model).generate({ messages, responseSchema })
  expect(generation).toMatchObject({ text: '', finishReason: 'filtered', usage: { outputTokens: 1 } })
})

test('a wrong schema, a tool given twice and a failing load are told, and nothing is asked', async () => {
  const model = scriptedModel(['{}'])
  await expect(structured(model).generate({ messages, responseSchema: { type: 'objekt' } })).rejects.toMatchObject({
    code: 'invalid-options',
  })
  await expect(structured(model).generate({ messages, tools: [...tools, ...tools] })).rejects.toMatchObject({ code: 'invalid-options' })
  const unloadable = createStructured(model, () => Promise.reject(new Error('offline')))
  await expect(unloadable.generate({ messages, responseSchema })).rejects.toMatchObject({ code: 'model-unavailable' })
  expect(model.requests).toEqual([])
})

test('nothing is heard after an abort', async () => {
  const { parts, onText } = heard()
  const controller = new AbortController()
  const model = scriptedModel(() => {
    controller.abort()
    return '{"verdict":true}'
  })
  const call = structured(model).generate({ messages, responseSchema, signal: controller.signal, onText })
  await expect(call).rejects.toMatchObject({ code: 'aborted' })
  expect(parts).toEqual([])
})

test('the same request makes the same prompts, so that seeds, caches and recordings hold', async () => {
  const ask = async (): Promise<unknown> => {
    const model = scriptedModel(['no', '{"verdict":true}'])
    await structured(model).generate({ messages, responseSchema, seed: 1 })
    return model.requests
  }
  expect(await ask()).toEqual(await ask())
})

test('errors of the model keep their code', async () => {
  const model = scriptedModel([new RepriseError('worker-lost', 'gone')])
  await expect(structured(model).generate({ messages, responseSchema })).rejects.toMatchObject({ code: 'worker-lost' })
})
