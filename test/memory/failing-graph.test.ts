/** What is stored is stored, though the index in memory cannot take it. */
import { expect, test } from 'vitest'
import type { HnswLibrary } from '../../src/memory/index/hnsw-index.ts'
import { createMemoryEngine } from '../../src/memory/memory-engine.ts'
import { openMemoryStore } from '../../src/memory/store/memory-store.ts'
import { seededEmbedder } from '../support/seeded-embedder.ts'
import { trajectory } from '../support/trajectories.ts'

/** A graph that has room for five points, as one whose heap cannot grow. */
class FullGraph {
  points = 0
  initIndex(): void {}
  resizeIndex(): void {}
  addPoint(): void {
    if (++this.points > 5) throw new Error('out of memory')
  }
  markDelete(): void {}
  setEfSearch(): void {}
  searchKnn(): { distances: number[]; neighbors: number[] } {
    return { distances: [], neighbors: [] }
  }
  delete(): void {}
}

test('an add that the graph cannot take resolves, is stored and found: the search is exact from there on', async () => {
  const library = { HierarchicalNSW: FullGraph } as unknown as HnswLibrary
  const memory = await createMemoryEngine({
    store: openMemoryStore(),
    embedder: seededEmbedder(),
    index: 'hnsw',
    loadLibrary: async () => library,
  })
  for (let i = 0; i < 4; i++) await memory.add(trajectory({ id: `t${i}`, goal: `goal ${i}` }))
  await memory.settled()
  for (let i = 4; i < 8; i++) await memory.add(trajectory({ id: `t${i}`, goal: `goal ${i}` }))
  await memory.settled()
  expect(await memory.count()).toBe(8)
  expect(await memory.stats()).toMatchObject({
    retrievable: 8,
    corrupt: [],
    index: { kind: 'exact', reason: expect.stringContaining('out of memory') },
  })
  expect(await memory.retrieve({ goal: 'goal 7' }, { k: 8 })).toHaveLength(8)
})
