import { describe, expect, test } from 'vitest'
import { createAdaptiveIndex, type AdaptiveIndex } from '../../../src/memory/index/adaptive-index.ts'
import { loadHnswLibrary } from '../../../src/memory/index/hnsw-index.ts'
import { vectorIndexContract } from '../../contracts/vector-index.ts'
import { randomUnitVector, seededRandom } from '../../support/random.ts'
import { overColumn, type OverColumn } from './over-columns.ts'

const DIMENSIONS = 64
const random = seededRandom(5)
const vectors = Array.from({ length: 1_200 }, () => randomUnitVector(random, DIMENSIONS))
const create = (options: { threshold?: number; dimensions?: number; kinds?: string[] }): OverColumn<AdaptiveIndex> =>
  overColumn(options.dimensions ?? DIMENSIONS, (columns) =>
    createAdaptiveIndex({
      columns,
      mode: options.threshold === undefined ? 'hnsw' : 'auto',
      loadLibrary: loadHnswLibrary,
      threshold: options.threshold,
      onChange: ({ kind }) => options.kinds?.push(kind),
    }),
  )
const fill = (made: OverColumn<AdaptiveIndex>, from: number, to: number): void => {
  for (let label = from; label < to; label++) made.add(label, vectors[label] as Float32Array)
}
const found = (made: OverColumn<AdaptiveIndex>, label: number): boolean =>
  made.search(vectors[label] as Float32Array, 1)[0]?.label === label

vectorIndexContract('an index that becomes a graph while it is used', {
  create: async (dimensions) => create({ dimensions }),
  recall: 0.99,
})
vectorIndexContract('an index that has become a graph', {
  create: async (dimensions) => create({ dimensions }),
  settle: (made) => (made as OverColumn<AdaptiveIndex>).index.settled(),
  recall: 0.99,
})

describe('an index that becomes a graph', () => {
  test('answers exactly while the graph is being built, then from the graph, and knows every change made meanwhile', async () => {
    const kinds: string[] = []
    const made = create({ threshold: 800, kinds })
    fill(made, 0, 1_000)
    expect(made.index.state()).toEqual({ kind: 'exact', reason: 'the graph is being built' })
    let turns = 0
    const removed: number[] = []
    while (made.index.state().kind === 'exact') {
      const [label, next] = [turns, 1_000 + turns]
      if (next < 1_200) fill(made, next, next + 1)
      made.remove(label)
      removed.push(label)
      expect(found(made, label)).toBe(false)
      expect(found(made, 700)).toBe(true)
      turns++
      await new Promise((resolve) => setTimeout(resolve))
    }
    expect(turns).toBeGreaterThan(3)
    expect(made.index.state()).toEqual({ kind: 'hnsw', reason: '800 different keys or more' })
    const added = Array.from({ length: Math.min(turns, 200) }, (_, i) => 1_000 + i)
    for (const settle of [async () => {}, made.index.settled]) {
      await settle()
      expect(removed.filter((label) => found(made, label))).toEqual([])
      expect(added.filter((label) => !found(made, label))).toEqual([])
    }
    expect(made.size).toBe(1_000 + added.length - removed.length)
    expect(kinds).toEqual(['hnsw'])
  })

  test('finds what was added since at once, and is exact again when little is left', async () => {
    const kinds: string[] = []
    const made = create({ threshold: 400, kinds })
    fill(made, 0, 600)
    await made.index.settled()
    fill(made, 600, 650)
    expect(Array.from({ length: 650 }, (_, label) => label).filter((label) => !found(made, label))).toEqual([])
    await made.index.settled()
    for (let label = 0; label < 460; label++) made.remove(label)
    expect(made.index.state()).toEqual({ kind: 'exact', reason: 'fewer than 400 different keys' })
    expect(found(made, 460) && !found(made, 459)).toBe(true)
    expect(kinds).toEqual(['hnsw', 'exact'])
    fill(made, 650, 1_000)
    await made.index.settled()
    expect(made.index.state().kind).toBe('hnsw')
  })

  test('can be given up while it is being built', async () => {
    const made = create({ threshold: 100 })
    fill(made, 0, 800)
    made.index.dispose()
    await made.index.settled()
    expect(made.index.state().kind).toBe('exact')
  })
})

test('on a page whose policy forbids functions made from text it stays exact, and says why', async () => {
  const frame = document.createElement('iframe')
  frame.srcdoc = `<meta http-equiv="content-security-policy" content="script-src 'self' 'wasm-unsafe-eval' 'unsafe-inline'">
    <script type="module">
      import { createTrajectoryIndex } from '/src/memory/index/trajectory-index.ts'
      import { loadHnswLibrary } from '/src/memory/index/hnsw-index.ts'
      import { packVectors } from '/src/util/packed-vectors.ts'
      const index = createTrajectoryIndex({ dimensions: 2, mode: 'hnsw', loadLibrary: loadHnswLibrary })
      const vectors = packVectors([Float32Array.of(1, 0), Float32Array.of(1, 0)])
      index.add({ id: 'a', active: true, goalKey: 'g', planKey: 'p', createdAt: '2026-01-01T00:00:00Z', vectors })
      await index.settled()
      parent.postMessage({ state: index.state(), found: index.candidates({ goal: Float32Array.of(1, 0) }, { n: 1 }).length }, '*')
    </script>`
  const answer = new Promise((resolve) =>
    addEventListener('message', ({ data, source }) => source === frame.contentWindow && resolve(data)),
  )
  document.body.append(frame)
  expect(await answer).toEqual({
    state: { kind: 'exact', reason: expect.stringMatching(/hnswlib cannot run here.*unsafe-eval/) },
    found: 1,
  })
  frame.remove()
})
