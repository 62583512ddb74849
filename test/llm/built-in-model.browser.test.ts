import { describe, expect, test } from 'vitest'
import { createBuiltInModel } from '../../src/llm/built-in-model.ts'
import { structured } from '../../src/llm/structured/structured.ts'
import { testLanguageModel } from '../contracts/language-model.ts'
import { fakeLanguageModel, type FakeBuiltInPlan } from './fake-language-model.ts'

testLanguageModel('builtInModel', {
  create: ({ text, toolCalls = [] }) => {
    const calls = toolCalls.map(({ name, input }) => ({ tool: name, input: JSON.parse(input) as unknown }))
    const answer = toolCalls.length > 0 ? JSON.stringify({ calls }) : text
    return structured(createBuiltInModel({ languageModel: fakeLanguageModel({ answer }) }))
  },
})

const open = (plan: FakeBuiltInPlan = {}, options: Parameters<typeof createBuiltInModel>[0] = {}) => {
  const fake = fakeLanguageModel(plan)
  return { fake, model: createBuiltInModel({ languageModel: fake, ...options }) }
}
const hello = { messages: [{ role: 'user' as const, content: 'Hello' }] }

describe('this browser', () => {
  test('has the function, or not, and in either case no model, which is said at once', async () => {
    const call = createBuiltInModel().generate(hello)
    await expect(call).rejects.toMatchObject({
      code: 'model-unavailable',
      message: expect.stringMatching(/built-in model|LanguageModel/) as string,
    })
    await expect(createBuiltInModel().load()).rejects.toMatchObject({ code: 'model-unavailable' })
  })

  test('has none in a worker, which is told from having none at all', async () => {
    const worker = new Worker(new URL('./built-in.worker.ts', import.meta.url), { type: 'module' })
    const { data } = await new Promise<MessageEvent<{ code: string; message: string }>>((resolve) => (worker.onmessage = resolve))
    worker.terminate()
    expect(data).toEqual({ code: 'model-unavailable', message: expect.stringContaining('by pages alone') as string })
  })
})

describe('a question', () => {
  test('is the last message, what precedes it begins the session, and each has a session of its own', async () => {
    const { fake, model } = open()
    const system = { role: 'system' as const, content: 'Be brief.' }
    const { usage } = await model.generate({ messages: [system, ...hello.messages] })
    await model.generate({ messages: [system, { role: 'user', content: 'Again' }] })
    expect(fake.created.map(({ initialPrompts }) => initialPrompts)).toEqual([[system]])
    expect(fake.asked.map(({ input }) => input)).toEqual(['Hello', 'Again'])
    expect(usage).toEqual({ inputTokens: 3 + 2, outputTokens: 2 })
    expect(fake.alive.size).toBe(1)
    await model.generate(hello)
    expect(fake.created).toHaveLength(2)
    expect(fake.alive.size).toBe(1)
    await model.unload()
    expect(fake.alive.size).toBe(0)
  })

  test('with a schema is constrained by it', async () => {
    const { fake, model } = open({ answer: '{}' })
    await model.generate({ ...hello, responseSchema: { type: 'object' } })
    expect(fake.asked[0]?.options).toEqual({ responseConstraint: { type: 'object' } })
  })

  test('gets its temperature where the browser allows one, and a warning where it does not, as for a seed', async () => {
    const warnings: string[] = []
    const request = { ...hello, temperature: 0, seed: 1, onWarning: (warning: string) => void warnings.push(warning) }
    const able = open({ params: true })
    await able.model.generate(request)
    expect(able.fake.created[0]).toMatchObject({ temperature: 0, topK: 1 })
    expect(warnings).toEqual([expect.stringContaining('seed')])
    await open().model.generate(request)
    expect(warnings).toHaveLength(3)
  })

  test('is answered by as many parts as it allows', async () => {
    const { model } = open({ answer: 'one two three four' })
    expect(await model.generate({ ...hello, maxTokens: 2 })).toMatchObject({ text: 'one two ', finishReason: 'length' })
  })

  test('whose answer the browser withholds is filtered', async () => {
    const { model } = open({ answer: 'word '.repeat(9), breaks: new DOMException('filtered', 'NotReadableError') })
    expect(await model.generate(hello)).toMatchObject({ text: 'word wor', finishReason: 'filtered' })
  })

  test('that is too long is told its size', async () => {
    await expect(open({ quota: 10 }).model.generate({ messages: [{ role: 'user', content: 'x'.repeat(100) }] })).rejects.toMatchObject({
      code: 'model-failed',
      message: expect.stringContaining('(25 tokens of 10)') as string,
    })
  })

  test('that breaks in the middle fails, and leaves no session behind', async () => {
    const { fake, model } = open({ answer: 'word '.repeat(9), breaks: new Error('crashed') })
    await expect(model.generate(hello)).rejects.toMatchObject({ code: 'model-failed' })
    expect(fake.alive.size).toBe(1)
  })

  test('after the browser took the kept session away gets a new one', async () => {
    const { fake, model } = open()
    await model.generate(hello)
    for (const session of fake.alive) session.destroy()
    expect((await model.generate(hello)).text).toBe('hello')
    expect(fake.created).toHaveLength(2)
  })
})

