/** What models refuse, leave open or get wrong, said by language model objects that answer what a test tells them to. */
import { describe, expect, test } from 'vitest'
import type { JsonSchema } from '../../src/core/json.ts'
import type { GenerateRequest, LanguageModel } from '../../src/core/model.ts'
import { schemaForm } from '../../src/llm/ai-sdk-schema.ts'
import type { AISDKCallOptions, AISDKModel, AISDKPart, AISDKResult } from '../../src/llm/ai-sdk-types.ts'
import { createFromAISDK } from '../../src/llm/from-ai-sdk.ts'
import { unheard } from '../../src/llm/unheard.ts'
import { watch } from '../../src/llm/watchdog.ts'
import { timedCall } from '../../src/util/timed-call.ts'

const ask: GenerateRequest = { messages: [{ role: 'user', content: 'Where is the key?' }] }
const USAGE = { inputTokens: 5, outputTokens: 3 }
const FINISH: AISDKPart = { type: 'finish', finishReason: 'stop', usage: USAGE }
const text = (delta: string): AISDKPart => ({ type: 'text-delta', id: '1', delta }) as AISDKPart

interface Plan {
  /** The content of a whole answer. */
  content?: AISDKPart[] | ((options: AISDKCallOptions) => AISDKPart[] | Promise<AISDKPart[]>)
  /** A stream for each attempt; one that does not end with `FINISH` breaks. */
  streams?: AISDKPart[][]
}

function make({ content = [], streams = [] }: Plan): LanguageModel & { seen: AISDKCallOptions[]; cancelled: number } {
  const state = { seen: [] as AISDKCallOptions[], cancelled: 0 }
  const model: AISDKModel = {
    specificationVersion: 'v2',
    provider: 'test.chat',
    modelId: 'm',
    async doGenerate(options): Promise<AISDKResult> {
      state.seen.push(options)
      return { content: typeof content === 'function' ? await content(options) : content, finishReason: 'stop', usage: USAGE }
    },
    async doStream(options) {
      state.seen.push(options)
      const parts = [...(streams.shift() ?? [])]
      const stream = new ReadableStream<AISDKPart>(
        {
          pull(controller) {
            const part = parts.shift()
            if (part) controller.enqueue(part)
            else controller.error(new TypeError('network error'))
            if (part === FINISH) controller.close()
          },
          cancel: () => void state.cancelled++,
        },
        { highWaterMark: 0 },
      )
      return { stream }
    },
  }
  const sleep = (): Promise<void> => Promise.resolve()
  const made = createFromAISDK(model, { sleep }, () => import('../../src/llm/from-ai-sdk-ask.ts'))
  return Object.assign(state, made)
}

const refusal = (message: string, param?: string): Error =>
  Object.assign(new Error(message), { name: 'AI_APICallError', statusCode: 400, data: { error: { message, param } } })

test('calls made at the same time all do without a setting that the model refuses', async () => {
  const model = make({
    async content({ temperature, seed }) {
      await Promise.resolve()
      if (temperature !== undefined) throw refusal("Unsupported value: 'temperature' is not supported", 'temperature')
      if (seed !== undefined) throw refusal("Unsupported parameter: 'seed'", 'seed')
      return [{ type: 'text', text: 'ok' }]
    },
  })
  const call = async (): Promise<string> => (await model.generate({ ...ask, temperature: 0, seed: 1 })).text
  expect(await Promise.all([call(), call(), call()])).toEqual(['ok', 'ok', 'ok'])
  expect(model.seen.length).toBeLessThanOrEqual(9)
})

test('a model that names a setting that was not sent is not asked for ever', async () => {
  const model = make({ content: () => Promise.reject(refusal("'temperature' is not supported")) })
  await expect(model.generate({ ...ask, temperature: 0 })).rejects.toMatchObject({ code: 'model-failed' })
  expect(model.seen).toHaveLength(2)
})

const NUMBERS: JsonSchema = { type: 'array', items: { type: 'number' } }

