import { PreTrainedTokenizer } from '@huggingface/transformers'
import { afterAll, expect, test } from 'vitest'
import { isRepriseError } from '../../src/core/errors.ts'
import type { Generation, GenerateRequest } from '../../src/core/model.ts'
import { embeddedPrompts, type EmbeddedModel } from '../../src/embedded/index.ts'
import tokenizerFile from '../../src/embedded/model/tokenizer.json'
import tokenizerConfig from '../../src/embedded/model/tokenizer_config.json'
import { countTokens } from '../../src/embedded/vocabulary.ts'
import { createWorker, openEmbedded, weightsUrl } from './open-embedded.ts'
import { textReferences as references } from './references.ts'

const model = openEmbedded()
afterAll(() => model.close())

const ask = (prompt: string, request: Partial<GenerateRequest> = {}, asked: EmbeddedModel = model): Promise<Generation> =>
  asked.generate({ messages: [{ role: 'user', content: prompt }], temperature: 0, maxTokens: 24, stop: [';'], ...request })

/** The reference whose answer is longest: a whole plan. */
const longest = references.reduce((a, b) => (b.output.length > a.output.length ? b : a))
const exploring = 'goal: put the pet towel away ; plan: find out about pet ; see: you hold towel , places basket safe shelf ; think:'

test('all reference prompts in words give the same greedy outputs', async () => {
  expect(references.length).toBeGreaterThanOrEqual(30)
  for (const { prompt, output, tokens } of references) {
    const { text, finishReason, usage } = await ask(prompt)
    expect({ prompt, text }).toEqual({ prompt, text: output })
    expect(finishReason).toBe('stop')
    expect(usage).toEqual({ inputTokens: tokens, outputTokens: countTokens(output) + 1 })
  }
})

test('an answer does not depend on what was asked before', async () => {
  for (const { prompt, output } of references.toReversed().slice(0, 12)) {
    await ask(exploring, { maxTokens: 2 })
    expect((await ask(prompt)).text).toBe(output)
    expect((await ask(prompt)).text).toBe(output)
  }
})

test('the same seed gives the same answer, and seeds differ', async () => {
  const sampled = async (seed: number): Promise<string> => (await ask(exploring, { seed, temperature: 5 })).text
  const seeds = Array.from({ length: 12 }, (_, seed) => seed)
  const once: string[] = []
  for (const seed of seeds) once.push(await sampled(seed))
  const again: string[] = []
  for (const seed of seeds.toReversed()) again.unshift(await sampled(seed))
  expect(again).toEqual(once)
  expect(new Set(once).size).toBeGreaterThan(1)
})

test('a model with a seed repeats its whole sequence of answers', async () => {
  const sequence = async (): Promise<string[]> => {
    const seeded = openEmbedded({ seed: 3, temperature: 5 })
    const texts: string[] = []
    for (let i = 0; i < 8; i++)
      texts.push((await seeded.generate({ messages: [{ role: 'user', content: exploring }], maxTokens: 24 })).text)
    seeded.close()
    return texts
  }
  const first = await sequence()
  expect(await sequence()).toEqual(first)
  expect(new Set(first).size).toBeGreaterThan(1)
})

test('where no rule is known, the first option on offer is tried', async () => {
  expect((await ask(exploring)).text).toBe('unknown , try basket')
})

test('calls made at once each get their own answer', async () => {
  const chosen = references.slice(0, 9)
  const answers = await Promise.all(chosen.map(({ prompt }) => ask(prompt)))
  expect(answers.map(({ text }) => text)).toEqual(chosen.map(({ output }) => output))
})

test('the streamed pieces make up the text', async () => {
  const pieces: string[] = []
  const { text } = await ask(longest.prompt, { onText: (delta) => void pieces.push(delta) })
  expect(pieces.join('')).toBe(text)
  expect(pieces.length).toBeGreaterThan(3)
})

test('maxTokens cuts an answer and says so', async () => {
  const { text, finishReason, usage } = await ask(longest.prompt, { maxTokens: 3 })
  expect(countTokens(text)).toBe(3)
  expect(longest.output.startsWith(`${text} `)).toBe(true)
  expect(finishReason).toBe('length')
  expect(usage.outputTokens).toBe(3)
})

