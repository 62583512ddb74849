import { describe, expect, test } from 'vitest'
import { createAdaptiveIndex, type AdaptiveIndex } from '../../../src/memory/index/adaptive-index.ts'
import { loadHnswLibrary } from '../../../src/memory/index/hnsw-index.ts'
import { randomUnitVector, seededRandom } from '../../support/random.ts'
import { vectorIndexContract } from '../../contracts/vector-index.ts'

const DIMENSIONS = 64
const random = seededRandom(5)
const vectors = Array.from({ length: 1_200 }, () => randomUnitVector(random, DIMENSIONS))
const create = (threshold: number): AdaptiveIndex =>
  createAdaptiveIndex({ dimensions: DIMENSIONS, mode: 'auto', loadLibrary: loadHnswLibrary, threshold })
const found = (index: AdaptiveIndex, label: number): boolean => index.search(vectors[label] as Float32Array, 1)[0]?.label === label

vectorIndexContract('an index that becomes a graph while it is used', {
  create: async (dimensions) => createAdaptiveIndex({ dimensions, mode: 'hnsw', loadLibrary: loadHnswLibrary }),
  recall: 0.99,
})

describe('an index that becomes a graph', () => {
  test('answers exactly while the graph is being built, then from the graph, and knows every change made meanwhile', async () => {
    const index = create(800)
    for (let label = 0; label < 1_000; label++) index.add(label, vectors[label] as Float32Array)
    expect(index.state()).toEqual({ kind: 'exact', reason: 'the graph is being built' })
    let turns = 0
    const removed: number[] = []
    while (index.state().kind === 'exact') {
      const [label, next] = [turns, 1_000 + turns]
      if (next < 1_200) index.add(next, vectors[next] as Float32Array)
      index.remove(label)
      removed.push(label)
      expect(found(index, label)).toBe(false)
      expect(found(index, 700)).toBe(true)
      turns++
      await new Promise((resolve) => setTimeout(resolve))
    }
    expect(turns).toBeGreaterThan(3)
    expect(index.state()).toEqual({ kind: 'hnsw', reason: '800 vectors or more' })
    expect(removed.filter((label) => found(index, label))).toEqual([])
    const added = Array.from({ length: Math.min(turns, 200) }, (_, i) => 1_000 + i)
    expect(added.filter((label) => !found(index, label))).toEqual([])
    expect(index.size).toBe(1_000 + added.length - removed.length)
  })

  test('can be given up while it is being built', async () => {
    const index = create(100)
    for (let label = 0; label < 800; label++) index.add(label, vectors[label] as Float32Array)
    index.dispose()
    await index.settled()
    expect(index.state().kind).toBe('exact')
  })
})

test('on a page whose policy forbids functions made from text it stays exact, and says why', async () => {
  const frame = document.createElement('iframe')
  frame.srcdoc = `<meta http-equiv="content-security-policy" content="script-src 'self' 'wasm-unsafe-eval' 'unsafe-inline'">
    <script type="module">
      import { createAdaptiveIndex } from '/src/memory/index/adaptive-index.ts'
      import { loadHnswLibrary } from '/src/memory/index/hnsw-index.ts'
      const index = createAdaptiveIndex({ dimensions: 2, mode: 'hnsw', loadLibrary: loadHnswLibrary })
      index.add(1, Float32Array.of(1, 0))
      await index.settled()
      parent.postMessage({ state: index.state(), found: index.search(Float32Array.of(1, 0), 1) }, '*')
    </script>`
  const answer = new Promise((resolve) =>
    addEventListener('message', ({ data, source }) => source === frame.contentWindow && resolve(data)),
  )
  document.body.append(frame)
  expect(await answer).toEqual({
    state: { kind: 'exact', reason: expect.stringMatching(/hnswlib cannot run here.*unsafe-eval/) },
    found: [{ label: 1, similarity: 1 }],
  })
  frame.remove()
})
