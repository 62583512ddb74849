import { afterEach, describe, expect, test } from 'vitest'
import { createWebLLM } from '../../src/llm/web-llm.ts'
import type { WebLLMProgress } from '../../src/llm/web-llm-api.ts'
import type { GenerationSpeed } from '../../src/llm/worker-generation.ts'
import { fakeModel } from './fake-models.ts'

const opened: ReturnType<typeof fakeModel>[] = []
const open = (...options: Parameters<typeof fakeModel>): ReturnType<typeof fakeModel> => {
  const model = fakeModel(...options)
  opened.push(model)
  return model
}
afterEach(async () => {
  for (const model of opened.splice(0)) await model.unload()
})

const hello = { messages: [{ role: 'user' as const, content: 'Hello' }] }
const long = 'word '.repeat(200)

describe('a request', () => {
  test('reaches the package in its own words', async () => {
    const { text } = await open({}).generate({
      messages: [
        { role: 'user', content: 'A lamp.' },
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Is it on?' },
      ],
      temperature: 0.5,
      seed: 3,
      maxTokens: 5000,
    })
    expect(JSON.parse(text)).toEqual({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'A lamp.\n\nIs it on?' },
      ],
      stream: true,
      stream_options: { include_usage: true },
      temperature: 0.5,
      seed: 3,
      max_tokens: 5000,
    })
  })

  test('with a schema is kept to it by the grammar, and tells the model of it', async () => {
    const schema = { type: 'object', minProperties: 1 }
    const { text } = await open({}).generate({ ...hello, responseSchema: schema })
    const sent = JSON.parse(text) as { response_format: unknown; messages: { role: string; content: string }[] }
    expect(sent.response_format).toEqual({ type: 'json_object', schema: JSON.stringify(schema) })
    expect(sent.messages.map(({ role }) => role)).toEqual(['user'])
    expect(sent.messages.at(-1)).toMatchObject({ role: 'user', content: expect.stringContaining(JSON.stringify(schema)) as string })
  })

  test('of a conversation that ends with the model is told to go on, with a warning', async () => {
    const warnings: string[] = []
    const { text } = await open({}).generate({
      messages: [...hello.messages, { role: 'assistant', content: 'Once upon' }],
      onWarning: (warning) => void warnings.push(warning),
    })
    expect((JSON.parse(text) as { messages: unknown[] }).messages.at(-1)).toEqual({ role: 'user', content: 'Go on.' })
    expect(warnings).toHaveLength(1)
  })

  test('that the engine refuses fails alone', async () => {
    const model = open({}, { plans: [{ fault: 'refuse' }] })
    await expect(model.generate(hello)).rejects.toMatchObject({
      code: 'model-failed',
      message: expect.stringContaining('exceed context window') as string,
    })
    expect(model.workers).toHaveLength(1)
  })
})

describe('an answer', () => {
  test('comes with its tokens and its speed, and says when it was cut', async () => {
    const heard: GenerationSpeed[] = []
    const model = open({ answer: long }, { onSpeed: (speed) => void heard.push(speed) })
    expect(await model.generate({ ...hello, maxTokens: 3 })).toEqual({
      text: long.slice(0, 12),
      toolCalls: [],
      finishReason: 'length',
      usage: { inputTokens: 12, outputTokens: 3 },
    })
    expect(heard).toEqual([{ inputTokensPerSecond: 100, outputTokensPerSecond: 20, firstTokenMilliseconds: 250 }])
  })

  test('has no empty thoughts before it', async () => {
    const parts: string[] = []
    const model = open({ answer: '<think>\n\n</think>\n\nThe lamp is on.' })
    const { text } = await model.generate({ ...hello, onText: (delta) => void parts.push(delta) })
    expect([text, parts.join('')]).toEqual(['The lamp is on.', 'The lamp is on.'])
    expect((await open({ answer: '<thin' }).generate(hello)).text).toBe('<thin')
  })

  test('is not empty after an interruption, whether by an abort, by a stop text or of an earlier answer', async () => {
    const model = open({ answer: long })
    const controller = new AbortController()
    const aborted = model.generate({ ...hello, signal: controller.signal, onText: () => controller.abort() })
    const queued = model.generate(hello)
    await expect(aborted).rejects.toMatchObject({ code: 'aborted' })
    expect((await queued).text).toBe(long)
    expect((await model.generate({ ...hello, stop: ['rd w'] })).text).toBe('wo')
    expect((await model.generate(hello)).text).toBe(long)
    expect((await open({ answer: long, fault: 'stale' }).generate(hello)).text).toBe(long)
    expect(model.workers).toHaveLength(1)
  })

  test('that cannot be interrupted costs the engine, not the next answer', async () => {
    const model = open({ answer: 'hello there' }, { plans: [{ fault: 'deaf', answer: long, pace: 50 }] })
    const controller = new AbortController()
    const aborted = model.generate({ ...hello, signal: controller.signal, onText: () => controller.abort() })
    await expect(aborted).rejects.toMatchObject({ code: 'aborted' })
    expect((await model.generate(hello)).text).toBe('hello there')
    expect(model.workers).toHaveLength(2)
  })
})

