import fc from 'fast-check'
import { expect, test } from 'vitest'
import { wilson } from '../../src/util/statistics.ts'

test.each([
  [10, 20, 0.5, 0.2993, 0.7007],
  [0, 10, 0, 0, 0.2775],
  [200, 200, 1, 0.9812, 1],
  [37, 200, 0.185, 0.1373, 0.2446],
])("Wilson's interval of %d of %d is that of published tables", (successes, n, value, low, high) => {
  const interval = wilson(successes, n)
  expect(interval.value).toBe(value)
  expect(interval.low).toBeCloseTo(low, 3)
  expect(interval.high).toBeCloseTo(high, 3)
})

test('without trials nothing is known', () => {
  expect(wilson(0, 0)).toEqual({ value: NaN, low: 0, high: 1 })
})

test('the interval holds the share, stays within 0 and 1, and is mirrored by failures', () => {
  fc.assert(
    fc.property(fc.nat(500), fc.nat(500), (successes, failures) => {
      fc.pre(successes + failures > 0)
      const { value, low, high } = wilson(successes, successes + failures)
      expect(low).toBeGreaterThanOrEqual(0)
      expect(high).toBeLessThanOrEqual(1)
      expect(low).toBeLessThanOrEqual(value)
      expect(high).toBeGreaterThanOrEqual(value)
      expect(1 - wilson(failures, successes + failures).high).toBeCloseTo(low, 12)
    }),
  )
})
