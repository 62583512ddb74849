import { afterAll, afterEach, describe, expect, test } from 'vitest'
import type { GenerationSpeed } from '../../src/llm/worker-generation.ts'
import type { LocalModel } from '../../src/llm/worker-model.ts'
import type { WeightsProgress } from '../../src/util/transformers/weights.ts'
import { openEmbedded } from '../embedded/open-embedded.ts'
import { createWorker, embedded, PROMPT, question } from './local-models.ts'

const opened: LocalModel[] = []
const open = (...options: Parameters<typeof embedded>): LocalModel => {
  const model = embedded(...options)
  opened.push(model)
  return model
}

afterEach(async () => {
  for (const model of opened.splice(0)) await model.unload()
})

/** One model for all tests that only ask it. */
const shared = embedded()
afterAll(() => shared.unload())

const greedy = { messages: question(), temperature: 0, maxTokens: 24 }

/** Counts workers, and hands them out. */
const counting = (): { workers: Worker[]; createWorker: () => Worker } => {
  const workers: Worker[] = []
  return {
    workers,
    createWorker: () => {
      const worker = createWorker()
      workers.push(worker)
      return worker
    },
  }
}

describe('an answer', () => {
  test('is what the same weights say in another runtime, word for word and token for token', async () => {
    const own = openEmbedded({ temperature: 0 })
    const expected = await own.generate(greedy)
    own.close()
    const { text, usage, finishReason } = await shared.generate(greedy)
    expect(text.trim()).toBe(expected.text.trim())
    expect({ usage, finishReason }).toEqual({ usage: expected.usage, finishReason: 'stop' })
  })

  test('ends before a stop text, of which nothing is streamed', async () => {
    const whole = (await shared.generate(greedy)).text
    const stop = whole.trim().split(' ')[2] ?? ''
    const parts: string[] = []
    const cut = await shared.generate({ ...greedy, stop: [stop], onText: (delta) => void parts.push(delta) })
    expect(cut.text).toBe(whole.slice(0, whole.indexOf(stop)))
    expect(parts.join('')).toBe(cut.text)
    expect(cut.finishReason).toBe('stop')
    expect(cut.usage.outputTokens).toBeLessThanOrEqual(5)
  })

  test('has as many tokens as are allowed, and says that it was cut', async () => {
    const { usage, finishReason } = await shared.generate({ ...greedy, maxTokens: 2 })
    expect({ tokens: usage.outputTokens, finishReason }).toEqual({ tokens: 2, finishReason: 'length' })
  })

  test('is repeated by its seed, and not without one', async () => {
    const sample = async (seed?: number): Promise<string> =>
      (await shared.generate({ messages: question('goal:'), temperature: 2, maxTokens: 12, ...(seed !== undefined && { seed }) })).text
    const first = await sample(7)
    const others = [await sample(8), await sample(9), await sample(), await sample()]
    expect(await sample(7)).toBe(first)
    expect(new Set([first, ...others]).size).toBeGreaterThan(2)
  })

  test('comes with its speed', async () => {
    const heard: GenerationSpeed[] = []
    await open({ onSpeed: (speed) => void heard.push(speed) }).generate(greedy)
    expect(heard).toHaveLength(1)
    expect(heard[0]?.outputTokensPerSecond).toBeGreaterThan(0)
    expect(heard[0]?.firstTokenMilliseconds).toBeGreaterThan(0)
  })

  test('to several questions at once is each its own', async () => {
    const alone = (await shared.generate(greedy)).text
    const all = await Promise.all([shared.generate(greedy), shared.generate({ ...greedy, maxTokens: 1 }), shared.generate(greedy)])
    expect(all.map(({ text }) => text).filter((text) => text === alone)).toHaveLength(2)
    expect(all[1]?.usage.outputTokens).toBe(1)
  })

  test('follows the chat template, and a system message that the template refuses stands before the question', async () => {
    const model = open({}, 'tests/templated')
    const [start, end] = [PROMPT.slice(0, 30), PROMPT.slice(30)]
    const { text, usage } = await model.generate({
      ...greedy,
      messages: [
        { role: 'system', content: start },
        { role: 'user', content: end },
      ],
    })
    // The template writes no token for the beginning, which the plain way does.
    const plain = await open({}, 'tests/embedded-small').generate(greedy)
    expect(usage.inputTokens).toBe(plain.usage.inputTokens - 1)
    expect(text).not.toBe('')
  })
})

