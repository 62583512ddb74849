/** What goes wrong between a page and each vendor, made to go wrong by a server that speaks their wire formats. */
import { describe, expect, test } from 'vitest'
import type { GenerateRequest } from '../../src/core/model.ts'
import { KEY, remote, useServer } from './aimock.ts'

const server = useServer()
const ask: GenerateRequest = { messages: [{ role: 'user', content: 'Where is the key?' }] }
const refused = async (call: Promise<unknown>): Promise<Error & { code: string }> =>
  call.then(
    () => expect.unreachable('the call should fail'),
    (error: unknown) => error as Error & { code: string },
  )

/** What the server really answers, under another content type. */
const typed =
  (type: string): typeof globalThis.fetch =>
  async (input, init) => {
    const response = await globalThis.fetch(input, init)
    return new Response(response.body, { status: response.status, headers: { 'content-type': type } })
  }

const SPECS = ['openai/gpt-4.1-mini', 'ollama/qwen3', 'anthropic/claude-sonnet-4-5', 'google/gemini-2.5-flash']

describe.each(SPECS)('%s', (spec) => {
  test.each([false, true])(
    '429 with Retry-After is waited for as long as asked, then the request succeeds (streamed: %s)',
    async (streamed) => {
      server.mock.on({ sequenceIndex: 0 }, { error: { message: 'Slow down' }, status: 429, retryAfter: 7 })
      server.mock.on({}, { content: 'in the drawer' })
      const model = remote(server, {}, spec)
      expect((await model.generate({ ...ask, ...(streamed && { onText: () => {} }) })).text).toBe('in the drawer')
      expect(model.waits).toEqual([7000])
      expect(model.requests).toHaveLength(2)
    },
  )

  test('500 is repeated with growing waits, then given up, with what the server said', async () => {
    server.mock.on({}, { error: { message: 'A fire broke out' }, status: 500 })
    const model = remote(server, {}, spec)
    const error = await refused(model.generate(ask))
    expect(error).toMatchObject({ code: 'model-failed', message: expect.stringMatching(/500.*A fire broke out.*4 attempts/) as string })
    expect(model.waits).toEqual([375, 750, 1500])
  })

  test('a stream that is cut after some text is not begun again', async () => {
    server.mock.on({}, { content: 'in the drawer of the old desk' }, { truncateAfterChunks: 6, chunkSize: 4, latency: 5 })
    const model = remote(server, {}, spec)
    const parts: string[] = []
    const error = await refused(model.generate({ ...ask, onText: (delta) => void parts.push(delta) }))
    expect(error).toMatchObject({
      code: 'model-failed',
      message: expect.stringMatching(/broke off.*characters had been delivered/) as string,
    })
    expect(parts.join('').length).toBeGreaterThan(0)
    expect(model.requests).toHaveLength(1)
  })

  test('a connection that breaks before the answer is repeated', async () => {
    server.mock.setChaos({ disconnectRate: 1 }).on({}, { content: 'never' })
    const model = remote(server, { maxRetries: 2 }, spec)
    expect((await refused(model.generate(ask))).code).toBe('model-unavailable')
    expect(model.requests).toHaveLength(3)
  })

  test.each([false, true])('malformed JSON is model-output, and not asked for again (streamed: %s)', async (streamed) => {
    server.mock.setChaos({ malformedRate: 1 }).on({}, { content: 'x' })
    const model = remote(server, {}, spec)
    const error = await refused(model.generate({ ...ask, ...(streamed && { onText: () => {} }) }))
    expect(error).toMatchObject({ code: 'model-output', message: expect.stringContaining('cannot be read') as string })
    expect(model.requests).toHaveLength(1)
  })

  test('malformed JSON in the middle of a stream is model-output', async () => {
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const text = await (await globalThis.fetch(input, init)).text()
      const lines = text.split('\n\n')
      lines.splice(Math.ceil(lines.length / 2), 0, 'data: {"half":')
      return new Response(lines.join('\n\n'), { headers: { 'content-type': 'text/event-stream' } })
    }
    server.mock.on({}, { content: 'in the drawer of the old desk' })
    const error = await refused(remote(server, { fetch }, spec).generate({ ...ask, onText: () => {} }))
    expect(error).toMatchObject({ code: 'model-output' })
  })

  test('a slow first token is waited for within timeoutMs, and no longer', async () => {
    server.mock.on({}, { content: 'at last' }, { streamingProfile: { ttft: 300, tps: 1000 } })
    const patient = remote(server, { timeoutMs: 5000 }, spec)
    expect((await patient.generate({ ...ask, onText: () => {} })).text).toBe('at last')
    const hasty = remote(server, { timeoutMs: 100, maxRetries: 1 }, spec)
    const error = await refused(hasty.generate({ ...ask, onText: () => {} }))
    expect(error).toMatchObject({
      code: 'model-failed',
      message: expect.stringMatching(/no sign of life for 100 ms.*2 attempts/) as string,
    })
  })

  test('a web page or a document in place of a stream is model-output, and not asked for again', async () => {
    server.mock.on({}, { content: 'x' })
    for (const type of ['text/html; charset=utf-8', 'application/json']) {
      const model = remote(server, { fetch: typed(type) }, spec)
      const error = await refused(model.generate({ ...ask, onText: () => {} }))
      expect(error).toMatchObject({ code: 'model-output', message: expect.stringContaining('event stream') as string })
      expect(model.requests).toHaveLength(1)
    }
  })

  test('a content type that is merely unusual does not matter', async () => {
    server.mock.on({}, { content: 'in the drawer' })
    for (const request of [ask, { ...ask, onText: () => {} }])
      expect((await remote(server, { fetch: typed('text/plain') }, spec).generate(request)).text).toBe('in the drawer')
  })

  test('a refused key is asked for once more, in the header of this vendor', async () => {
    server.mock.on({ sequenceIndex: 0 }, { error: { message: `invalid x-api-key: ${KEY}` }, status: 401 })
    server.mock.on({}, { content: 'welcome' })
    const tokens = [KEY, 'fresh-token-2']
    const model = remote(server, { getToken: () => tokens.shift() ?? '' }, spec)
    expect((await model.generate(ask)).text).toBe('welcome')
    expect(model.requests.map(({ headers }) => [...headers].some(([, value]) => value.includes('fresh-token-2')))).toEqual([false, true])
    expect(model.waits).toEqual([])
  })

  test('an abort ends the wait for the next attempt', async () => {
    server.mock.on({}, { error: { message: 'busy' }, status: 503 })
    const controller = new AbortController()
    const model = remote(server, { sleep: () => (controller.abort(), new Promise(() => {})) }, spec)
    expect((await refused(model.generate({ ...ask, signal: controller.signal }))).code).toBe('aborted')
    expect(model.requests).toHaveLength(1)
  })
})

