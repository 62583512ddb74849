/** Language model objects that a host made with the AI SDK: of the real packages, and of the specification before. */
import { createAnthropic } from '@ai-sdk/anthropic'
import { createGoogleGenerativeAI } from '@ai-sdk/google'
import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import type { LanguageModelV2, LanguageModelV2StreamPart } from '@ai-sdk/provider'
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import type { GenerateRequest, LanguageModel } from '../../src/core/model.ts'
import type { AISDKModel } from '../../src/llm/ai-sdk-types.ts'
import { createFromAISDK, type FromAISDKOptions } from '../../src/llm/from-ai-sdk.ts'
import { testLanguageModel } from '../contracts/language-model.ts'
import { KEY, say, useServer } from './aimock.ts'

const server = useServer()
const ask: GenerateRequest = { messages: [{ role: 'user', content: 'Where is the key? prompt-canary-81' }] }
const waits: number[] = []
const from = (model: AISDKModel, options: FromAISDKOptions = {}): LanguageModel =>
  createFromAISDK(
    model,
    {
      random: () => 0.5,
      sleep: (milliseconds) => {
        waits.push(milliseconds)
        return Promise.resolve()
      },
      ...options,
    },
    () => import('../../src/llm/from-ai-sdk-ask.ts'),
  )
const refused = async (call: Promise<unknown>): Promise<Error & { code: string }> =>
  call.then(
    () => expect.unreachable('the call should fail'),
    (error: unknown) => error as Error & { code: string },
  )

const REAL: Record<string, () => AISDKModel> = {
  'openai/gpt-4.1-mini': () => createOpenAI({ baseURL: server.baseURL, apiKey: KEY }).chat('gpt-4.1-mini'),
  'openai/gpt-5-mini': () => createOpenAI({ baseURL: server.baseURL, apiKey: KEY })('gpt-5-mini'),
  'some/llama': () => createOpenAICompatible({ name: 'some', baseURL: server.baseURL, apiKey: KEY, includeUsage: true })('llama'),
  'anthropic/claude-sonnet-4-5': () => createAnthropic({ baseURL: server.baseURL, apiKey: KEY })('claude-sonnet-4-5'),
  'google/gemini-2.5-flash': () => createGoogleGenerativeAI({ baseURL: `${server.mock.url}/v1beta`, apiKey: KEY })('gemini-2.5-flash'),
}

for (const [id, make] of Object.entries(REAL)) {
  testLanguageModel(`fromAISDK(${id})`, {
    create(answer) {
      const model = from(make())
      say(server, answer, model)
      expect(model.id).toBe(id)
      return model
    },
    ...(id === 'openai/gpt-5-mini' && {
      exceptions: { maxTokens: 'the server that plays OpenAI does not say in streams of the Responses API that they were cut' },
    }),
  })

  test(`${id} is asked again after 429 and 500, and errors are told by code, without the key or the prompt`, async () => {
    waits.length = 0
    server.mock.on({ sequenceIndex: 0 }, { error: { message: 'Slow down' }, status: 429, retryAfter: 7 })
    server.mock.on({ sequenceIndex: 1 }, { error: { message: 'A fire broke out' }, status: 500 })
    server.mock.on({}, { error: { message: `Incorrect key ${KEY}, Bearer ${KEY}` }, status: 401 })
    const model = from(make())
    const error = await refused(model.generate(ask))
    expect(error).toMatchObject({ code: 'model-failed', message: expect.stringMatching(/refused the key for .*Check the key/) as string })
    expect(waits).toEqual([7000, 750])
    const all = inspect(error, { depth: Infinity, showHidden: true }) + String(error.stack)
    for (const canary of [KEY, 'prompt-canary-81']) expect(all).not.toContain(canary)
  })
}

test('a server that cannot be reached makes the model unavailable, and a stream that breaks off is not begun again', async () => {
  const away = createOpenAI({ baseURL: 'http://127.0.0.1:1/v1', apiKey: KEY }).chat('gpt-4.1-mini')
  const error = await refused(from(away, { maxRetries: 1 }).generate(ask))
  expect(error).toMatchObject({
    code: 'model-unavailable',
    message: expect.stringMatching(/http:\/\/127\.0\.0\.1:1 .*CORS.*local network/) as string,
  })
  server.mock.on({}, { content: 'in the drawer of the old desk' }, { truncateAfterChunks: 6, chunkSize: 4, latency: 5 })
  for (const make of Object.values(REAL)) {
    server.mock.clearRequests()
    const cut = await refused(from(make()).generate({ ...ask, onText: () => {} }))
    expect(cut).toMatchObject({ code: 'model-failed', message: expect.stringContaining('broke off') as string })
  }
})

/** A model of the specification v2, which answers with what it is given. */
function previous(parts: LanguageModelV2StreamPart[], seen: unknown[] = []): LanguageModelV2 {
  return {
    specificationVersion: 'v2',
    provider: 'elsewhere.chat',
    modelId: 'm-1',
    supportedUrls: {},
    doGenerate(options) {
      seen.push(options)
      return Promise.resolve({
        content: [
          { type: 'reasoning', text: 'hm' },
          { type: 'text', text: 'in the drawer' },
        ],
        finishReason: 'stop',
        usage: { inputTokens: 5, outputTokens: 3, totalTokens: 8, cachedInputTokens: 4 },
        warnings: [{ type: 'unsupported-setting', setting: 'seed' }],
      })
    },
    doStream(options) {
      seen.push(options)
      return Promise.resolve({ stream: new ReadableStream({ start: (c) => (parts.forEach((part) => c.enqueue(part)), c.close()) }) })
    },
  }
}