describe('schemas', () => {
  const object = (properties: JsonSchema, more: JsonSchema = {}): JsonSchema => ({
    type: 'object',
    properties,
    required: Object.keys(properties),
    additionalProperties: false,
    ...more,
  })

  test.each<[boolean, string, JsonSchema]>([
    [true, 'plain fields', object({ a: { type: 'string', description: 'A.', enum: ['x'] }, b: { type: ['null', 'number'] } })],
    [true, 'fields named like keywords', object({ pattern: { type: 'string' }, oneOf: { type: 'string' } })],
    [true, 'references', object({ a: { $ref: '#/$defs/n' } }, { $defs: { n: { type: 'number' } } })],
    [true, 'alternatives within', object({ a: { anyOf: [{ type: 'null' }, object({ b: { type: 'string' } })] } })],
    [false, 'minLength', object({ a: { type: 'string', minLength: 1 } })],
    [false, 'pattern', object({ a: { type: 'string', pattern: '^a' } })],
    [false, 'format', object({ a: { type: 'array', items: { type: 'string', format: 'email' } } })],
    [false, 'oneOf', object({ a: { oneOf: [{ type: 'string' }] } })],
    [false, 'a field of any kind', object({ a: {} })],
    [false, 'an open object in a definition', object({ a: { $ref: '#/$defs/n' } }, { $defs: { n: { type: 'object' } } })],
  ])('strict is %s for %s', (strict, _label, schema) => {
    expect(schemaForm(schema)).toEqual({ schema, strict })
  })

  test.each<[string, JsonSchema, string]>([
    ['an array', NUMBERS, '[1,2]'],
    ['alternatives', { anyOf: [object({ a: { type: 'string' } })] }, '{"a":"b"}'],
    ['an enumeration', { type: 'string', enum: ['a', 'b'] }, '"a"'],
    ['a scalar', { type: 'number' }, '5'],
  ])('a root that is %s travels within an object, and the answer is heard without it', async (_label, schema, said) => {
    const answer = `{"value": ${said}}`
    const model = make({ content: [{ type: 'text', text: answer }], streams: [[text(answer.slice(0, 5)), text(answer.slice(5)), FINISH]] })
    const heard: string[] = []
    expect((await model.generate({ ...ask, responseSchema: schema })).text).toBe(said)
    expect((await model.generate({ ...ask, responseSchema: schema, onText: (delta) => void heard.push(delta) })).text).toBe(said)
    expect(heard).toEqual([said])
    expect(model.seen[0]?.responseFormat?.schema).toEqual(object({ value: schema }))
    expect(model.seen[0]?.providerOptions?.openai).toEqual({ strictJsonSchema: true })
  })

  test('references of such a root still hold', () => {
    const tree = object({ next: { $ref: '#/$defs/tree' } })
    expect(schemaForm({ $ref: '#/$defs/tree', $defs: { tree } })?.schema).toEqual(
      object({ value: { $ref: '#/$defs/tree' } }, { $defs: { tree } }),
    )
    expect(schemaForm({ type: 'array', items: { $ref: '#' } })?.schema).toEqual(
      object({ value: { type: 'array', items: { $ref: '#/properties/value' } } }),
    )
  })

  test('a schema that the server refuses is said in words, once and for this call alone', async () => {
    const model = make({
      content({ responseFormat }) {
        if (responseFormat) throw refusal("Invalid schema for response_format 'response'", 'response_format')
        return [{ type: 'text', text: '[1]' }]
      },
    })
    const warnings: string[] = []
    const request = { ...ask, responseSchema: NUMBERS, onWarning: (message: string) => void warnings.push(message) }
    expect((await model.generate(request)).text).toBe('[1]')
    expect(warnings).toEqual([expect.stringContaining('responseSchema was left out')])
    expect(JSON.stringify(model.seen[1]?.prompt)).toContain(JSON.stringify(JSON.stringify(NUMBERS)).slice(1, -1))
    await model.generate(request)
    expect(model.seen.map(({ responseFormat }) => responseFormat !== undefined)).toEqual([true, false, true, false])
  })

  test('one that is refused in words, too, and the schema of a tool, are not asked for again', async () => {
    const stubborn = make({ content: () => Promise.reject(refusal('response_format is wrong')) })
    await expect(stubborn.generate({ ...ask, responseSchema: NUMBERS })).rejects.toMatchObject({ code: 'model-failed' })
    expect(stubborn.seen).toHaveLength(2)
    const tool = make({ content: () => Promise.reject(refusal("Invalid schema for function 'open'")) })
    await expect(tool.generate({ ...ask, responseSchema: NUMBERS })).rejects.toMatchObject({ code: 'model-failed' })
    expect(tool.seen).toHaveLength(1)
  })
})

