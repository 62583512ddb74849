import { expect, test } from 'vitest'
import { RepriseError } from '../../src/core/errors.ts'
import { createLazyModel } from '../../src/llm/lazy-model.ts'
import { structured } from '../../src/llm/structured/structured.ts'
import type { LocalModel } from '../../src/llm/worker-model.ts'

const hello = { messages: [{ role: 'user' as const, content: 'Hello' }] }
const loadStructured = () => import('../../src/llm/structured/structured-answers.ts')

/** A model that says `text`, and what was called of it. */
function saying(text: string): LocalModel & { calls: string[] } {
  const calls: string[] = []
  return {
    calls,
    id: 'local/said',
    generate: async () => {
      calls.push('generate')
      return { text, toolCalls: [], finishReason: 'stop', usage: { inputTokens: 1, outputTokens: 1 } }
    },
    load: async () => void calls.push('load'),
    unload: async () => void calls.push('unload'),
  }
}

const lazy = (open: () => Promise<LocalModel>): LocalModel =>
  createLazyModel({ id: 'local/said', capabilities: { seed: true }, open, loadStructured })

test('the part is loaded with the first call, once for all', async () => {
  let opened = 0
  const inner = saying('hi')
  const model = lazy(async () => {
    opened++
    return inner
  })
  await model.unload()
  expect([opened, model.id, model.capabilities]).toEqual([0, 'local/said', { seed: true }])
  await Promise.all([model.load(), model.generate(hello), model.generate(hello)])
  await model.unload()
  expect(opened).toBe(1)
  expect(inner.calls.toSorted()).toEqual(['generate', 'generate', 'load', 'unload'])
})

test('a part that could not be loaded is tried again by the next call', async () => {
  let attempts = 0
  const model = lazy(async () => {
    if (attempts++ === 0) throw new TypeError('Failed to fetch dynamically imported module')
    return saying('hi')
  })
  await expect(model.generate(hello)).rejects.toMatchObject({ code: 'model-unavailable' })
  expect((await model.generate(hello)).text).toBe('hi')
})

test('wrong options reject the first call with their own code', async () => {
  const model = lazy(() => Promise.reject(new RepriseError('invalid-options', 'no')))
  await expect(model.load()).rejects.toMatchObject({ code: 'invalid-options' })
})

test('an abort ends the waiting for a part that does not come', async () => {
  const model = lazy(() => new Promise<never>(() => {}))
  const controller = new AbortController()
  const call = model.generate({ ...hello, signal: controller.signal })
  controller.abort()
  await expect(call).rejects.toMatchObject({ code: 'aborted' })
  await expect(model.load({ signal: controller.signal })).rejects.toMatchObject({ code: 'aborted' })
})

test('schemas and tools are honoured, and to wrap it again changes nothing', async () => {
  const model = lazy(async () => saying('```json\n{"calls":[{"tool":"open","input":{}}]}\n```'))
  const tools = [{ name: 'open', description: 'Opens.', inputSchema: { type: 'object' } }]
  expect((await model.generate({ ...hello, tools })).toolCalls).toMatchObject([{ name: 'open', input: {} }])
  const wrapped = structured(model)
  expect((await wrapped.generate({ ...hello, tools })).toolCalls).toHaveLength(1)
})
