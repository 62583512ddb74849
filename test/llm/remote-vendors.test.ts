/** What each vendor's wire format is asked, and how its answers are read. */
import { describe, expect, test } from 'vitest'
import type { GenerateRequest } from '../../src/core/model.ts'
import { remotePresets } from '../../src/llm/remote-presets.ts'
import { KEY, remote, usage, useServer } from './aimock.ts'

const server = useServer()
const ask: GenerateRequest = { messages: [{ role: 'user', content: 'Where is the key?' }] }
const tools = [{ name: 'open', description: 'Opens.', inputSchema: { type: 'object', properties: {} } }]
const schema = { type: 'object', properties: { drawer: { type: 'number' } }, required: ['drawer'], additionalProperties: false }
const listening = { ...ask, onText: () => {} }

const VENDORS = [
  { spec: 'openai/gpt-4.1-mini', keyHeader: 'authorization', key: `Bearer ${KEY}`, length: 'length', filtered: 'content_filter' },
  { spec: 'anthropic/claude-sonnet-4-5', keyHeader: 'x-api-key', key: KEY, length: 'length', filtered: undefined },
  { spec: 'google/gemini-2.5-flash', keyHeader: 'x-goog-api-key', key: KEY, length: 'length', filtered: 'content_filter' },
]

describe.each(VENDORS)('$spec', ({ spec, keyHeader, key, length, filtered }) => {
  test('the key is in one header and nowhere else, and no header that the server would have to allow is sent', async () => {
    server.mock.onMessage(/.*/, { content: 'in the drawer' })
    const model = remote(server, {}, spec)
    for (const request of [ask, listening, { ...ask, tools }, { ...listening, responseSchema: schema }])
      await model.generate(request).catch(() => {})
    expect(model.requests.length).toBeGreaterThanOrEqual(4)
    for (const { url, headers, body } of model.requests) {
      expect([...headers].filter(([, value]) => value.includes(KEY))).toEqual([[keyHeader, key]])
      expect(url + JSON.stringify(body)).not.toContain(KEY)
      expect(headers.has('user-agent')).toBe(false)
      expect(JSON.stringify([...headers])).not.toContain('added-later')
      expect(typeof body.tool_choice).not.toBe('object')
    }
  })

  test('without a key no key header is sent, for a proxy that adds it', async () => {
    server.mock.onMessage(/.*/, { content: 'in the drawer' })
    const model = remote(server, { getToken: () => KEY, headers: { 'x-page': 'mine' } }, spec)
    const proxied = remote(server, { apiKey: undefined as never }, spec)
    expect((await model.generate(ask)).text).toBe('in the drawer')
    expect((await proxied.generate(ask)).text).toBe('in the drawer')
    expect(model.requests[0]?.headers.get('x-page')).toBe('mine')
    for (const name of ['authorization', 'x-api-key', 'x-goog-api-key']) expect(proxied.requests[0]?.headers.has(name)).toBe(false)
  })

  test('tokens in and out are counted, whole and streamed, and the tokens that the provider had cached', async () => {
    server.mock.onMessage(/.*/, { content: 'in the drawer', usage: usage(21, 7) })
    for (const request of [ask, listening])
      expect((await remote(server, {}, spec).generate(request)).usage).toEqual({ inputTokens: 21, outputTokens: 7 })
  })

  test('finish reasons have our names', async () => {
    for (const [raw, ours] of [
      ['stop', 'stop'],
      [length, 'length'],
      [filtered, 'filtered'],
    ] as const) {
      if (raw === undefined) continue
      server.mock.reset()
      server.mock.onMessage(/.*/, { content: 'some text', finishReason: raw })
      for (const request of [ask, listening]) expect((await remote(server, {}, spec).generate(request)).finishReason).toBe(ours)
    }
  })

  test('several tool calls of one answer keep their order and differ in their ids', async () => {
    server.mock.onMessage(/.*/, {
      toolCalls: [
        { name: 'open', arguments: '{"door":"left"}' },
        { name: 'open', arguments: '{}' },
      ],
    })
    for (const request of [ask, listening]) {
      const { toolCalls, finishReason } = await remote(server, {}, spec).generate({ ...request, tools })
      expect(finishReason).toBe('tool-calls')
      expect(toolCalls.map(({ input }) => input)).toEqual([{ door: 'left' }, {}])
      expect(new Set(toolCalls.map(({ id }) => id)).size).toBe(2)
    }
  })
})

