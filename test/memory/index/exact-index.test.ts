import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createExactIndex } from '../../../src/memory/index/exact-index.ts'
import { createVectorColumn } from '../../../src/memory/index/vector-column.ts'
import { packVectors, unpackVector } from '../../../src/util/packed-vectors.ts'
import { dot } from '../../../src/util/vectors.ts'
import { vectorIndexContract } from '../../contracts/vector-index.ts'
import { overColumn } from './over-columns.ts'

vectorIndexContract('the exact index', { create: async (dimensions) => overColumn(dimensions, createExactIndex), recall: 1 })

const vector = fc
  .array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 5, maxLength: 5 })
  .map((values) => unpackVector(packVectors([Float32Array.from(values)]), 0))

test('after any additions and removals it finds what a plain sort finds', () => {
  const change = fc.record({ vector, remove: fc.boolean(), which: fc.nat(50) })
  fc.assert(
    fc.property(fc.array(change, { maxLength: 80 }), vector, fc.nat(20), (changes, query, n) => {
      const index = overColumn(5, createExactIndex)
      const model = new Map<number, Float32Array>()
      changes.forEach((one, label) => {
        if (one.remove) {
          index.remove(one.which)
          model.delete(one.which)
        } else {
          index.add(label, one.vector)
          model.set(label, one.vector)
        }
      })
      const truth = Array.from(model.values(), (stored) => dot(query, stored)).sort((a, b) => b - a)
      const found = index.search(query, n)
      expect(found).toHaveLength(Math.min(n, model.size))
      found.forEach(({ label, similarity }, i) => {
        expect(similarity).toBeCloseTo(truth[i] as number, 5)
        expect(similarity).toBeCloseTo(dot(query, model.get(label) as Float32Array), 5)
        expect(index.index.similarity([query], label)).toBe(similarity)
      })
    }),
  )
})

test('a vector is held once for all that share its name, and its slot is used again when the last of them is gone', () => {
  const column = createVectorColumn(2)
  const source = packVectors([Float32Array.of(1, 0), Float32Array.of(0, 1)])
  const first = column.acquire('a', source, 0)
  expect(column.acquire('a', source, 1)).toBe(first)
  column.release(first)
  expect(column.dot(Float32Array.of(1, 0), first)).toBeCloseTo(1, 4)
  column.release(first)
  const next = column.acquire('b', source, 1)
  expect(next).toBe(first)
  expect(column.dot(Float32Array.of(1, 0), next)).toBe(0)
  expect(column.end).toBe(1)
})

test('names that are also names of what every object has are names like others', () => {
  const column = createVectorColumn(1)
  const source = packVectors([Float32Array.of(1)])
  const slots = ['__proto__', 'constructor', ''].map((name) => column.acquire(name, source, 0))
  expect(new Set(slots).size).toBe(3)
  expect(column.save().names).toEqual(['__proto__', 'constructor', ''])
})
