import { inspect } from 'node:util'
import { afterEach, expect, test, vi } from 'vitest'
import type { GenerateRequest } from '../../src/core/model.ts'
import { createRemoteModel } from '../../src/llm/remote-model.ts'
import { KEY, parts, remote, useServer } from './aimock.ts'

const server = useServer()
const ask: GenerateRequest = { messages: [{ role: 'user', content: 'Where is the key? prompt-canary-81' }] }
const fail = (status: number, message = 'No.', extra: { code?: string; retryAfter?: number } = {}): unknown =>
  server.mock.on(
    {},
    {
      error: { message, ...(extra.code && { code: extra.code }) },
      status,
      ...(extra.retryAfter !== undefined && { retryAfter: extra.retryAfter }),
    },
  )
const refused = async (call: Promise<unknown>): Promise<Error & { code: string }> =>
  call.then(
    () => expect.unreachable('the call should fail'),
    (error: unknown) => error as Error & { code: string },
  )

afterEach(() => vi.unstubAllGlobals())

test('429 with Retry-After is waited for as long as asked, then the request succeeds', async () => {
  server.mock.on({ sequenceIndex: 0 }, { error: { message: 'Slow down' }, status: 429, retryAfter: 7 })
  server.mock.on({}, { content: 'in the drawer' })
  const model = remote(server)
  expect((await model.generate(ask)).text).toBe('in the drawer')
  expect(model.waits).toEqual([7000])
  expect(server.sent()).toHaveLength(2)
})

test('a Retry-After of more than a minute is not waited for', async () => {
  fail(429, 'Come back tomorrow', { retryAfter: 3600 })
  const model = remote(server)
  expect(await refused(model.generate(ask))).toMatchObject({
    code: 'model-failed',
    message: expect.stringContaining('wait 3600 s') as string,
  })
  expect(model.waits).toEqual([])
})

test.each([500, 503, 408, 409])('%i is repeated with growing waits, then given up', async (status) => {
  fail(status, 'overloaded')
  const model = remote(server)
  const error = await refused(model.generate(ask))
  expect(error).toMatchObject({
    code: 'model-failed',
    message: expect.stringMatching(new RegExp(`${status}.*overloaded.*4 attempts`)) as string,
  })
  expect(model.waits).toEqual([375, 750, 1500])
  expect(server.sent()).toHaveLength(4)
})

test.each([
  [400, 'bad request', /status 400.*bad request/],
  [400, 'A sentence. ', /says: "A sentence"\.$/],
  [403, 'not for you', /refused the key.*403.*apiKey/],
  [404, 'no such model', /There is no openai\/gpt-4.1-mini at http.*404/],
  [422, 'what?', /422/],
])('%i is not repeated', async (status, said, message) => {
  fail(status, said)
  const model = remote(server)
  expect(await refused(model.generate(ask))).toMatchObject({ code: 'model-failed', message: expect.stringMatching(message) as string })
  expect(server.sent()).toHaveLength(1)
})

test('an exhausted quota is no reason to wait', async () => {
  fail(429, 'You exceeded your current quota', { code: 'insufficient_quota', retryAfter: 1 })
  const model = remote(server)
  await refused(model.generate(ask))
  expect(server.sent()).toHaveLength(1)
})

test('after 401 getToken is asked once more', async () => {
  const tokens = ['stale-token-1', 'fresh-token-2', 'unused']
  const seen: (string | null)[] = []
  const fetch: typeof globalThis.fetch = (input, init) => {
    seen.push(new Headers(init?.headers).get('authorization'))
    return globalThis.fetch(input, init)
  }
  server.mock.on({ sequenceIndex: 0 }, { error: { message: 'expired' }, status: 401 })
  server.mock.on({}, { content: 'welcome' })
  const model = remote(server, { fetch, getToken: async () => tokens.shift() ?? '' })
  expect((await model.generate(ask)).text).toBe('welcome')
  expect(seen).toEqual(['Bearer stale-token-1', 'Bearer fresh-token-2'])
})

test('a second 401 is final, and a 401 for a fixed key is final at once', async () => {
  fail(401, 'Incorrect API key provided: stale-token-1')
  const error = await refused(remote(server, { getToken: () => 'stale-token-1' }).generate(ask))
  expect(error).toMatchObject({ code: 'model-failed', message: expect.stringContaining('getToken()') as string })
  expect(error.message).not.toContain('stale-token')
  expect(server.sent()).toHaveLength(2)
  await refused(remote(server).generate(ask))
  expect(server.sent()).toHaveLength(3)
})

