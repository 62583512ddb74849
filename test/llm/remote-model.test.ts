import { expect, test } from 'vitest'
import type { GenerateRequest } from '../../src/core/model.ts'
import { createRemoteModel } from '../../src/llm/remote-model.ts'
import { testLanguageModel } from '../contracts/language-model.ts'
import { KEY, parts, remote, say, useServer } from './aimock.ts'

const server = useServer()
const ask: GenerateRequest = { messages: [{ role: 'user', content: 'Where is the key?' }] }

const SPECS = [
  'openai/gpt-4.1-mini',
  'openai-compatible/some/model',
  'ollama/qwen3',
  'anthropic/claude-sonnet-4-5',
  'google/gemini-2.5-flash',
]

for (const spec of SPECS)
  testLanguageModel(`remoteModel('${spec}')`, {
    create(answer) {
      const model = remote(server, {}, spec)
      say(server, answer, model)
      return model
    },
    failing: {
      'model-unavailable': () => remote(server, { fetch: () => Promise.reject(new TypeError('Failed to fetch')) }, spec),
      'model-failed'() {
        server.mock.on({}, { error: { message: 'No.' }, status: 400 })
        return remote(server, {}, spec)
      },
      'model-output': () => remote(server, { fetch: () => Promise.resolve(new Response('<html>')) }, spec),
    },
  })

test('a request carries messages, settings, schema and tools to chat completions, and the key in a header alone', async () => {
  server.mock.onMessage(/.*/, { content: '{"drawer":1}', usage: { prompt_tokens: 21, completion_tokens: 7, total_tokens: 28 } })
  const schema = { type: 'object', properties: { drawer: { type: 'number' } }, required: ['drawer'], additionalProperties: false }
  const generation = await remote(server).generate({
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Where is {plan} $& the key?' },
      { role: 'assistant', content: 'In a drawer.' },
      { role: 'user', content: 'Which? \ud800' },
    ],
    temperature: 0.1,
    maxTokens: 64,
    stop: ['1.', '2.', '3.', '4.', '5.'],
    seed: 7,
    responseSchema: schema,
    tools: [{ name: 'open', description: 'Opens.', inputSchema: { type: 'object' } }],
  })
  const [request] = server.sent()
  expect(request?.path).toBe('/v1/chat/completions')
  expect(JSON.stringify([request?.path, request?.body])).not.toContain(KEY)
  expect(request?.body).toMatchObject({
    model: 'gpt-4.1-mini',
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Where is {plan} $& the key?' },
      { role: 'assistant', content: 'In a drawer.' },
      { role: 'user', content: 'Which? \ufffd' },
    ],
    temperature: 0.1,
    max_tokens: 64,
    stop: ['1.', '2.', '3.', '4.'],
    seed: 7,
    response_format: { type: 'json_schema', json_schema: { schema, strict: true } },
    tools: [{ type: 'function', function: { name: 'open', description: 'Opens.' } }],
  })
  expect(generation.usage).toEqual({ inputTokens: 21, outputTokens: 7 })
})

test('usage is reported for streams too, also by compatible servers', async () => {
  server.mock.onMessage(/.*/, { content: 'in the drawer', usage: { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 } })
  for (const spec of ['openai/gpt-4.1-mini', 'openai-compatible/llama']) {
    const { usage } = await remote(server, {}, spec).generate({ ...ask, onText: () => {} })
    expect(usage).toEqual({ inputTokens: 5, outputTokens: 3 })
  }
  expect(server.sent().map(({ body }) => body.stream_options)).toEqual([{ include_usage: true }, { include_usage: true }])
})

test('a schema outside the strict rules is sent as a wish, so that the server does not refuse it', async () => {
  server.mock.onMessage(/.*/, { content: '{}' })
  await remote(server).generate({ ...ask, responseSchema: { type: 'object', properties: { a: { type: 'string' } } } })
  expect(server.sent()[0]?.body.response_format).toMatchObject({ json_schema: { strict: false } })
})

test('temperature is left out for reasoning models, with a warning', async () => {
  server.mock.onMessage(/.*/, { content: 'thought about it' })
  for (const onText of [undefined, (): void => {}]) {
    const warnings: string[] = []
    await remote(server, {}, 'openai/gpt-5-mini').generate({
      ...ask,
      temperature: 0.1,
      maxTokens: 50,
      onWarning: (message) => void warnings.push(message),
      ...(onText && { onText }),
    })
    expect(warnings).toEqual([expect.stringContaining('temperature')])
  }
  for (const { body } of server.sent()) {
    expect(body).not.toHaveProperty('temperature')
    expect(body).toMatchObject({ max_completion_tokens: 50 })
  }
})

