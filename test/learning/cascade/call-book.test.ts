import { expect, test } from 'vitest'
import type { ModelCall } from '../../../src/core/model.ts'
import { openCallBook } from '../../../src/learning/cascade/call-book.ts'
import { generateObject } from '../../../src/llm/structured/generate-object.ts'
import { structured } from '../../../src/llm/structured/structured.ts'
import { scriptedModel } from '../../../src/testing/scripted-model.ts'
import { situationOf } from './situations.ts'

const messages = [{ role: 'user' as const, content: 'Are they the same?' }]
const schema = { type: 'boolean' } as const

for (const capabilities of [{}, { schema: true }])
  test(`the calls of a judge that gives no usable answer are booked (${JSON.stringify(capabilities)})`, async () => {
    const told: ModelCall[] = []
    const book = openCallBook({ ...situationOf(), onCall: (call) => void told.push(call) }, () => 0)
    const model = scriptedModel(() => 'I cannot say.', { capabilities })
    const judge = book.watch(structured(model))
    await expect(judge.generate({ messages, responseSchema: schema })).rejects.toMatchObject({ code: 'model-output' })
    expect(told).toHaveLength(2)
    await expect(generateObject(judge, { messages, schema })).rejects.toMatchObject({ code: 'model-output' })
    expect(model.requests).toHaveLength(4)
    expect(told).toHaveLength(4)
    expect(book.close({ text: '', usage: { inputTokens: 0, outputTokens: 0 } } as never).calls).toEqual(told)
  })
