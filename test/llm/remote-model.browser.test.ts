import { expect, test } from 'vitest'
import { createRemoteModel, type RemoteParts } from '../../src/llm/remote-model.ts'
import type { RemoteModelOptions } from '../../src/llm/remote-options.ts'
import { fromAISDK } from '../../src/presets/models.ts'

const parts: RemoteParts = {
  openai: () => import('../../src/llm/ai-sdk-openai.ts'),
  'openai-compatible': () => import('../../src/llm/ai-sdk-compatible.ts'),
  anthropic: () => import('../../src/llm/ai-sdk-anthropic.ts'),
  google: () => import('../../src/llm/ai-sdk-google.ts'),
}
const ask = { messages: [{ role: 'user' as const, content: 'Where is the key?' }] }
const create = (options: RemoteModelOptions, spec = 'openai/gpt-4.1-mini') =>
  createRemoteModel(spec, { sleep: () => Promise.resolve(), ...options }, parts)

/** An answer in three chunks that waits for `release` before its last. */
function streamed(release: Promise<void> = Promise.resolve()): Response {
  const chunk = (delta: object, reason: string | null = null): Uint8Array<ArrayBuffer> =>
    new TextEncoder().encode(`data: ${JSON.stringify({ id: '1', choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`)
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async start(controller) {
      controller.enqueue(chunk({ content: 'in the ' }))
      await release
      controller.enqueue(chunk({ content: 'drawer' }))
      controller.enqueue(chunk({}, 'stop'))
      controller.close()
    },
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
}

test('a key given to a page needs dangerouslyAllowBrowser, and the message says why and what else to do', () => {
  for (const options of [{ apiKey: 'sk-canary' }, { headers: { Authorization: 'Bearer sk-canary' }, baseURL: '/v1' }]) {
    expect(() => create(options)).toThrow(
      expect.objectContaining({
        code: 'invalid-options',
        message: expect.stringMatching(/getToken\(\).*dangerouslyAllowBrowser/) as string,
      }),
    )
    expect(() => create(options)).not.toThrow('canary')
    expect(create({ ...options, dangerouslyAllowBrowser: true }).id).toBe('openai/gpt-4.1-mini')
  }
})

test('an answer is streamed in a page, from an address relative to it, with a token', async () => {
  const sent: Request[] = []
  const model = create({
    baseURL: '/proxy/v1/',
    getToken: () => 'short-lived',
    fetch: (input, init) => {
      sent.push(new Request(input, init))
      return Promise.resolve(streamed())
    },
  })
  const parts: string[] = []
  const { text, finishReason } = await model.generate({ ...ask, onText: (delta) => void parts.push(delta) })
  expect({ text, finishReason, parts }).toEqual({ text: 'in the drawer', finishReason: 'stop', parts: ['in the ', 'drawer'] })
  expect(sent[0]?.url).toBe(`${location.origin}/proxy/v1/chat/completions`)
  expect(sent[0]?.headers.get('authorization')).toBe('Bearer short-lived')
  expect(sent[0]?.headers.has('user-agent')).toBe(false)
})

test('an abort in the middle of a stream ends the call, and what arrives later is not heard', async () => {
  let release = (): void => {}
  const late = new Promise<void>((resolve) => (release = resolve))
  const controller = new AbortController()
  const parts: string[] = []
  const call = create({ baseURL: '/v1', fetch: () => Promise.resolve(streamed(late)) }).generate({
    ...ask,
    signal: controller.signal,
    onText: (delta) => {
      parts.push(delta)
      controller.abort()
    },
  })
  await expect(call).rejects.toMatchObject({ code: 'aborted' })
  release()
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(parts).toEqual(['in the '])
})

test('a server that the browser cannot reach makes the model unavailable, and the message names the likely causes', async () => {
  const error = await create({ baseURL: 'http://127.0.0.1:1/v1', maxRetries: 1 }, 'openai-compatible/llama')
    .generate(ask)
    .catch((e: unknown) => e as Error)
  expect(error).toMatchObject({ code: 'model-unavailable' })
  for (const word of ['Failed to fetch', 'CORS', 'offline', 'local network access', location.origin])
    expect((error as Error).message).toContain(word)
})

test('a model object that the page made with the AI SDK answers in a stream', async () => {
  const { createOpenAI } = await import('@ai-sdk/openai')
  const sdk = createOpenAI({ apiKey: 'none', baseURL: `${location.origin}/v1`, fetch: () => Promise.resolve(streamed()) })
  const parts: string[] = []
  const { text } = await fromAISDK(sdk.chat('gpt-4.1-mini')).generate({ ...ask, onText: (delta) => void parts.push(delta) })
  expect({ text, parts }).toEqual({ text: 'in the drawer', parts: ['in the ', 'drawer'] })
})