test('a stream that is cut is asked for again where nobody heard its text', async () => {
  const streams = (): AISDKPart[][] => [[text('{"a"')], [text('{"a":1}'), FINISH]]
  const model = make({ streams: streams() })
  // As the structured layer asks, which measures times by a listener of its own.
  const { answer } = await timedCall(model, unheard({ ...ask, onText: () => {} }), () => 0)
  expect(answer.text).toBe('{"a":1}')
  const heard = make({ streams: streams() })
  await expect(heard.generate({ ...ask, onText: () => {} })).rejects.toMatchObject({ code: 'model-failed' })
  expect([model.seen.length, heard.seen.length]).toEqual([2, 1])
})

test('an answer that a stop text ended is done: the rest may break, and its tool calls are none', async () => {
  const call: AISDKPart = { type: 'tool-call', toolCallId: '1', toolName: 'open', input: '{"half' }
  const model = make({
    content: [{ type: 'text', text: 'look\nthen' }, call],
    streams: [
      [text('look'), text('\nthen')],
      [text('look\n'), call, FINISH],
    ],
  })
  const request = { ...ask, stop: ['\n'] }
  const expected = { text: 'look', toolCalls: [], finishReason: 'stop' }
  expect(await model.generate(request)).toMatchObject(expected)
  for (let left = 2; left > 0; left--) expect(await model.generate({ ...request, onText: () => {} })).toMatchObject(expected)
  expect(model.seen).toHaveLength(3)
  expect(model.cancelled).toBe(2)
})

describe('the input of a tool call', () => {
  const called = (input: unknown): Promise<unknown> =>
    make({ content: [{ type: 'tool-call', toolCallId: '1', toolName: 'open', input }] })
      .generate({ ...ask, tools: [{ name: 'open', description: 'Opens.', inputSchema: { type: 'object' } }] })
      .then(({ toolCalls }) => toolCalls[0]?.input)

  test('may be the value itself', async () => {
    expect(await called({ door: 'left' })).toEqual({ door: 'left' })
    expect(await called('{"door":"left"}')).toEqual({ door: 'left' })
    for (const none of ['', undefined, null]) expect(await called(none)).toEqual({})
  })

  test.each([
    ['a prototype', '{"a":{"__proto__":{"admin":true}}}'],
    ['a prototype as a value', JSON.parse('{"__proto__":{"admin":true}}')],
    ['half of JSON', '{"a":'],
    ['what is no JSON', { a: 1n }],
  ])('is refused where it holds %s', async (_label, input) => {
    await expect(called(input)).rejects.toMatchObject({ code: 'model-output' })
  })
})

test('a listener that throws leaves no clock running', async () => {
  const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
  const model = make({ content: () => Promise.reject(refusal("'temperature' is not supported")) })
  const onWarning = (): never => {
    throw new Error('the listener broke')
  }
  const before = timers()
  await expect(model.generate({ ...ask, temperature: 0, onWarning })).rejects.toThrow(/listener broke/)
  expect(timers()).toBe(before)
  const clock = watch(undefined, 60_000)
  expect(timers()).toBe(before + 1)
  clock.end()
})
