import { expect, test } from 'vitest'
import { createAdaptiveIndex } from '../../../src/memory/index/adaptive-index.ts'

const refuse = async (): Promise<never> => {
  throw new EvalError("'unsafe-eval' is not allowed")
}
const fill = (index: { add(label: number, vector: Float32Array): void }, from: number, to: number): void => {
  for (let label = from; label < to; label++) index.add(label, Float32Array.of(Math.cos(label), Math.sin(label)))
}

test.each(['hnsw', 'auto'] as const)('with %s it stays exact where hnswlib cannot be loaded, and says why', async (mode) => {
  const index = createAdaptiveIndex({ dimensions: 2, mode, loadLibrary: refuse, threshold: 10 })
  fill(index, 0, 20)
  index.remove(3)
  await index.settled()
  fill(index, 20, 30)
  expect(index.state()).toEqual({ kind: 'exact', reason: "hnswlib cannot run here: 'unsafe-eval' is not allowed" })
  expect(index.size).toBe(29)
  expect(index.search(Float32Array.of(1, 0), 29)).toHaveLength(29)
})

test('exact never loads hnswlib, and auto not below its threshold', async () => {
  let loads = 0
  const loadLibrary = (): Promise<never> => {
    loads++
    return refuse()
  }
  const exact = createAdaptiveIndex({ dimensions: 2, mode: 'exact', loadLibrary, threshold: 5 })
  const auto = createAdaptiveIndex({ dimensions: 2, mode: 'auto', loadLibrary, threshold: 50 })
  fill(exact, 0, 40)
  fill(auto, 0, 40)
  expect(loads).toBe(0)
  expect([exact.state(), auto.state()]).toEqual([
    { kind: 'exact', reason: 'asked for' },
    { kind: 'exact', reason: 'fewer than 50 vectors' },
  ])
})