test('a stop text ends the answer before it, and none of it is streamed', async () => {
  const [a = '', b = '', c = '', d = ''] = longest.output.split(' ')
  const pieces: string[] = []
  const { text, finishReason } = await ask(longest.prompt, { stop: [`${c} ${d}`], onText: (delta) => void pieces.push(delta) })
  expect(text).toBe(`${a} ${b}`)
  expect(pieces.join('')).toBe(text)
  expect(finishReason).toBe('stop')
})

test('an abort in the middle stops the answer, and the next call is unharmed', async () => {
  const controller = new AbortController()
  const pieces: string[] = []
  const call = ask(longest.prompt, {
    signal: controller.signal,
    onText: (delta) => {
      pieces.push(delta)
      if (pieces.length === 2) controller.abort()
    },
  })
  await expect(call).rejects.toMatchObject({ code: 'aborted' })
  expect((await ask(longest.prompt)).text).toBe(longest.output)
  expect(pieces).toHaveLength(2)
  await expect(ask(longest.prompt, { signal: controller.signal })).rejects.toMatchObject({ code: 'aborted' })
})

test('aborted calls in a queue do not hold up the others', async () => {
  const controller = new AbortController()
  const calls = Array.from({ length: 6 }, (_, i) => ask(longest.prompt, i % 2 ? { signal: controller.signal } : {}))
  controller.abort()
  const settled = await Promise.allSettled(calls)
  expect(settled.map((result) => (result.status === 'fulfilled' ? result.value.text : isRepriseError(result.reason, 'aborted')))).toEqual([
    longest.output,
    true,
    longest.output,
    true,
    longest.output,
    true,
  ])
})

test('a prompt that is too long for the model is refused with its length', async () => {
  await expect(ask('safe '.repeat(1600))).rejects.toMatchObject({ code: 'model-failed', message: expect.stringContaining('1601 tokens') })
  expect((await ask(longest.prompt)).text).toBe(longest.output)
})

test('a word that the model has no word for comes back in its answers', async () => {
  const example =
    'goal: put the quokka mug away ; plan: quokka belongs in vitrine , vitrine opens with coin ; see: you hold mug , places vitrine shelf tray ; ' +
    'think: quokka belongs in vitrine ; do: go to vitrine ; see: quokka belongs in vitrine , it is shut , tools coin badge key ; ' +
    'think: vitrine opens with coin ; do: open vitrine with coin ; see: vitrine opens with coin ; think: then put mug in vitrine ; ' +
    'do: put mug in vitrine ; see: done ;'
  const { text, usage } = await ask(`${example} goal: put the quokka rake away ; plan:`)
  expect(text).toContain('quokka belongs in vitrine')
  expect(usage.inputTokens).toBe(1 + countTokens(`${example} goal: put the quokka rake away ; plan:`))
})

test('more unknown words than can be told apart are named in a warning', async () => {
  const warnings: string[] = []
  const many = Array.from({ length: 70 }, (_, i) => `wort${i}`).join(' ')
  await ask(`goal: ${many} ; plan:`, { onWarning: (message) => void warnings.push(message) })
  expect(warnings).toEqual([expect.stringContaining('wort69')])
})

test('an answer that ends before its first word is empty', async () => {
  const { text, finishReason } = await ask(longest.prompt + ' ' + longest.output)
  expect({ text, finishReason }).toEqual({ text: '', finishReason: 'stop' })
})

test('worker and weights may be looked up when they are needed', async () => {
  const eager = openEmbedded({ createWorker: () => Promise.resolve(createWorker()), weights: () => Promise.reject(new Error('nowhere')) })
  await expect(ask(exploring, {}, eager)).rejects.toMatchObject({ code: 'model-unavailable', message: expect.stringContaining('nowhere') })
  const lazy = openEmbedded({ weights: () => Promise.resolve(weightsUrl) })
  expect((await ask(longest.prompt, {}, lazy)).text).toBe(longest.output)
  lazy.close()
})