test('Anthropic is told that a browser asks, and gets messages, schema and settings in its own words', async () => {
  server.mock.onMessage(/.*/, { content: '{"drawer":1}' })
  const model = remote(server, {}, 'anthropic/claude-sonnet-4-5')
  const warnings: string[] = []
  await model.generate({
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Where is {plan} $& the key? \ud800' },
      { role: 'assistant', content: 'In a drawer.' },
      { role: 'system', content: 'Hurry.' },
    ],
    temperature: 0.1,
    maxTokens: 64,
    stop: ['\n', 'END'],
    seed: 7,
    responseSchema: schema,
    onWarning: (message) => void warnings.push(message),
  })
  const [sent] = model.requests
  expect(sent?.url).toBe(`${server.baseURL}/messages`)
  expect(sent?.headers.get('anthropic-dangerous-direct-browser-access')).toBe('true')
  expect(sent?.body).toMatchObject({
    model: 'claude-sonnet-4-5',
    system: [{ type: 'text', text: 'Be brief.' }],
    messages: [
      { role: 'user', content: [{ type: 'text', text: 'Where is {plan} $& the key? \ufffd' }] },
      { role: 'assistant', content: [{ type: 'text', text: 'In a drawer.' }] },
      { role: 'user', content: [{ type: 'text', text: 'Hurry.' }] },
    ],
    temperature: 0.1,
    max_tokens: 64,
    stop_sequences: ['END'],
    output_config: { format: { type: 'json_schema' } },
  })
  expect(sent?.body).not.toHaveProperty('seed')
  expect(warnings).toEqual([
    expect.stringMatching(/^stop: 1 .*cut here/),
    expect.stringMatching(/^messages: a system message/),
    expect.stringMatching(/^seed was left out/),
  ])
})

test('Google gets messages, schema and settings in its own words', async () => {
  server.mock.onMessage(/.*/, { content: '{"drawer":1}' })
  const model = remote(server, {}, 'google/gemini-2.5-flash')
  const warnings: string[] = []
  const request = { temperature: 0.1, maxTokens: 64, seed: 7, responseSchema: schema }
  await model.generate({
    messages: [{ role: 'system', content: 'Be brief.' }, ...ask.messages],
    ...request,
    stop: ['1.', '2.', '3.', '4.', '5.', '6.'],
    onWarning: (message) => void warnings.push(message),
  })
  const [sent] = model.requests
  expect(sent?.url).toBe(`${server.mock.url}/v1beta/models/gemini-2.5-flash:generateContent`)
  expect(sent?.body).toMatchObject({
    systemInstruction: { parts: [{ text: 'Be brief.' }] },
    contents: [{ role: 'user', parts: [{ text: 'Where is the key?' }] }],
    generationConfig: {
      temperature: 0.1,
      maxOutputTokens: 64,
      seed: 7,
      stopSequences: ['1.', '2.', '3.', '4.', '5.'],
      responseMimeType: 'application/json',
      responseSchema: { type: 'object', required: ['drawer'] },
    },
  })
  expect(warnings).toEqual([expect.stringMatching(/^stop: 1 .*cut here/)])
})

test('temperature is left out, with a warning, for a model of Anthropic that refuses it, known or found out', async () => {
  server.mock.on(
    { predicate: (request) => request.temperature !== undefined },
    { error: { message: '`temperature` is deprecated for this model.', type: 'invalid_request_error' }, status: 400 },
  )
  server.mock.onMessage(/.*/, { content: 'thought about it' })
  for (const [name, sent] of [
    ['claude-opus-4-7', [false, false]],
    ['claude-sonnet-4-5', [true, false, false]],
  ] as const) {
    const model = remote(server, {}, `anthropic/${name}`)
    const warnings: string[] = []
    const request = { ...ask, temperature: 0.1, maxTokens: 50, onWarning: (message: string) => void warnings.push(message) }
    for (let i = 0; i < 2; i++) expect((await model.generate(request)).text).toBe('thought about it')
    expect(model.requests.map(({ body }) => 'temperature' in body)).toEqual(sent)
    expect(warnings).toEqual([expect.stringContaining('temperature'), expect.stringContaining('temperature')])
  }
})

