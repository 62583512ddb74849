import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openTransformer } from '../../src/embedded/runtime/transformer.ts'
import { embeddedTokenizer } from '../../src/embedded/vocabulary.ts'
import { CONDITIONS } from '../../training/evaluation/conditions.ts'
import { evaluate, type Row } from '../../training/evaluation/evaluate.ts'

const EPISODES = 40

const transformer = openTransformer(new Uint8Array(readFileSync('src/embedded/model/onnx/model_quantized.onnx')))
const rowOf = (name: string): Row => {
  const condition = CONDITIONS.find((candidate) => candidate.name === name)
  if (!condition) throw new Error(`no condition ${name}`)
  return evaluate(condition, { transformer, tokenizer: embeddedTokenizer() }, EPISODES)
}

test('the shipped weights gain from examples, and shuffling what the examples say takes the gain away', () => {
  const [without, shown, shuffled] = [rowOf('no examples'), rowOf('k = 3'), rowOf('shuffled examples, k = 3')]
  const share = ({ success }: Row): number => success[0]
  expect(share(shown) - share(without)).toBeGreaterThan(0.4)
  expect(share(shown) - share(shuffled)).toBeGreaterThan(0.4)
  expect(shuffled.success[1]).toBeLessThanOrEqual(share(without) + 0.1) // no more than without any, within its interval
}, 120_000)
