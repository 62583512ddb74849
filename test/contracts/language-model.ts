/** What every `LanguageModel` keeps, whoever makes it. Each model's test hands in a factory. */
import { describe, expect, test } from 'vitest'
import type { ErrorCode } from '../../src/core/errors.ts'
import type { Generation, LanguageModel, ToolSpec } from '../../src/core/model.ts'
import { structured } from '../../src/llm/structured/structured.ts'

/** What a model is to say. */
export interface ContractAnswer {
  text: string
  /** What it calls, where it knows tools; `text` says the same in words then, for models that do not. */
  toolCalls?: { name: string; input: string }[]
  /** The request will have so few `maxTokens` that only the beginning of `text` is said: for servers that are played and do not count. */
  finishReason?: 'length'
}

export interface LanguageModelCase {
  /** A fresh model that answers its requests with `answer`. Long answers must arrive in several parts. */
  create(answer: ContractAnswer): Promise<LanguageModel> | LanguageModel
  /** What it is asked, where it understands little else; answered in several parts. */
  prompt?: string
  /** Models that fail, by the code that they fail with. */
  failing?: Partial<Record<ModelErrorCode, () => Promise<LanguageModel> | LanguageModel>>
  /** What this model cannot do, with the reason. */
  exceptions?: Partial<
    Record<'stop' | 'maxTokens' | 'usage' | 'responseSchema' | 'tools' | 'exactText' | 'seed' | 'abortBeforeText' | 'unload', string>
  >
}

export type ModelErrorCode = Extract<ErrorCode, 'model-unavailable' | 'model-failed' | 'model-output' | 'worker-lost'>

const verdictSchema = {
  type: 'object',
  properties: { verdict: { type: 'boolean' } },
  required: ['verdict'],
  additionalProperties: false,
}

const tools: ToolSpec[] = [
  { name: 'open', description: 'Opens a door.', inputSchema: { type: 'object', properties: { door: { type: 'string' } } } },
]

export function testLanguageModel(label: string, { create, prompt, failing = {}, exceptions = {} }: LanguageModelCase): void {
  const ask = (content: string): { messages: { role: 'user'; content: string }[] } => ({
    messages: [{ role: 'user', content: prompt ?? content }],
  })
  const exact = (generation: Generation, text: string): void => {
    if (exceptions.exactText) expect(generation.text.length).toBeGreaterThan(0)
    else expect(generation.text).toBe(text)
  }

  describe(`${label} keeps the contract of a language model`, () => {
    test('it has an id and answers with text, a finish reason and usage', async () => {
      const model = await create({ text: 'The lamp is on.' })
      expect(model.id).toMatch(/^[\w-]+\/.+/)
      const generation = await model.generate(ask('Is the lamp on?'))
      exact(generation, 'The lamp is on.')
      expect(generation.toolCalls).toEqual([])
      expect(['stop', 'length']).toContain(generation.finishReason)
      if (!exceptions.usage) {
        expect(generation.usage.inputTokens).toBeGreaterThan(0)
        expect(generation.usage.outputTokens).toBeGreaterThan(0)
      }
    })

    test('usage is in whole tokens, and of each request alone', async () => {
      const model = await create({ text: 'Yes.' })
      const { usage: first } = await model.generate(ask('Is the lamp on?'))
      const { usage: second } = await model.generate(ask('Is the lamp on?'))
      expect([first.inputTokens, first.outputTokens].every((tokens) => Number.isInteger(tokens) && tokens >= 0)).toBe(true)
      expect(second.inputTokens).toBe(first.inputTokens)
      expect(first.cachedInputTokens ?? 0).toBeLessThanOrEqual(first.inputTokens)
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

    test.skipIf(exceptions.maxTokens)('an answer that maxTokens cuts says so, and is what was streamed', async () => {
      const model = await create({ text: 'one two three four five six seven eight nine ten', finishReason: 'length' })
      const parts: string[] = []
      const generation = await model.generate({ ...ask('Count.'), maxTokens: 2, onText: (delta) => void parts.push(delta) })
      expect(generation.finishReason).toBe('length')
      expect(generation.text).not.toBe('')
      expect(parts.join('')).toBe(generation.text)
    })

    test('a seed that it claims to honour gives the same answer again', async ({ skip }) => {
      const model = await create({ text: 'Heads.' })
      if (!model.capabilities?.seed || exceptions.seed) return skip(exceptions.seed ?? 'It promises nothing of seeds.')
      const toss = (): Promise<Generation> => model.generate({ ...ask('Toss a coin.'), seed: 7, temperature: 1, maxTokens: 16 })
      const { text } = await toss()
      for (let i = 0; i < 2; i++) expect((await toss()).text).toBe(text)
    })

    test.skipIf(exceptions.responseSchema)('an answer to a schema is JSON that matches, at the latest through structured()', async () => {
      const wrapped = structured(await create({ text: '{"verdict":true}' }))
      const { text, finishReason } = await wrapped.generate({ ...ask('Good?'), responseSchema: verdictSchema })
      expect(JSON.parse(text)).toEqual({ verdict: true })
      expect(finishReason).toBe('stop')
    })

    test.skipIf(exceptions.exactText)('an answer that matches no schema is model-output with the text, never an empty result', async () => {
      const model = structured(await create({ text: '{"verdict":"perhaps"}' }))
      const failed = model.generate({ ...ask('Good?'), responseSchema: verdictSchema })
      await expect(failed).rejects.toMatchObject({ code: 'model-output', message: expect.stringContaining('perhaps') as string })
    })

    test.skipIf(exceptions.tools)('tool calls come with a name and parsed input, at the latest through structured()', async () => {
      const input = { door: 'left' }
      const model = structured(
        await create({
          text: JSON.stringify({ calls: [{ tool: 'open', input }] }),
          toolCalls: [{ name: 'open', input: JSON.stringify(input) }],
        }),
      )
      const generation = await model.generate({ ...ask('Open the left door.'), tools })
      expect(generation.finishReason).toBe('tool-calls')
      expect(generation.toolCalls).toEqual([{ id: expect.any(String) as string, name: 'open', input }])
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

    test.skipIf(exceptions.abortBeforeText)('an abort before the first text ends the call in silence', async () => {
      const model = await create({ text: 'word '.repeat(50) })
      const controller = new AbortController()
      const parts: string[] = []
      const call = model.generate({ ...ask('Talk.'), signal: controller.signal, onText: (delta) => void parts.push(delta) })
      controller.abort()
      await expect(call).rejects.toMatchObject({ code: 'aborted' })
      await new Promise((resolve) => setTimeout(resolve, 50))
      expect(parts).toEqual([])
    })

    test('what it holds can be freed, and a later call loads it again', async ({ skip }) => {
      const model = await create({ text: 'Here again.' })
      if (!model.unload || exceptions.unload) return skip(exceptions.unload ?? 'It holds nothing.')
      await model.generate(ask('Are you there?'))
      await model.unload()
      await model.unload() // twice is once
      exact(await model.generate(ask('And now?')), 'Here again.')
    })

    test.each(Object.entries(failing))('a failure is an error with the code %s', async (code, make) => {
      const model = await make()
      const failed = model.generate(ask('Are you there?'))
      await expect(failed).rejects.toMatchObject({ name: 'RepriseError', code })
    })
  })
}
