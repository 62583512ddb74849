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

test('options that are none are refused', () => {
  expect(() => createBuiltInModel({ languages: [''] })).toThrow(/languages/)
  expect(() => createBuiltInModel({ patience: 0 })).toThrow(/patience/)
})