describe('weights', () => {
  test('come with their progress, file by file', async () => {
    const heard: WeightsProgress[] = []
    await open({ revision: 'v1', onProgress: (progress) => void heard.push(progress) }).load()
    expect(heard.findLast(({ file }) => file === 'onnx/model_quantized.onnx')).toMatchObject({ loaded: 903_564, total: 903_564, ratio: 1 })
  })

  test('come from a folder of the page', async () => {
    expect((await open({ host: '/nowhere', localPath: '/own-models' }).generate(greedy)).text).not.toBe('')
  })

  test('that are not there are named, with the ways out', async () => {
    for (const options of [{ host: '/hub-page' }, { dtype: 'q4' as const }, { localPath: '/own-models/empty' }])
      await expect(open(options).generate(greedy)).rejects.toMatchObject({
        code: 'model-unavailable',
        message: expect.stringMatching(/weights of tests\/embedded .* could not be had.*dtype.*`host` or `localPath`/s) as string,
      })
  })

  test('that failed or arrived damaged are fetched again by the next call', async () => {
    for (const fault of ['flaky', 'damaged']) {
      const model = open({ host: `/hub-${fault}/${crypto.randomUUID()}` })
      await expect(model.generate(greedy)).rejects.toMatchObject({ code: 'model-unavailable' })
      expect((await model.generate(greedy)).text).not.toBe('')
    }
  })

  test('are told apart from a runtime that is not served', async () => {
    const model = open({ ort: { mjs: '/no/such/ort.mjs', wasm: '/no/such/ort.wasm' } })
    await expect(model.generate(greedy)).rejects.toMatchObject({
      code: 'model-unavailable',
      message: expect.stringContaining('/no/such/ort.mjs') as string,
    })
  })
})

describe('an abort while the weights load', () => {
  test('ends the worker where nobody else waits, and the next call starts another', async () => {
    const { workers, createWorker: create } = counting()
    const stalled = open({ host: '/hub-stalled', createWorker: create })
    const controller = new AbortController()
    const call = stalled.generate({ ...greedy, signal: controller.signal })
    await expect.poll(() => workers.length).toBe(1)
    controller.abort()
    await expect(call).rejects.toMatchObject({ code: 'aborted' })
    void stalled.load().catch(() => {})
    await expect.poll(() => workers.length).toBe(2)
  })

  test('leaves the load to the others who wait for it', async () => {
    const { workers, createWorker: create } = counting()
    const model = open({ createWorker: create })
    const controller = new AbortController()
    const aborted = model.generate({ ...greedy, signal: controller.signal })
    const other = model.generate(greedy)
    controller.abort()
    await expect(aborted).rejects.toMatchObject({ code: 'aborted' })
    expect((await other).text).not.toBe('')
    expect(workers).toHaveLength(1)
  })
})

describe('failures', () => {
  test('a prompt that does not fit is refused, and the model goes on', async () => {
    const { workers, createWorker: create } = counting()
    const model = open({ createWorker: create })
    await expect(model.generate({ ...greedy, messages: question('towel '.repeat(1600)) })).rejects.toMatchObject({
      code: 'model-failed',
      message: expect.stringContaining('the model reads 1536') as string,
    })
    expect((await model.generate(greedy)).text).not.toBe('')
    expect(workers).toHaveLength(1)
  })

  test('a model that breaks is tried once more on a fresh worker, and answers the next question', async () => {
    const { workers, createWorker: create } = counting()
    const model = open({ host: '/hub-torn', createWorker: create })
    await expect(model.generate({ ...greedy, messages: question('act act') })).rejects.toMatchObject({ code: 'model-failed' })
    expect(workers).toHaveLength(2)
    expect((await model.generate(greedy)).text).not.toBe('')
  })

  test('a worker that dies in the middle rejects the call, and the next call starts another', async () => {
    const { workers, createWorker: create } = counting()
    const model = open({ createWorker: create })
    const call = model.generate({ ...greedy, onText: () => workers[0]?.terminate() })
    await expect(call).rejects.toMatchObject({ code: 'worker-lost' })
    expect((await model.generate(greedy)).text).not.toBe('')
  })

  test('unload ends calls under way, and a later call loads the model again', async () => {
    const { workers, createWorker: create } = counting()
    const model = open({ createWorker: create })
    const call = model.generate({ ...greedy, onText: () => void model.unload() })
    await expect(call).rejects.toMatchObject({ code: 'model-unavailable' })
    expect((await model.generate(greedy)).text).not.toBe('')
    expect(workers).toHaveLength(2)
  })
})

describe('on WebGPU', () => {
  test('a small model writes the same tokens as on WASM', async () => {
    const few = { ...greedy, maxTokens: 3 }
    const onGpu = await open({ device: 'webgpu' }, 'tests/embedded-small').generate(few)
    const onWasm = await open({}, 'tests/embedded-small').generate(few)
    expect(onGpu).toEqual(onWasm)
  })
})