test.each([
  ['never answers', () => new Promise<never>(() => {}), /getToken\(\) failed.*longer than 50 ms/],
  ['throws', () => Promise.reject(new Error('logged out')), /getToken\(\) failed.*logged out/],
  ['returns nothing', () => '', /returned no text/],
])('a getToken that %s makes the model unavailable, and nothing is sent', async (_label, getToken, message) => {
  expect(await refused(remote(server, { getToken, timeoutMs: 50 }).generate(ask))).toMatchObject({
    code: 'model-unavailable',
    message: expect.stringMatching(message) as string,
  })
  expect(server.sent()).toHaveLength(0)
})

test('a fetch that fails as under CORS is repeated, then named with its likely causes', async () => {
  vi.stubGlobal('location', { origin: 'https://page.example', href: 'https://page.example/' })
  let calls = 0
  const fetch = (): Promise<Response> => {
    calls++
    return Promise.reject(new TypeError('Failed to fetch'))
  }
  const away = await refused(remote(server, { fetch, baseURL: 'https://api.example.com/v1' }).generate(ask))
  expect(away).toMatchObject({ code: 'model-unavailable' })
  for (const word of ['https://api.example.com/v1', 'Failed to fetch', 'CORS', 'https://page.example', 'offline', '4 attempts'])
    expect(away.message).toContain(word)
  expect(away.message).not.toContain('local network access')
  expect(calls).toBe(4)
  for (const host of ['localhost:11434', '127.0.0.1', '192.168.1.4', '[::1]:8080', 'nas.local', 'box'])
    expect((await refused(remote(server, { fetch, baseURL: `http://${host}/v1` }).generate(ask))).message).toContain('local network access')
})

test.each([[false], [true]])('an answer that is no JSON is model-output (streamed: %s)', async (streamed) => {
  const fetch = (): Promise<Response> =>
    Promise.resolve(
      new Response(streamed ? 'data: {malformed\n\n' : '{malformed', {
        headers: { 'content-type': streamed ? 'text/event-stream' : 'application/json' },
      }),
    )
  const error = await refused(remote(server, { fetch }).generate({ ...ask, ...(streamed && { onText: () => {} }) }))
  expect(error).toMatchObject({ code: 'model-output', message: expect.stringContaining('cannot be read') as string })
})

test('malformed JSON of a broken server is model-output', async () => {
  server.mock.setChaos({ malformedRate: 1 })
  server.mock.on({}, { content: 'x' })
  expect(await refused(remote(server).generate(ask))).toMatchObject({ code: 'model-output' })
})

test.each([
  ['a web page instead of an answer', '<html>Welcome to the hotel</html>', 'model-output'],
  ['no choices', '{"id":"1","choices":[]}', 'model-output'],
  [
    'thinking that used up maxTokens',
    '{"choices":[{"index":0,"message":{"role":"assistant","content":""},"finish_reason":"length"}]}',
    'model-output',
  ],
])('%s is %s', async (_label, body, code) => {
  const fetch = (): Promise<Response> => Promise.resolve(new Response(body, { headers: { 'content-type': 'application/json' } }))
  for (const spec of ['openai/gpt-4.1-mini', 'openai-compatible/llama'])
    expect(await refused(remote(server, { fetch }, spec).generate(ask))).toMatchObject({ code })
})

test.each(['openai/gpt-4.1-mini', 'openai-compatible/llama'])(
  'a stream of %s that breaks off after some text is not begun again',
  async (spec) => {
    server.mock.on({}, { content: 'a long answer that never ends properly' }, { truncateAfterChunks: 4, latency: 20 })
    const parts: string[] = []
    const error = await refused(remote(server, {}, spec).generate({ ...ask, onText: (delta) => void parts.push(delta) }))
    expect(error).toMatchObject({
      code: 'model-failed',
      message: expect.stringMatching(/broke off.*characters had been delivered/) as string,
    })
    expect(parts.join('')).not.toBe('')
    expect(server.sent()).toHaveLength(1)
  },
)

test.each(['openai/gpt-4.1-mini', 'openai-compatible/llama'])(
  'a stream of %s that ends in good order but without a finish reason is a broken one',
  async (spec) => {
    let calls = 0
    const chunk = (delta: object, reason: string | null): string =>
      `data: ${JSON.stringify({ id: '1', choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`
    const fetch = (): Promise<Response> => {
      const whole = calls++ > 0
      return Promise.resolve(
        new Response(chunk({ role: 'assistant' }, null) + (whole ? chunk({ content: 'hi' }, null) + chunk({}, 'stop') : ''), {
          headers: { 'content-type': 'text/event-stream' },
        }),
      )
    }
    expect((await remote(server, { fetch }, spec).generate({ ...ask, onText: () => {} })).text).toBe('hi')
    expect(calls).toBe(2)
  },
)