describe('a load', () => {
  test('tells how much has arrived, and is not repeated by the first question', async () => {
    const heard: number[] = []
    const { fake, model } = open({ availability: 'downloadable' }, { onProgress: ({ ratio }) => void heard.push(ratio) })
    await model.load()
    await model.generate(hello)
    expect(heard).toEqual([0, 0.5, 1])
    expect(fake.created).toHaveLength(1)
  })

  test('names what keeps the browser from it', async () => {
    const cases: [FakeBuiltInPlan, RegExp][] = [
      [{ availability: 'unavailable' }, /no model for it/],
      [{ availability: 'never' }, /did not say within 50 ms/],
      [{ refusals: [new DOMException('user gesture', 'NotAllowedError')] }, /call load\(\) from there/],
    ]
    for (const [plan, message] of cases)
      await expect(open(plan, { patience: 50 }).model.load()).rejects.toMatchObject({
        code: 'model-unavailable',
        message: expect.stringMatching(message) as string,
      })
  })

  test('that is aborted, or failed, is begun again by the next call', async () => {
    const { fake, model } = open({ refusals: [new DOMException('busy', 'OperationError')] })
    await expect(model.load()).rejects.toMatchObject({ code: 'model-unavailable' })
    const controller = new AbortController()
    const call = model.load({ signal: controller.signal })
    controller.abort()
    await expect(call).rejects.toMatchObject({ code: 'aborted' })
    expect((await model.generate(hello)).text).toBe('hello')
    expect(fake.alive.size).toBe(1)
  })
})

const never = <T>(): Promise<T> => new Promise<T>(() => {})
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20))

describe('a browser that does not answer', () => {
  test('whether it lets pages choose a temperature is not waited for longer than patience', async () => {
    const warnings: string[] = []
    const fake = Object.assign(fakeLanguageModel(), { params: () => never<null>() })
    const model = createBuiltInModel({ languageModel: fake, patience: 20 })
    const warm = model.generate({ ...hello, temperature: 0.5, onWarning: (warning) => void warnings.push(warning) })
    const plain = model.generate(hello) // waits for its turn
    expect((await warm).text).toBe('hello')
    expect((await plain).text).toBe('hello')
    expect(warnings).toEqual([expect.stringContaining('temperature was left out')])
  })

  test('copies no session holds up no call after the one that was aborted', async () => {
    const { fake, model } = open()
    await model.load()
    const [kept] = fake.alive
    if (!kept) throw new Error('No session was kept.')
    kept.clone = () => never()
    const controller = new AbortController()
    const call = model.generate({ ...hello, signal: controller.signal })
    await settled()
    controller.abort()
    await expect(call).rejects.toMatchObject({ code: 'aborted' })
    expect((await model.generate(hello)).text).toBe('hello')
    expect(fake.alive.size).toBe(1)
  })
})

describe('an unload', () => {
  const deaf = () => {
    const fake = fakeLanguageModel()
    let arrive: () => void = () => {}
    const arrival = new Promise<void>((resolve) => (arrive = resolve))
    const languageModel = {
      ...fake,
      async create({ signal: _signal, ...options }: Parameters<typeof fake.create>[0]) {
        await arrival
        return fake.create(options)
      },
    }
    return { fake, arrive: () => arrive(), model: createBuiltInModel({ languageModel }) }
  }

  test('while a session is made ends those who wait for it; the session is destroyed when it arrives', async () => {
    const { fake, arrive, model } = deaf()
    const calls = [model.load(), model.generate(hello), model.generate(hello)]
    const ended = Promise.all(calls.map((call) => expect(call).rejects.toMatchObject({ code: 'model-unavailable' })))
    await settled()
    await model.unload()
    await ended
    arrive()
    await settled()
    expect(fake.created).toHaveLength(1)
    expect(fake.alive.size).toBe(0)
    expect((await model.generate(hello)).text).toBe('hello')
    expect(fake.alive.size).toBe(1)
  })

  test('in the middle of an answer ends it, and leaves no session', async () => {
    const { fake, model } = open({ answer: 'word '.repeat(1000) })
    const begun = Promise.withResolvers<void>()
    const call = model.generate({ ...hello, onText: () => begun.resolve() })
    const ended = expect(call).rejects.toMatchObject({
      code: 'model-unavailable',
      message: expect.stringContaining('unloaded while it was working') as string,
    })
    await begun.promise
    await model.unload()
    expect(fake.alive.size).toBe(0)
    await ended
  })

  test('does not take an abort of the caller for its own', async () => {
    const { fake, arrive, model } = deaf()
    const controller = new AbortController()
    const call = model.load({ signal: controller.signal })
    await settled()
    controller.abort()
    await expect(call).rejects.toMatchObject({ code: 'aborted' })
    await model.unload()
    arrive()
    await settled()
    expect(fake.alive.size).toBe(0)
  })
})

test('options that are none are refused', () => {
  expect(() => createBuiltInModel({ languages: [''] })).toThrow(/languages/)
  expect(() => createBuiltInModel({ patience: 0 })).toThrow(/patience/)
})