describe('a load', () => {
  test('tells its stages, and bytes where the package has them', async () => {
    const heard: WebLLMProgress[] = []
    await open({}, { onProgress: (progress) => void heard.push(progress) }).load()
    const MiB = 1024 * 1024
    expect(heard.map(({ stage, ratio, loaded, total }) => ({ stage, ratio, loaded, total }))).toEqual([
      { stage: 'download', ratio: 0, loaded: null, total: null },
      { stage: 'download', ratio: 0.5, loaded: 40 * MiB, total: 80 * MiB },
      { stage: 'load', ratio: 1, loaded: 80 * MiB, total: 80 * MiB },
      { stage: 'compile', ratio: 1, loaded: null, total: null },
    ])
  })

  test('for which the browser has no room says so', async () => {
    await expect(open({ fault: 'quota' }).load()).rejects.toMatchObject({
      code: 'model-unavailable',
      message: expect.stringMatching(/no room .* take a smaller model/) as string,
    })
  })

  test('whose files vanish from the cache on the way fetches them again', async () => {
    expect((await open({ answer: 'yes', fault: 'vanish' }).generate(hello)).text).toBe('yes')
  })

  test('of an unknown model names where models are listed', async () => {
    await expect(open({}, { appConfig: {} }).load()).rejects.toMatchObject({
      code: 'invalid-options',
      message: expect.stringContaining('webLLMModels') as string,
    })
  })

  test('says what the browser lacks', async () => {
    const noGpu = (): Worker => new Worker(new URL('./web-llm-no-gpu.worker.ts', import.meta.url), { type: 'module' })
    await expect(open({}, { createWorker: noGpu }).load()).rejects.toMatchObject({
      code: 'model-unavailable',
      message: expect.stringContaining('no graphics adapter') as string,
    })
  })

  test('that hangs is ended by the abort of the last who waits for it, and the next call starts a fresh engine', async () => {
    const model = open({ answer: 'yes' }, { plans: [{ fault: 'lose-on-load' }] })
    const controller = new AbortController()
    controller.abort()
    await expect(model.load({ signal: controller.signal })).rejects.toMatchObject({ code: 'aborted' })
    expect(model.workers).toHaveLength(0)
    const later = new AbortController()
    const call = model.generate({ ...hello, signal: later.signal })
    later.abort()
    await expect(call).rejects.toMatchObject({ code: 'aborted' })
    expect((await model.generate(hello)).text).toBe('yes')
    expect(model.workers).toHaveLength(2)
  })
})

describe('a GPU device that is lost', () => {
  test('while the model loads is answered by one fresh engine', async () => {
    const model = open({ answer: 'yes' }, { plans: [{ fault: 'lose-on-load' }] })
    expect((await model.generate(hello)).text).toBe('yes')
    expect(model.workers).toHaveLength(2)
  })

  test('in the middle of an answer nobody heard yet is answered by one fresh engine, and so is what waits behind it', async () => {
    const model = open({ answer: long }, { plans: [{ fault: 'lose-in-answer' }] })
    const answers = await Promise.all([model.generate(hello), model.generate(hello)])
    expect(answers.map(({ text }) => text)).toEqual([long, long])
    expect(model.workers).toHaveLength(2)
  })

  test('after a part was heard fails that call, and the next one works', async () => {
    const model = open({ answer: long }, { plans: [{ fault: 'lose-in-answer' }] })
    await expect(model.generate({ ...hello, onText: () => {} })).rejects.toMatchObject({
      code: 'model-failed',
      message: expect.stringContaining('GPU device was lost') as string,
    })
    expect((await model.generate(hello)).text).toBe(long)
  })

  test('twice is model-unavailable', async () => {
    for (const fault of ['lose-on-load', 'lose-in-answer', 'break'] as const) {
      const model = open({ answer: long, fault })
      await expect(model.generate(hello)).rejects.toMatchObject({ code: 'model-unavailable' })
      expect(model.workers).toHaveLength(2)
    }
  })
})

test('unload ends calls under way, and a later call loads again', async () => {
  const model = open({ answer: long })
  const call = model.generate({ ...hello, onText: () => void model.unload() })
  await expect(call).rejects.toMatchObject({ code: 'model-unavailable' })
  expect((await model.generate(hello)).text).toBe(long)
  expect(model.workers).toHaveLength(2)
})

test('options that are none are refused', () => {
  const createWorker = (): Worker => new Worker('')
  expect(() => createWebLLM('', { createWorker })).toThrow(/id/)
  expect(() => createWebLLM('m', { createWorker, appConfig: { cacheBackend: 'disk' as never } })).toThrow(/cacheBackend must be/)
})
