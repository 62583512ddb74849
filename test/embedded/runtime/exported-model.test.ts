/** The file that the exporter writes, read and run here, against what numpy computes from it. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openTransformer } from '../../../src/embedded/runtime/transformer.ts'
import config from './exported/config.json'
import references from './exported/references.json'

const file = new Uint8Array(readFileSync(new URL('exported/model_quantized.onnx', import.meta.url)))

test.each(['js', 'wasm'] as const)('with %s kernels an exported model answers as its reference says', (kernels) => {
  const transformer = openTransformer(file, { kernels })
  expect(references.length).toBeGreaterThan(8)
  for (const { ids, output, logits } of references) {
    const first = transformer.next(ids)
    for (const [i, logit] of logits.entries()) expect(Math.abs((first[i] ?? Number.NaN) - logit)).toBeLessThan(1e-3)
    const answer: number[] = []
    while (answer.length < output.length) {
      const next = transformer.next([...ids, ...answer])
      answer.push(next.indexOf(Math.max(...next)))
    }
    expect(answer).toEqual(output)
  }
  expect(transformer.vocabularySize).toBe(config.vocab_size)
})
