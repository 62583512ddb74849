/** What every index must do. Run by a test file for each of them. */
import { describe, expect, test } from 'vitest'
import type { VectorIndex } from '../../src/memory/index/vector-index.ts'
import { dot } from '../../src/util/vectors.ts'
import { randomUnitVector, seededRandom } from '../support/random.ts'

export interface VectorIndexContract {
  create(dimensions: number): Promise<VectorIndex>
  /** Waits for what it does in the background, where it does. */
  settle?(index: VectorIndex): Promise<void>
  /** Share of the true best matches that must be found among 600 vectors. */
  recall: number
}

const DIMENSIONS = 24

export function vectorIndexContract(name: string, { create, recall, settle = async () => {} }: VectorIndexContract): void {
  describe(`${name} keeps the contract of an index:`, () => {
    test('an empty index finds nothing', async () => {
      const index = await create(2)
      expect(index.size).toBe(0)
      expect(index.search(Float32Array.of(1, 0), 3)).toEqual([])
    })

    test('the best matches come first, with their inner products', async () => {
      const index = await create(2)
      index.add(7, Float32Array.of(1, 0))
      index.add(8, Float32Array.of(0, 1))
      index.add(9, Float32Array.of(0.6, 0.8))
      const matches = index.search(Float32Array.of(1, 0), 2)
      expect(matches.map(({ label }) => label)).toEqual([7, 9])
      expect(matches[0]?.similarity).toBeCloseTo(1, 4)
      expect(matches[1]?.similarity).toBeCloseTo(0.6, 4)
    })

    test('vectors that are not of unit length are compared by inner product too', async () => {
      const index = await create(2)
      index.add(1, Float32Array.of(3, 0))
      index.add(2, Float32Array.of(1, 1))
      const matches = index.search(Float32Array.of(2, 0), 2)
      expect(matches.map(({ label }) => label)).toEqual([1, 2])
      expect(matches[0]?.similarity).toBeCloseTo(6, 3)
      expect(matches[1]?.similarity).toBeCloseTo(2, 3)
    })

    test('asking for more than there are gives all, and for none gives none', async () => {
      const index = await create(2)
      index.add(0, Float32Array.of(1, 0))
      index.add(1, Float32Array.of(0, 1))
      expect(index.search(Float32Array.of(0, 1), 50).map(({ label }) => label)).toEqual([1, 0])
      expect(index.search(Float32Array.of(0, 1), 0)).toEqual([])
    })

    test('the vector is copied', async () => {
      const index = await create(2)
      const vector = Float32Array.of(1, 0)
      index.add(0, vector)
      vector.fill(0)
      expect(index.search(Float32Array.of(1, 0), 1)[0]?.similarity).toBeCloseTo(1, 4)
    })

    test('a removed label is never found, and removing an unknown one changes nothing', async () => {
      const index = await create(DIMENSIONS)
      const vectors = randomVectors(50, 1)
      vectors.forEach((vector, label) => index.add(label, vector))
      await settle(index)
      for (let label = 0; label < 50; label += 2) index.remove(label)
      index.remove(0)
      index.remove(1000)
      expect(index.size).toBe(25)
      const found = index.search(vectors[0] as Float32Array, 50)
      expect(found.map(({ label }) => label % 2)).toEqual(Array.from({ length: 25 }, () => 1))
    })

    test('labels that are not allowed are passed by, however many stand before those that are, and nothing of it lasts', async () => {
      const index = await create(DIMENSIONS)
      const vectors = randomVectors(600, 4)
      vectors.forEach((vector, label) => index.add(label, vector))
      await settle(index)
      for (let label = 0; label < 600; label += 9) index.remove(label)
      const query = vectors[1] as Float32Array
      const order = index.search(query, 600).map(({ label }) => label)
      for (const passed of [0, 1, 400]) {
        const behind = new Set(order.slice(passed))
        const found = index.search(query, 10, (label) => behind.has(label)).map(({ label }) => label)
        expect(found.every((label) => behind.has(label) && label % 9 > 0)).toBe(true)
        const truth = order.slice(passed, passed + 10)
        expect(truth.filter((label) => found.includes(label)).length / 10).toBeGreaterThanOrEqual(recall - 0.1)
      }
      expect(index.search(query, 10, () => false)).toEqual([])
      expect(index.search(query, 600).map(({ label }) => label)).toEqual(order)
    })

    test('places of removed vectors are used again under new labels', async () => {
      const index = await create(DIMENSIONS)
      const vectors = randomVectors(600, 2)
      vectors.slice(0, 200).forEach((vector, label) => index.add(label, vector))
      await settle(index)
      for (let label = 0; label < 150; label++) index.remove(label)
      vectors.slice(200).forEach((vector, i) => index.add(200 + i, vector))
      await settle(index)
      expect(index.size).toBe(450)
      expect(recallOf(index, { vectors, gone: (label) => label < 150 })).toBeGreaterThanOrEqual(recall)
    })

    test('the last one can be removed and another added', async () => {
      const index = await create(2)
      index.add(0, Float32Array.of(1, 0))
      index.remove(0)
      expect(index.search(Float32Array.of(1, 0), 1)).toEqual([])
      index.add(1, Float32Array.of(0, 1))
      expect(index.search(Float32Array.of(1, 0), 1).map(({ label }) => label)).toEqual([1])
    })

    test('it grows beyond any first size and keeps finding the best', async () => {
      const index = await create(DIMENSIONS)
      const vectors = randomVectors(2_500, 3)
      for (const [label, vector] of vectors.entries()) {
        index.add(label, vector)
        if (label % 500 === 0) await settle(index)
      }
      await settle(index)
      expect(index.size).toBe(2_500)
      expect(recallOf(index, { vectors, gone: () => false })).toBeGreaterThanOrEqual(recall)
    })
  })
}

function randomVectors(count: number, seed: number): Float32Array[] {
  const random = seededRandom(seed)
  return Array.from({ length: count }, () => randomUnitVector(random, DIMENSIONS))
}

/** Share of the ten best of 20 queries that the index finds, by comparison with a plain sort. */
function recallOf(index: VectorIndex, { vectors, gone }: { vectors: Float32Array[]; gone(label: number): boolean }): number {
  const queries = randomVectors(20, 99)
  const hits = queries.map((query) => {
    const truth = vectors
      .map((vector, label) => ({ label, similarity: dot(query, vector) }))
      .filter(({ label }) => !gone(label))
      .sort((a, b) => b.similarity - a.similarity)
      .slice(0, 10)
    const found = new Set(index.search(query, 10).map(({ label }) => label))
    return truth.filter(({ label }) => found.has(label)).length
  })
  return hits.reduce((sum, hit) => sum + hit, 0) / (10 * queries.length)
}
