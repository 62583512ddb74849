/** What every `LanguageModel` keeps, whoever makes it. Each model's test hands in a factory. */
import { describe, expect, test } from 'vitest'
import type { Generation, LanguageModel } from '../../src/core/model.ts'

export interface LanguageModelCase {
  /** A fresh model that answers its next request with `answer`. Long answers must arrive in several parts. */
  create(answer: { text: string; toolCalls?: { name: string; input: string }[] }): Promise<LanguageModel> | LanguageModel
  /** What it is asked, where it understands little else; answered in several parts. */
  prompt?: string
  /** What this model cannot do, with the reason. */
  exceptions?: Partial<Record<'stop' | 'maxTokens' | 'responseSchema' | 'tools' | 'exactText', string>>
}

export function testLanguageModel(label: string, { create, prompt, exceptions = {} }: LanguageModelCase): void {
  const ask = (content: string): { messages: { role: 'user'; content: string }[] } => ({
    messages: [{ role: 'user', content: prompt ?? content }],
  })

  describe(`${label} keeps the contract of a language model`, () => {
    const exact = (generation: Generation, text: string): void => {
      if (exceptions.exactText) expect(generation.text.length).toBeGreaterThan(0)
      else expect(generation.text).toBe(text)
    }

    test('it has an id and answers with text, a finish reason and usage', async () => {
      const model = await create({ text: 'The lamp is on.' })
      expect(model.id).toMatch(/^[\w-]+\/.+/)
      const generation = await model.generate(ask('Is the lamp on?'))
      exact(generation, 'The lamp is on.')
      expect(generation.toolCalls).toEqual([])
      expect(['stop', 'length']).toContain(generation.finishReason)
      expect(generation.usage.inputTokens).toBeGreaterThan(0)
      expect(generation.usage.outputTokens).toBeGreaterThan(0)
    })

    test('the parts that it streams are the text', async () => {
      const text = 'One part after another, 漢字 and 🙂 too, until the whole sentence has been said.'
      const model = await create({ text })
      const parts: string[] = []
      const generation = await model.generate({ ...ask('Say it.'), onText: (delta) => void parts.push(delta) })
      exact(generation, text)
      expect(parts.join('')).toBe(generation.text)
      expect(parts.length).toBeGreaterThan(1)
    })

    test.skipIf(exceptions.stop)('a stop text ends the answer and is neither returned nor streamed', async () => {
      const model = await create({ text: 'look around\nObservation: a door' })
      const parts: string[] = []
      const generation = await model.generate({ ...ask('What now?'), stop: ['\nObservation:'], onText: (delta) => void parts.push(delta) })
      expect(generation.text).toBe('look around')
      expect(parts.join('')).toBe('look around')
      expect(generation.finishReason).toBe('stop')
    })

    test.skipIf(exceptions.responseSchema)('an answer to a schema is JSON', async () => {
      const model = await create({ text: '{"verdict":true}' })
      const responseSchema = {
        type: 'object',
        properties: { verdict: { type: 'boolean' } },
        required: ['verdict'],
        additionalProperties: false,
      }
      const { text } = await model.generate({ ...ask('Good?'), responseSchema })
      expect(JSON.parse(text)).toEqual({ verdict: true })
    })

    test.skipIf(exceptions.tools)('tool calls come with a name and parsed input', async () => {
      const model = await create({ text: '', toolCalls: [{ name: 'open', input: '{"door":"left"}' }] })
      const tools = [
        { name: 'open', description: 'Opens a door.', inputSchema: { type: 'object', properties: { door: { type: 'string' } } } },
      ]
      const generation = await model.generate({ ...ask('Open the left door.'), tools })
      expect(generation.finishReason).toBe('tool-calls')
      expect(generation.toolCalls).toEqual([{ id: expect.any(String) as string, name: 'open', input: { door: 'left' } }])
    })

    test('a call that is aborted already is not begun', async () => {
      const model = await create({ text: 'too late' })
      const parts: string[] = []
      const call = model.generate({ ...ask('Hello?'), signal: AbortSignal.abort(), onText: (delta) => void parts.push(delta) })
      await expect(call).rejects.toMatchObject({ code: 'aborted' })
      expect(parts).toEqual([])
    })

    test('an abort in the middle ends the call, nothing is heard after it, and the next call works', async () => {
      const model = await create({ text: 'word '.repeat(200) })
      const controller = new AbortController()
      let heard = 0
      const call = model.generate({
        ...ask('Talk.'),
        signal: controller.signal,
        onText: () => {
          heard++
          controller.abort()
        },
      })
      await expect(call).rejects.toMatchObject({ code: 'aborted' })
      await new Promise((resolve) => setTimeout(resolve, 50))
      expect(heard).toBe(1)
      expect((await model.generate(ask('Again.'))).text).not.toBe('')
    })
  })
}