test('what it cannot do is left out with a warning', async () => {
  const warnings: string[] = []
  const tools = [{ name: 't', description: '', inputSchema: {} }]
  await ask(exploring, { responseSchema: {}, tools, onWarning: (message) => void warnings.push(message) })
  expect(warnings).toEqual([expect.stringContaining('responseSchema'), expect.stringContaining('tools')])
})

test('loading tells of its progress up to the last byte', async () => {
  const progress: { loaded: number; total: number }[] = []
  const other = openEmbedded({ onProgress: (part) => void progress.push(part) })
  await other.load()
  other.close()
  const { byteLength } = await (await fetch(weightsUrl)).arrayBuffer()
  expect(progress.at(-1)?.loaded).toBe(byteLength)
  expect(progress.every(({ loaded, total }) => total === 0 || loaded <= total)).toBe(true)
})

test.each(['/no/such/weights.onnx', '/package.json', 'http://127.0.0.1:9/model.onnx'])(
  'weights that are not at %s are reported with their address, and a later call tries again',
  async (weights) => {
    let workers = 0
    const lost = openEmbedded({ weights, createWorker: () => (workers++, createWorker()) })
    for (let i = 1; i <= 2; i++) {
      await expect(lost.load()).rejects.toMatchObject({ code: 'model-unavailable', message: expect.stringContaining(weights) })
      expect(workers).toBe(i)
    }
  },
)

test('a worker that dies in the middle rejects its calls, and the next call has a fresh one', async () => {
  const workers: Worker[] = []
  const mortal = openEmbedded({
    createWorker: () => {
      const worker = createWorker()
      workers.push(worker)
      return worker
    },
  })
  const call = ask(longest.prompt, { onText: () => workers[0]?.terminate() }, mortal)
  await expect(call).rejects.toMatchObject({ code: 'worker-lost' })
  expect((await ask(longest.prompt, {}, mortal)).text).toBe(longest.output)
  expect(workers).toHaveLength(2)
  mortal.close()
})

test('a worker script that is not there is reported as such', async () => {
  const missing = openEmbedded({ createWorker: () => new Worker('/no/such/worker.js', { type: 'module' }) })
  await expect(ask(exploring, {}, missing)).rejects.toMatchObject({ code: 'worker-lost' })
  const refused = openEmbedded({
    createWorker: () => {
      throw new Error('not today')
    },
  })
  await expect(ask(exploring, {}, refused)).rejects.toMatchObject({ code: 'worker-lost', message: expect.stringContaining('not today') })
})

test('after close the calls under way reject, and a later call loads again', async () => {
  const closing = openEmbedded()
  await closing.load()
  const call = ask(longest.prompt, {}, closing)
  closing.close()
  await expect(call).rejects.toMatchObject({ code: 'model-unavailable' })
  expect((await ask(longest.prompt, {}, closing)).text).toBe(longest.output)
  closing.close()
})

test('wrong options are refused by name', () => {
  expect(() => openEmbedded({ temperature: -1 })).toThrow(/temperature/)
  expect(() => openEmbedded({ weights: '' })).toThrow(/weights/)
  expect(() => openEmbedded({ createWorker: 3 as never })).toThrow(/createWorker/)
})

test('the model names itself and brings its prompt format', () => {
  expect(model.id).toBe('embedded/world-2')
  expect(model.prompts).toBe(embeddedPrompts)
})

test('the page counts tokens as the tokenizer does', () => {
  const tokenizer = new PreTrainedTokenizer(tokenizerFile, tokenizerConfig)
  const texts = [
    ...references.map(({ prompt }) => prompt),
    'a;b',
    'x1y2 3z',
    'für 走 🎹 👩‍👩‍👧',
    "it's £5",
    'goal:plan:',
    'toolong'.repeat(20),
    '',
    ' \n\t\u00a0',
  ]
  for (const text of texts) expect({ text, count: countTokens(text) + 1 }).toEqual({ text, count: tokenizer.encode(text).length })
})