test('a warning is given once for a question, however often it is asked again', async () => {
  server.mock.on({ sequenceIndex: 0 }, { error: { message: 'A fire broke out' }, status: 500 })
  server.mock.onMessage(/.*/, { content: 'hello' })
  const warnings: string[] = []
  const model = remote(server, {}, 'anthropic/claude-sonnet-4-5')
  await model.generate({ ...ask, seed: 7, maxTokens: 9, onWarning: (message) => void warnings.push(message) })
  expect(model.requests).toHaveLength(2)
  expect(warnings).toEqual([expect.stringContaining('seed was left out')])
})

test('tokens that were cached are told apart, by the names of each vendor', async () => {
  const answers = {
    'openai/gpt-4.1-mini': { prompt_tokens: 50, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 40 } },
    'deepseek/deepseek-chat': { prompt_tokens: 50, completion_tokens: 2, prompt_cache_hit_tokens: 40 },
    'anthropic/claude-sonnet-4-5': { input_tokens: 10, output_tokens: 2, cache_read_input_tokens: 40, cache_creation_input_tokens: 0 },
    'google/gemini-2.5-flash': { promptTokenCount: 50, candidatesTokenCount: 2, cachedContentTokenCount: 40 },
  }
  for (const [spec, told] of Object.entries(answers)) {
    const body = {
      choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
      type: 'message',
      id: '1',
      model: 'm',
      role: 'assistant',
      content: [{ type: 'text', text: 'hi' }],
      stop_reason: 'end_turn',
      candidates: [{ content: { role: 'model', parts: [{ text: 'hi' }] }, finishReason: 'STOP' }],
      usage: told,
      usageMetadata: told,
    }
    const fetch = (): Promise<Response> => Promise.resolve(Response.json(body))
    const generation = await remote(server, { fetch }, spec).generate(ask)
    expect(generation).toMatchObject({ text: 'hi', usage: { inputTokens: 50, outputTokens: 2, cachedInputTokens: 40 } })
  }
})

test('OpenRouter tells what an answer cost', async () => {
  const usage = { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8, cost: 0.0021 }
  const body = { choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }], usage }
  const fetch = (): Promise<Response> => Promise.resolve(Response.json(body))
  expect((await remote(server, { fetch }, 'openrouter/some/model').generate(ask)).usage.costUSD).toBe(0.0021)
  expect((await remote(server, { fetch }, 'openai-compatible/some/model').generate(ask)).usage).not.toHaveProperty('costUSD')
})

test('Mistral gets the seed under its own name and no stream options; DeepSeek no seed, which it does not take', async () => {
  server.mock.onMessage(/.*/, { content: 'hello', usage: usage(5, 3) })
  const mistral = remote(server, {}, 'mistral/mistral-small-latest')
  await mistral.generate({ ...listening, seed: 7 })
  expect(mistral.requests[0]?.body).toMatchObject({ random_seed: 7, stream: true })
  expect(mistral.requests[0]?.body).not.toHaveProperty('seed')
  expect(mistral.requests[0]?.body).not.toHaveProperty('stream_options')
  const deepseek = remote(server, {}, 'deepseek/deepseek-chat')
  const warnings: string[] = []
  await deepseek.generate({ ...ask, seed: 7, onWarning: (message) => void warnings.push(message) })
  expect(deepseek.requests[0]?.body).not.toHaveProperty('seed')
  expect(warnings).toEqual([expect.stringContaining('seed was left out')])
})

test.each(Object.entries(remotePresets))('the preset %s is plain data with an address to be reached by', (name, preset) => {
  expect(structuredClone(preset)).toEqual(preset)
  if (preset.baseURL === undefined) expect(name).toBe('openai-compatible')
  else expect(new URL(preset.baseURL).protocol).toBe(preset.needsKey ? 'https:' : 'http:')
  for (const { models } of preset.exceptions ?? []) expect(() => new RegExp(models)).not.toThrow()
})
