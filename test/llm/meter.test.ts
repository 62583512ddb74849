import { expect, test, vi } from 'vitest'
import type { LanguageModel, ModelCall } from '../../src/core/model.ts'
import { meter } from '../../src/llm/meter.ts'
import { structured } from '../../src/llm/structured/structured.ts'
import { scriptedModel } from '../../src/testing/index.ts'
import { prices, usage } from '../support/budgets.ts'

const messages = [{ role: 'user' as const, content: 'hello there' }]
const ticking = (): (() => number) => {
  let now = 0
  return () => now++
}
const answers = Array(3).fill({ text: 'an answer in parts', usage })

test('a metered model answers as before, and knows what it took', async () => {
  const calls: ModelCall[] = []
  const plain = scriptedModel(answers)
  const model = meter(plain, { prices, clock: ticking(), onCall: (call) => calls.push(call) })
  const deltas: string[] = []
  const request = { messages, onText: (delta: string) => deltas.push(delta) }
  expect(await model.generate(request)).toEqual(await scriptedModel(answers).generate({ messages }))
  await model.generate({ messages })
  expect(deltas.join('')).toBe('an answer in parts')
  expect(calls[0]).toMatchObject({ model: 'scripted/model', usage, firstTextMilliseconds: 1, milliseconds: 2 })
  expect(calls[1]).not.toHaveProperty('firstTextMilliseconds')
  const sum = calls.reduce((total, { milliseconds }) => total + milliseconds, 0)
  expect(model.totals()).toMatchObject({ calls: 2, usage: { inputTokens: 200, outputTokens: 20 }, milliseconds: sum })
  expect(model.totals().usage.costUSD).toBeCloseTo(0.2, 12)
})

test('before any call nothing was taken, and without a price no money is told', async () => {
  const model = meter(scriptedModel(answers))
  expect(model.totals()).toEqual({ calls: 0, usage: { inputTokens: 0, outputTokens: 0, costUSD: 0 }, milliseconds: 0 })
  await model.generate({ messages })
  expect(model.totals().usage).toEqual(usage)
})

test('failures and aborts reject as before, and are not counted', async () => {
  const model = meter(scriptedModel([new Error('down'), { text: 'x', usage }]))
  await expect(model.generate({ messages })).rejects.toMatchObject({ code: 'model-failed' })
  await expect(model.generate({ messages, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' })
  expect(model.totals().calls).toBe(0)
  await model.generate({ messages })
  expect(model.totals().calls).toBe(1)
})

test('answers that were unusable for a schema or tools are counted, with their price', async () => {
  const calls: ModelCall[] = []
  const model = meter(structured(scriptedModel(answers)), { prices, onCall: (call) => calls.push(call) })
  const responseSchema = { type: 'object' }
  await expect(model.generate({ messages, responseSchema })).rejects.toMatchObject({ code: 'model-output' })
  expect(calls).toMatchObject([
    { model: 'scripted/model', usage },
    { model: 'scripted/model', usage },
  ])
  expect(model.totals()).toMatchObject({ calls: 2, usage: { inputTokens: 200, outputTokens: 20 } })
  expect(model.totals().usage.costUSD).toBeCloseTo(0.2, 12)
})

test('it keeps id, prompts, capabilities and unload, and invents none', async () => {
  const unload = vi.fn(async () => {})
  const prompts = { plan: own, reason: own, act: own, parse: (_phase: string, text: string) => text }
  const plain: LanguageModel = { ...scriptedModel([]), capabilities: { tools: true }, prompts, unload }
  const model = meter(plain)
  expect(model).toMatchObject({ id: 'scripted/model', capabilities: { tools: true }, prompts })
  await model.unload?.()
  expect(unload).toHaveBeenCalledOnce()
  expect(Object.keys(meter(scriptedModel([]))).sort()).toEqual(['generate', 'id', 'totals'])
})

const own = (): { messages: []; shown: [] } => ({ messages: [], shown: [] })

test('a listener that throws does not harm the call', async () => {
  const reported: unknown[] = []
  vi.stubGlobal('reportError', (error: unknown) => reported.push(error))
  const onCall = (): never => {
    throw new Error('bad listener')
  }
  const model = meter(scriptedModel(answers), { onCall })
  expect((await model.generate({ messages })).text).toBe('an answer in parts')
  vi.unstubAllGlobals()
  expect(reported).toHaveLength(1)
  expect(model.totals().calls).toBe(1)
})

test('wrong options are named', () => {
  const model = scriptedModel([])
  expect(() => meter({} as never)).toThrow(/must be an object with generate/)
  expect(() => meter(model, { prices: {} as never })).toThrow(/prices must be/)
  expect(() => meter(model, { onCal: () => {} } as never)).toThrow(/unknown fields: onCal/)
})
