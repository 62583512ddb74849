import { expect, test } from 'vitest'
import { blocks, bootstrap, mean, movingMean, quantile, wilson } from '../../bench/learning/statistics.ts'
import { createRandom } from '../../src/embedded/random.ts'

const meanOf = (groups: readonly (readonly number[])[]): number => mean(groups.flat())

test("Wilson's interval is that of the tables: 10 of 20, 0 of 10, 200 of 200", () => {
  expect(wilson(10, 20)).toMatchObject({ value: 0.5, low: expect.closeTo(0.2993, 4) as number, high: expect.closeTo(0.7007, 4) as number })
  expect(wilson(0, 10)).toMatchObject({ value: 0, low: 0, high: expect.closeTo(0.2775, 4) as number })
  expect(wilson(200, 200)).toMatchObject({ value: 1, low: expect.closeTo(0.9812, 4) as number, high: 1 })
})

test('the bootstrap resamples groups, not what lies in them', () => {
  const alike = Array.from({ length: 8 }, () => [0, 1, 0, 1])
  expect(bootstrap(alike, meanOf)).toEqual({ value: 0.5, low: 0.5, high: 0.5 })
  const apart = Array.from({ length: 8 }, (_, i) => [i % 2, i % 2, i % 2, i % 2])
  const { value, low, high } = bootstrap(apart, meanOf)
  expect(value).toBe(0.5)
  expect(high - low).toBeGreaterThan(0.4)
})

test('the bootstrap covers the true mean of normal values about 95 times of 100', () => {
  const random = createRandom(3)
  let covered = 0
  for (let i = 0; i < 200; i++) {
    const groups = Array.from({ length: 30 }, () => [random.next() + random.next() + random.next()])
    const { low, high } = bootstrap(groups, meanOf, { seed: i, draws: 300 })
    if (low <= 1.5 && 1.5 <= high) covered++
  }
  expect(covered).toBeGreaterThan(178)
  expect(covered).toBeLessThan(200)
})

test('the same seed gives the same interval', () => {
  const groups = [[1], [2], [5], [9]]
  expect(bootstrap(groups, meanOf, { seed: 4 })).toEqual(bootstrap(groups, meanOf, { seed: 4 }))
})

test('moving means, blocks and quantiles', () => {
  expect(movingMean([0, 0, 1, 1, 1], 2)).toEqual([0, 0.5, 1, 1])
  expect(movingMean([1], 2)).toEqual([])
  expect(blocks([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]])
  expect([quantile([5, 1, 3], 0.5), quantile([5, 1, 3], 0.95), quantile([], 0.5)]).toEqual([3, 5, NaN])
  expect(mean([1, 2])).toBe(1.5)
})