test('a setting that the server refuses is left out from then on, with a warning, and stop texts still cut the answer', async () => {
  server.mock.on(
    { predicate: (request) => 'stop' in request },
    {
      error: { message: "Unsupported parameter: 'stop' is not supported with this model.", param: 'stop', code: 'unsupported_parameter' },
      status: 400,
    },
  )
  server.mock.onMessage(/.*/, { content: 'look\nthen leap' })
  const model = remote(server)
  const warnings: string[] = []
  const request = { ...ask, stop: ['\n'], onWarning: (message: string) => void warnings.push(message) }
  expect(await model.generate(request)).toMatchObject({ text: 'look', finishReason: 'stop' })
  expect(await model.generate(request)).toMatchObject({ text: 'look' })
  expect(server.sent().map(({ body }) => 'stop' in body)).toEqual([true, false, false])
  expect(warnings).toEqual([expect.stringContaining('stop was left out'), expect.stringContaining('stop was left out')])
  expect(model.waits).toEqual([])
})

test.each([
  ['length', 'length'],
  ['content_filter', 'filtered'],
  ['stop', 'stop'],
])('the finish reason %s is called %s', async (raw, ours) => {
  server.mock.onMessage(/.*/, { content: 'some text', finishReason: raw })
  expect((await remote(server).generate(ask)).finishReason).toBe(ours)
  expect((await remote(server).generate({ ...ask, onText: () => {} })).finishReason).toBe(ours)
})

test('nothing is loaded, asked for or sent before the first generate, and the SDK is loaded once', async () => {
  const calls: string[] = []
  server.mock.onMessage(/.*/, { content: 'hello' })
  const model = createRemoteModel(
    'openai/gpt-4.1-mini',
    { baseURL: server.baseURL, getToken: () => (calls.push('token'), 'short-lived-token') },
    { ...parts, openai: () => (calls.push('load'), parts.openai()) },
  )
  expect(model.id).toBe('openai/gpt-4.1-mini')
  expect(calls).toEqual([])
  await model.generate(ask)
  await model.generate(ask)
  expect(calls).toEqual(['load', 'token', 'token'])
})

test('headers of the host are sent, and no user agent that a server would have to allow', async () => {
  let headers = new Headers()
  const fetch: typeof globalThis.fetch = (input, init) => {
    headers = new Headers(init?.headers)
    expect(String(input)).not.toContain(KEY)
    expect(init?.redirect).toBe('error')
    return globalThis.fetch(input, init)
  }
  server.mock.onMessage(/.*/, { content: 'hello' })
  await remote(server, { fetch, headers: { 'x-title': 'My page' } }).generate(ask)
  expect(headers.get('x-title')).toBe('My page')
  expect(headers.get('authorization')).toBe(`Bearer ${KEY}`)
  expect(headers.has('user-agent')).toBe(false)
})

test.each([
  ['an unknown vendor', 'llama', {}, /must be one of 'openai\/<model>'/],
  [
    'a server of your own under another name',
    'local/x',
    { baseURL: 'http://localhost:1/v1' },
    /"local\/x" .*write 'openai-compatible\/<model>'\.$/,
  ],
  ['a vendor without a model', 'openai/', { apiKey: KEY }, /must be one of/],
  ['no key for OpenAI itself', 'openai/gpt-5-mini', {}, /getToken/],
  ['two kinds of key', 'openai/gpt-5-mini', { apiKey: KEY, getToken: () => KEY }, /not both/],
  ['a compatible server without address', 'openai-compatible/llama', { apiKey: KEY }, /baseURL/],
  ['an address that is none', 'openai-compatible/llama', { baseURL: 'nonsense' }, /http or https/],
  ['a key in the address', 'openai-compatible/llama', { baseURL: `http://localhost/v1?key=${KEY}` }, /query/],
  [
    'options of the wrong type',
    'openai/gpt-5-mini',
    { apiKey: 3 as never, maxRetries: -1 },
    /apiKey must be a string; maxRetries must be at least 0/,
  ],
  ['a misspelt option', 'openai/gpt-5-mini', { apikey: KEY } as never, /unknown fields: apikey/],
])('%s is refused at once, without repeating the key', (_label, spec, options, message) => {
  const create = (): unknown => createRemoteModel(spec, options, parts)
  expect(create).toThrow(expect.objectContaining({ code: 'invalid-options', message: expect.stringMatching(message) as string }))
  expect(create).not.toThrow(KEY)
})

test('an empty answer is passed on as one: whoever asked may ask again', async () => {
  server.mock.onMessage(/.*/, { content: '' })
  expect(await remote(server).generate(ask)).toMatchObject({ text: '', toolCalls: [], finishReason: 'stop' })
})