test('an error inside a stream, before any text, is repeated', async () => {
  let calls = 0
  const fetch = (): Promise<Response> => {
    calls++
    return Promise.resolve(
      new Response('data: {"error":{"message":"The server had an error","type":"server_error"}}\n\n', {
        headers: { 'content-type': 'text/event-stream' },
      }),
    )
  }
  for (const spec of ['openai/gpt-4.1-mini', 'openai-compatible/llama']) {
    calls = 0
    const error = await refused(remote(server, { fetch, maxRetries: 1 }, spec).generate({ ...ask, onText: () => {} }))
    expect(error).toMatchObject({ code: 'model-failed', message: expect.stringContaining('The server had an error') as string })
    expect(calls).toBe(2)
  }
})

test('a server that stays silent is given up after timeoutMs, also one whose fetch ignores the signal', async () => {
  server.mock.setChaos({ latencyMs: 500 }).on({}, { content: 'late' })
  const silent = remote(server, { timeoutMs: 60, maxRetries: 1 })
  expect(await refused(silent.generate(ask))).toMatchObject({
    code: 'model-failed',
    message: expect.stringMatching(/no sign of life for 60 ms.*2 attempts/) as string,
  })
  const deaf = remote(server, { timeoutMs: 60, maxRetries: 0, fetch: () => new Promise(() => {}) })
  expect(await refused(deaf.generate(ask))).toMatchObject({ code: 'model-failed' })
})

test('an abort ends waiting for a token, for an answer and for the next attempt, and nothing is sent after it', async () => {
  const never = new Promise<never>(() => {})
  const cases = [
    remote(server, { getToken: () => never }),
    remote(server, { fetch: () => never }),
    remote(server, { fetch: () => Promise.reject(new TypeError('Failed to fetch')), sleep: () => never }),
  ]
  for (const model of cases) {
    const controller = new AbortController()
    const call = refused(model.generate({ ...ask, signal: controller.signal }))
    setTimeout(() => controller.abort(), 20)
    expect(await call).toMatchObject({ code: 'aborted' })
  }
  expect(server.sent()).toHaveLength(0)
})

test('a part that cannot be loaded makes the model unavailable until it can', async () => {
  server.mock.onMessage(/.*/, { content: 'hello' })
  let loads = 0
  const openai = (): ReturnType<typeof parts.openai> =>
    loads++ === 0 ? Promise.reject(new TypeError('Failed to fetch dynamically imported module')) : parts.openai()
  const model = createRemoteModel('openai/gpt-4.1-mini', { apiKey: KEY, baseURL: server.baseURL }, { ...parts, openai })
  expect(await refused(model.generate(ask))).toMatchObject({
    code: 'model-unavailable',
    message: expect.stringContaining('loaded') as string,
  })
  expect((await model.generate(ask)).text).toBe('hello')
})

test('no error of any kind contains the key, a token, a secret header or the prompt', async () => {
  const secret = 'header-canary-9d2e'
  const answers: Parameters<typeof server.mock.on>[1][] = [401, 403, 404, 400, 429, 500].map((status) => ({
    error: { message: `Incorrect API key provided: ${KEY}, ${KEY.slice(0, 12)}****, Bearer ${KEY}; header ${secret}` },
    status,
  }))
  const fetches: (typeof globalThis.fetch)[] = [
    () => Promise.reject(new TypeError(`Failed to fetch with ${KEY} and ${secret}`, { cause: new Error(KEY) })),
    () => Promise.resolve(new Response(`{"nonsense":"${KEY} ${secret}"`)),
    () =>
      Promise.resolve(
        new Response(`data: {"error":{"message":"${KEY} ${secret}"}}\n\n`, { headers: { 'content-type': 'text/event-stream' } }),
      ),
  ]
  const models = [
    ...answers.map((answer) => () => {
      server.mock.reset()
      server.mock.on({}, answer)
      return {}
    }),
    ...fetches.map((fetch) => () => ({ fetch })),
  ]
  for (const prepare of models)
    for (const credentials of [{ apiKey: KEY }, { getToken: () => KEY }])
      for (const listener of [{}, { onText: () => {} }]) {
        const model = remote(server, { ...prepare(), ...credentials, headers: { 'x-api-key': secret }, maxRetries: 0 })
        const error = await refused(model.generate({ ...ask, ...listener }))
        const all =
          inspect([error, { ...model, requests: [] }], { depth: Infinity, showHidden: true }) + JSON.stringify(error) + String(error.stack)
        for (const canary of [KEY, KEY.slice(0, 12), secret, 'prompt-canary-81']) expect(all).not.toContain(canary)
      }
})

test('headers that are no secret do not blacken the message', async () => {
  fail(404, 'See https://docs.example.com/models')
  const error = await refused(
    remote(server, { headers: { 'http-referer': 'https://my.page/', 'x-title': 'application of mine' } }).generate(ask),
  )
  expect(error.message).toContain(`There is no openai/gpt-4.1-mini at ${server.baseURL}`)
  expect(error.message).toContain('https://docs.example.com/models')
})