const events = (...lines: object[]): Response =>
  new Response(lines.map((line) => `data: ${JSON.stringify(line)}\n\n`).join(''), { headers: { 'content-type': 'text/event-stream' } })
const ANTHROPIC_START = {
  type: 'message_start',
  message: { id: '1', model: 'm', role: 'assistant', usage: { input_tokens: 1, output_tokens: 1 } },
}

test('an overloaded Anthropic is asked again, also where it says so inside the stream; what is invalid there is not', async () => {
  for (const [type, calls] of [
    ['overloaded_error', 2],
    ['invalid_request_error', 1],
  ] as const) {
    const start = { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }
    const fetch = (): Promise<Response> =>
      Promise.resolve(events(ANTHROPIC_START, start, { type: 'error', error: { type, message: 'Not now' } }))
    const model = remote(server, { fetch, maxRetries: 1 }, 'anthropic/claude-sonnet-4-5')
    const error = await refused(model.generate({ ...ask, onText: () => {} }))
    expect(error).toMatchObject({ code: 'model-failed', message: expect.stringContaining('Not now') as string })
    expect(model.requests).toHaveLength(calls)
  }
})

test('Google’s bad request for a key is a refused key, and the wait that it asks for in the body is kept', async () => {
  const answer = (code: number, status: string, detail: object): Response =>
    Response.json({ error: { code, status, message: 'API key not valid.', details: [detail] } }, { status: code })
  const tokens = ['stale-token-1', 'fresh-token-2', 'unused']
  const answers = [
    answer(400, 'INVALID_ARGUMENT', { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' }),
    answer(429, 'RESOURCE_EXHAUSTED', { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34s' }),
    Response.json({ candidates: [{ content: { role: 'model', parts: [{ text: 'welcome' }] }, finishReason: 'STOP' }] }),
  ]
  const fetch = (): Promise<Response> => Promise.resolve(answers.shift() ?? Response.error())
  const model = remote(server, { fetch, getToken: () => tokens.shift() ?? '' }, 'google/gemini-2.5-flash')
  expect((await model.generate(ask)).text).toBe('welcome')
  expect(model.waits).toEqual([34_000])
  const fixed = (): Promise<Response> => Promise.resolve(answer(400, 'INVALID_ARGUMENT', { reason: 'API_KEY_INVALID' }))
  const error = await refused(remote(server, { fetch: fixed }, 'google/gemini-2.5-flash').generate(ask))
  expect(error.message).toMatch(/refused the key.*\(400\).*apiKey/)
})

test('what a provider withheld is filtered, not cut off', async () => {
  const body = { promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: { promptTokenCount: 3 } }
  for (const [request, fetch] of [
    [ask, () => Promise.resolve(Response.json(body))],
    [{ ...ask, onText: () => {} }, () => Promise.resolve(events(body))],
  ] as const)
    expect((await remote(server, { fetch }, 'google/gemini-2.5-flash').generate(request)).finishReason).toBe('filtered')
})

test('a call that the model could not finish is model-output, never a silent empty answer', async () => {
  const body = { candidates: [{ content: { role: 'model', parts: [] }, finishReason: 'MALFORMED_FUNCTION_CALL' }] }
  const fetch = (): Promise<Response> => Promise.resolve(Response.json(body))
  const error = await refused(remote(server, { fetch }, 'google/gemini-2.5-flash').generate(ask))
  expect(error).toMatchObject({ code: 'model-output', message: expect.stringContaining('MALFORMED_FUNCTION_CALL') as string })
})

test('requests go to the allowed hosts alone', async () => {
  server.mock.on({}, { content: 'hello' })
  const { host } = new URL(server.baseURL)
  expect((await remote(server, { allowedHosts: [host, 'api.example.com'] }).generate(ask)).text).toBe('hello')
  expect(() => remote(server, { allowedHosts: ['api.example.com'] })).toThrow(
    expect.objectContaining({ code: 'invalid-options', message: expect.stringContaining(`${host}, is not among allowedHosts`) as string }),
  )
  for (const spec of ['google/x?y=1', 'google/../files', 'google/a#b'])
    expect(() => remote(server, {}, spec)).toThrow(expect.objectContaining({ code: 'invalid-options' }))
})
