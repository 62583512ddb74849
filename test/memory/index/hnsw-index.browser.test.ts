import { expect, test } from 'vitest'
import { createHnswIndex, loadHnswIndex, loadHnswLibrary, type HnswIndex } from '../../../src/memory/index/hnsw-index.ts'
import { vectorIndexContract } from '../../contracts/vector-index.ts'
import { randomUnitVector, seededRandom } from '../../support/random.ts'

const DIMENSIONS = 16
const random = seededRandom(11)
const vectors = Array.from({ length: 900 }, () => randomUnitVector(random, DIMENSIONS))
const vector = (label: number): Float32Array => vectors[label] as Float32Array
const found = (index: HnswIndex, label: number): boolean => index.search(vector(label), 1)[0]?.label === label

vectorIndexContract('the graph', {
  create: async (dimensions) => createHnswIndex(await loadHnswLibrary(), { dimensions, capacity: 256 }),
  recall: 0.99,
})

test('a graph that was saved answers the same in another instance, and takes additions, removals and replacements there', async () => {
  const index = createHnswIndex(await loadHnswLibrary(), { dimensions: DIMENSIONS, capacity: 400 })
  for (let label = 0; label < 400; label++) index.add(label, vector(label))
  for (let label = 0; label < 100; label++) index.remove(label)
  const bytes = index.save() as Uint8Array
  const saved = { bytes, labels: index.labels(), removed: 100 }
  const again = loadHnswIndex(await loadHnswLibrary(), saved, { dimensions: DIMENSIONS, capacity: 500 })
  for (let i = 0; i < 20; i++) expect(again.search(vector(i), 10)).toEqual(index.search(vector(i), 10))
  for (let label = 400; label < 900; label++) again.add(label, vector(label))
  for (let label = 100; label < 200; label++) again.remove(label)
  expect(again.size).toBe(700)
  const labels = Array.from(vectors.keys())
  expect(labels.filter((label) => found(again, label) !== label >= 200)).toEqual([])
  expect(labels.filter((label) => found(index, label)).length).toBe(300)
})

test('a full graph gives the places of removed vectors to new ones, and stays as large as it is', async () => {
  const index = createHnswIndex(await loadHnswLibrary(), { dimensions: DIMENSIONS, capacity: 100 })
  for (let label = 0; label < 100; label++) index.add(label, vector(label))
  expect(index.full).toBe(true)
  for (let label = 0; label < 40; label++) index.remove(label)
  for (let label = 100; label < 140; label++) index.add(label, vector(label))
  expect([index.full, index.size]).toEqual([true, 100])
  expect(Array.from({ length: 140 }, (_, label) => label).filter((label) => !found(index, label)).length).toBe(40)
  index.add(140, vector(140))
  expect([index.full, index.size, found(index, 140)]).toEqual([false, 101, true])
})

test('saving and reading touch no database', async () => {
  const before = await indexedDB.databases()
  const library = await loadHnswLibrary()
  const index = createHnswIndex(library, { dimensions: DIMENSIONS, capacity: 10 })
  index.add(0, vector(0))
  const bytes = index.save() as Uint8Array
  loadHnswIndex(library, { bytes, labels: [0], removed: 0 }, { dimensions: DIMENSIONS, capacity: 10 })
  expect(await indexedDB.databases()).toEqual(before)
})
