/** The runtime against the naive definition, with both kernels, and what it keeps between calls. */
import { describe, expect, test } from 'vitest'
import type { TransformerConfig } from '../../../src/embedded/runtime/onnx-weights.ts'
import { openTransformer, type Transformer } from '../../../src/embedded/runtime/transformer.ts'
import { referenceLogits } from './reference.ts'
import { CONFIG, dequantise, quantise, randomWeights, weightsFile } from './weights-file.ts'

const tokensOf = (count: number, { vocabulary }: TransformerConfig = CONFIG, seed = 1): number[] =>
  Array.from({ length: count }, (_, i) => ((i + 3) * (i + 11 * seed)) % vocabulary)

/** Sizes beside the default ones: one panel per head, no taps, all or nothing rotated, one layer, a vocabulary of whole panels. */
const SHAPES: Record<string, TransformerConfig> = {
  'two heads of 16': CONFIG,
  'three heads of 8, one layer': { ...CONFIG, width: 24, heads: 3, layers: 1, hidden: 8, rotary: 8, vocabulary: 8 },
  'one head of 40, no taps': { ...CONFIG, width: 40, heads: 1, taps: 0, rotary: 2, vocabulary: 5 },
  'a head of 64, three layers, five taps': { ...CONFIG, width: 64, heads: 1, layers: 3, taps: 5, rotary: 0, hidden: 72, vocabulary: 100 },
}

describe.each(['js', 'wasm'] as const)('with %s kernels', (kernels) => {
  const open = (config = CONFIG, weights = randomWeights(config)): Transformer => openTransformer(weightsFile(config, weights), { kernels })

  test.each(Object.entries(SHAPES))('%s: logits are those of the definition, whatever the length', (_, config) => {
    const weights = randomWeights(config)
    const expected = referenceLogits(config, weights, tokensOf(config.context, config))
    for (const length of [1, 2, 3, 4, 5, 8, 9, 63, 64, 65, 130, config.context]) {
      const tokens = tokensOf(length, config)
      expectClose(open(config, weights).next(tokens), expected[length - 1])
    }
  })

  test('int8 weights count as what they stand for', () => {
    const weights = quantise(randomWeights(CONFIG))
    expectClose(open(CONFIG, weights).next(tokensOf(20)), referenceLogits(CONFIG, dequantise(weights), tokensOf(20)).at(-1))
  })

  test('logits do not depend on what was asked before', () => {
    const transformer = open()
    const prompt = tokensOf(100)
    const asked = [
      prompt,
      [...prompt, 1, 2, 3],
      prompt.slice(0, 50),
      [...prompt.slice(0, 70), ...tokensOf(60, CONFIG, 2)],
      [5],
      prompt,
      prompt,
    ]
    for (const tokens of asked) expect(transformer.next(tokens)).toEqual(open().next(tokens))
  })

  test('a token at a time gives the same logits as all at once', () => {
    const transformer = open()
    const tokens = tokensOf(CONFIG.context)
    for (let length = 1; length < tokens.length; length++) transformer.next(tokens.slice(0, length))
    expect(transformer.next(tokens)).toEqual(open().next(tokens))
  })

  test('logits stay as they were when more is asked', () => {
    const transformer = open()
    const first = transformer.next([1, 2, 3])
    const copy = first.slice()
    transformer.next([4])
    expect(first).toEqual(copy)
  })

  test('a call that was aborted between two blocks leaves a cache that later calls can use', async () => {
    const transformer = open()
    const controller = new AbortController()
    const tokens = tokensOf(140)
    const aborted = transformer.nextInTurns(tokens, controller.signal)
    const other = transformer.nextInTurns([7, 8, 9])
    await Promise.resolve() // the first block is computed, the second one waits for its turn
    controller.abort()
    await expect(aborted).rejects.toMatchObject({ code: 'aborted' })
    expect(await other).toEqual(open().next([7, 8, 9]))
    expect(await transformer.nextInTurns(tokens)).toEqual(open().next(tokens))
  })

  test('calls that overlap wait for each other', async () => {
    const transformer = open()
    const prompts = [tokensOf(140), tokensOf(140, CONFIG, 2), tokensOf(90, CONFIG, 3)]
    const answers = await Promise.all(prompts.map((tokens) => transformer.nextInTurns(tokens)))
    expect(answers).toEqual(prompts.map((tokens) => open().next(tokens)))
  })

  test('it says its sizes, and refuses too many tokens, none, and unknown ones', async () => {
    const transformer = open()
    expect(transformer).toMatchObject({ contextLength: 150, vocabularySize: 37, kernels, config: CONFIG })
    expect(() => transformer.next(tokensOf(151))).toThrow('151 tokens; it reads 150')
    expect(() => transformer.next([])).toThrow(expect.objectContaining({ code: 'model-failed' }))
    for (const token of [37, -1, 1.5, Number.NaN])
      expect(() => transformer.next([1, token])).toThrow(expect.objectContaining({ code: 'invalid-options' }))
    await expect(transformer.nextInTurns(tokensOf(151))).rejects.toMatchObject({ code: 'model-failed' })
    expect(transformer.next([1])).toHaveLength(37)
  })
})

test('both kernels agree on a model of the shipped size', () => {
  const config = { ...CONFIG, vocabulary: 700, width: 128, layers: 4, heads: 4, hidden: 512, rotary: 16, context: 300 }
  const file = weightsFile(config, quantise(randomWeights(config)))
  const [js, wasm] = (['js', 'wasm'] as const).map((kernels) => openTransformer(file, { kernels }).next(tokensOf(290, config)))
  expectClose(wasm, Array.from(js ?? []))
})

function expectClose(actual: Float32Array = new Float32Array(), expected: number[] = []): void {
  expect(expected.length).toBeGreaterThan(0)
  expect(actual).toHaveLength(expected.length)
  const scale = Math.max(1, ...expected.map(Math.abs))
  const distance = expected.reduce((most, value, i) => Math.max(most, Math.abs((actual[i] ?? Number.NaN) - value)), 0)
  expect(distance / scale).toBeLessThan(1e-4)
}
