import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createExactIndex } from '../../../src/memory/index/exact-index.ts'
import { dot } from '../../../src/util/vectors.ts'
import { vectorIndexContract } from '../../contracts/vector-index.ts'

vectorIndexContract('the exact index', { create: async (dimensions) => createExactIndex(dimensions), recall: 1 })

test('after any additions and removals it finds what a plain sort finds', () => {
  const vector = fc
    .array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 })
    .map((values) => Float32Array.from(values))
  const change = fc.record({ vector, remove: fc.boolean(), which: fc.nat(50) })
  fc.assert(
    fc.property(fc.array(change, { maxLength: 80 }), vector, fc.nat(20), (changes, query, n) => {
      const index = createExactIndex(3)
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
      expect(found.map(({ similarity }) => similarity)).toEqual(truth.slice(0, n))
      for (const { label, similarity } of found) expect(dot(query, model.get(label) as Float32Array)).toBe(similarity)
    }),
  )
})