const FINISH: LanguageModelV2StreamPart = {
  type: 'finish',
  finishReason: 'stop',
  usage: { inputTokens: 5, outputTokens: undefined, totalTokens: undefined },
}

test('a model of the previous specification answers whole and streamed, with its warnings and usage', async () => {
  const seen: unknown[] = []
  const model = from(
    previous(
      [
        { type: 'stream-start', warnings: [{ type: 'other', message: 'mind the gap' }] },
        { type: 'text-delta', id: '1', delta: 'in ' },
        { type: 'text-delta', id: '1', delta: 'it' },
        FINISH,
      ],
      seen,
    ),
  )
  expect(model).toMatchObject({ id: 'elsewhere/m-1', capabilities: { schema: true, tools: true } })
  const warnings: string[] = []
  const request = { ...ask, seed: 7, stop: ['END'], maxTokens: 9, onWarning: (message: string) => void warnings.push(message) }
  expect(await model.generate(request)).toEqual({
    text: 'in the drawer',
    toolCalls: [],
    finishReason: 'stop',
    usage: { inputTokens: 5, outputTokens: 3, cachedInputTokens: 4 },
  })
  const parts: string[] = []
  expect(await model.generate({ ...request, onText: (delta) => void parts.push(delta) })).toMatchObject({
    text: 'in it',
    usage: { inputTokens: 5, outputTokens: 0 },
  })
  expect(parts).toEqual(['in ', 'it'])
  expect(warnings).toEqual([expect.stringContaining('seed was left out'), 'mind the gap'])
  expect(seen[0]).toMatchObject({
    seed: 7,
    stopSequences: ['END'],
    maxOutputTokens: 9,
    abortSignal: expect.any(AbortSignal) as AbortSignal,
  })
})

test('a stream that ends without saying why is asked for again, until there was text', async () => {
  for (const [parts, calls] of [
    [[{ ...FINISH, finishReason: 'unknown' }], 3],
    [[], 3],
    [[{ type: 'text-delta', id: '1', delta: 'in ' }], 1],
  ] as [LanguageModelV2StreamPart[], number][]) {
    const seen: unknown[] = []
    const error = await refused(from(previous(parts, seen), { maxRetries: 2 }).generate({ ...ask, onText: () => {} }))
    expect(error).toMatchObject({ code: 'model-failed', message: expect.stringContaining('broke off') as string })
    expect(seen).toHaveLength(calls)
  }
})

test('a model that hears no signal is left alone when the caller aborts or it is silent for too long', async () => {
  const deaf: AISDKModel = {
    ...previous([]),
    doGenerate: () => new Promise(() => {}),
    doStream: () => Promise.resolve({ stream: new ReadableStream() }),
  }
  for (const request of [ask, { ...ask, onText: () => {} }]) {
    const error = await refused(from(deaf, { timeoutMs: 40, maxRetries: 0 }).generate(request))
    expect(error).toMatchObject({ code: 'model-failed', message: expect.stringContaining('no sign of life for 40 ms') as string })
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 10)
    expect((await refused(from(deaf).generate({ ...request, signal: controller.signal }))).code).toBe('aborted')
  }
})

test('what is thrown inside becomes an error with a code, without keys and without its cause', async () => {
  const broken: AISDKModel = {
    ...previous([]),
    doGenerate: () => Promise.reject(new Error(`gateway said no to ${KEY} at https://x.example/?key=abc`, { cause: { key: KEY } })),
    doStream: () => {
      throw new Error(`no stream for Bearer ${KEY}`)
    },
  }
  for (const [request, said] of [
    [ask, 'gateway said no to [key] at https://x.example/?key=[key]'],
    [{ ...ask, onText: () => {} }, 'no stream for Bearer [key]'],
  ] as const) {
    const error = await refused(from(broken).generate(request))
    expect(error).toMatchObject({ code: 'model-failed', message: expect.stringContaining(said) as string })
    expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain(KEY)
  }
})

test('a key of any kind is kept out, the name of a model is not', async () => {
  const key = 'q8Zt41LmPw0cVn7RbYx2Jd93Hs6Kf5Ga'
  const said = `Wrong key ${key} for claude-sonnet-4-5-20250929 of gpt-4o-mini-2024-07-18`
  const broken: AISDKModel = { ...previous([]), doGenerate: () => Promise.reject(new Error(said)) }
  const error = await refused(from(broken).generate(ask))
  expect(error.message).toContain(said.replace(key, '[key]'))
})

test.each([
  ['a name', 'openai/gpt-5-mini', /language model object/],
  ['nothing', undefined, /language model object/],
  ['a model of a specification not known here', { ...previous([]), specificationVersion: 'v1' }, /v1 of the AI SDK/],
])('%s in place of a model is refused at once', (_label, model, message) => {
  expect(() => from(model as AISDKModel)).toThrow(
    expect.objectContaining({ code: 'invalid-options', message: expect.stringMatching(message) as string }),
  )
})
