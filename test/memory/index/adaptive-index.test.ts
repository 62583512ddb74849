import { expect, test } from 'vitest'
import { createAdaptiveIndex, type AdaptiveIndex, type AdaptiveIndexOptions } from '../../../src/memory/index/adaptive-index.ts'
import type { HnswLibrary } from '../../../src/memory/index/hnsw-library.ts'
import { overColumn, type OverColumn } from './over-columns.ts'

const refuse = async (): Promise<never> => {
  throw new EvalError("'unsafe-eval' is not allowed")
}
const create = (options: Omit<AdaptiveIndexOptions, 'columns'>): OverColumn<AdaptiveIndex> =>
  overColumn(2, (columns) => createAdaptiveIndex({ ...options, columns }))
const fill = (index: { add(label: number, vector: Float32Array): void }, from: number, to: number): void => {
  for (let label = from; label < to; label++) index.add(label, Float32Array.of(Math.cos(label), Math.sin(label)))
}

test.each(['hnsw', 'auto'] as const)('with %s it stays exact where hnswlib cannot be loaded, and says why', async (mode) => {
  const made = create({ mode, loadLibrary: refuse, threshold: 10 })
  fill(made, 0, 20)
  made.remove(3)
  await made.index.settled()
  fill(made, 20, 30)
  expect(made.index.state()).toEqual({ kind: 'exact', reason: "hnswlib cannot run here: 'unsafe-eval' is not allowed" })
  expect(made.size).toBe(29)
  expect(made.search(Float32Array.of(1, 0), 29)).toHaveLength(29)
})

test('exact never loads hnswlib, and auto neither below its threshold nor while it is held', async () => {
  let loads = 0
  const loadLibrary = (): Promise<never> => {
    loads++
    return refuse()
  }
  const exact = create({ mode: 'exact', loadLibrary, threshold: 5 })
  const auto = create({ mode: 'auto', loadLibrary, threshold: 50 })
  const held = create({ mode: 'auto', loadLibrary, threshold: 5 })
  held.index.hold()
  for (const index of [exact, auto, held]) fill(index, 0, 40)
  expect(loads).toBe(0)
  expect([exact.index.state(), auto.index.state()]).toEqual([
    { kind: 'exact', reason: 'asked for' },
    { kind: 'exact', reason: 'fewer than 50 different keys' },
  ])
  held.index.release()
  await held.index.settled()
  expect(loads).toBe(1)
})

test('a graph that fails in a search is given up, and the search is answered by comparison', async () => {
  class BrokenGraph {
    initIndex(): void {}
    addPoint(): void {}
    setEfSearch(): void {}
    searchKnn(): void {
      throw new WebAssembly.RuntimeError('unreachable')
    }
    delete(): void {}
  }
  const library = { HierarchicalNSW: BrokenGraph } as unknown as HnswLibrary
  const made = create({ mode: 'hnsw', loadLibrary: async () => library })
  fill(made, 0, 5)
  await made.index.settled()
  expect(made.index.state().kind).toBe('hnsw')
  expect(made.search(Float32Array.of(1, 0), 20)).toHaveLength(5)
  expect(made.index.state()).toEqual({ kind: 'exact', reason: 'hnswlib cannot run here: unreachable' })
})

test('a graph whose memory is full is given up, and all is found by comparison', async () => {
  class FullGraph {
    points = 0
    initIndex(): void {}
    addPoint(): void {
      if (++this.points > 5) throw new Error('out of memory')
    }
    markDelete(): void {}
    delete(): void {}
  }
  const library = { HierarchicalNSW: FullGraph } as unknown as HnswLibrary
  const kinds: string[] = []
  const made = create({ mode: 'hnsw', loadLibrary: async () => library, onChange: ({ kind }) => kinds.push(kind) })
  fill(made, 0, 5)
  await made.index.settled()
  fill(made, 5, 9)
  await made.index.settled()
  expect(made.index.state()).toEqual({ kind: 'exact', reason: 'hnswlib cannot run here: out of memory' })
  expect(kinds).toEqual(['hnsw', 'exact'])
  expect(made.search(Float32Array.of(1, 0), 20)).toHaveLength(9)
})
