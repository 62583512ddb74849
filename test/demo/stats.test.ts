import fc from 'fast-check'
import { expect, test } from 'vitest'
import { movingMean, movingShare, share, signTest, wilson } from '../../demo/stats.ts'

test('the Wilson interval equals published values', () => {
  // 37 of 200 and 199 of 200, as printed in the embedded model's measurements.
  const few = wilson(37, 200)
  expect([few.rate, few.low, few.high].map((value) => Math.round(value * 1000) / 10)).toEqual([18.5, 13.7, 24.5])
  const most = wilson(199, 200)
  expect([most.low, most.high].map((value) => Math.round(value * 1000) / 10)).toEqual([97.2, 99.9])
})

test('without trials the interval is everything', () => {
  expect(wilson(0, 0)).toEqual({ rate: 0, low: 0, high: 1, successes: 0, count: 0 })
})

test('an interval holds its rate, stays within 0 and 1, and is mirrored when successes and failures change places', () => {
  fc.assert(
    fc.property(fc.nat(300), fc.nat(300), (successes, failures) => {
      const count = successes + failures
      fc.pre(count > 0)
      const { rate, low, high } = wilson(successes, count)
      const mirrored = wilson(failures, count)
      expect(low).toBeGreaterThanOrEqual(0)
      expect(high).toBeLessThanOrEqual(1)
      expect(rate).toBeGreaterThanOrEqual(low)
      expect(rate).toBeLessThanOrEqual(high)
      expect(mirrored.low).toBeCloseTo(1 - high, 10)
      expect(mirrored.high).toBeCloseTo(1 - low, 10)
    }),
  )
})

test('more trials of the same rate narrow the interval', () => {
  const width = (count: number): number => wilson(count / 2, count).high - wilson(count / 2, count).low
  expect(width(10)).toBeGreaterThan(width(20))
  expect(width(20)).toBeGreaterThan(width(200))
})

test('a moving share counts each outcome and those before it within the window', () => {
  const shares = movingShare([true, false, true, true, true], 3)
  expect(shares.map(({ successes, count }) => [successes, count])).toEqual([
    [1, 1],
    [1, 2],
    [2, 3],
    [2, 3],
    [3, 3],
  ])
})

test('a moving share agrees with counting each window anew', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 80 }), fc.integer({ min: 1, max: 15 }), (outcomes, window) => {
      const counted = outcomes.map((_, index) => share(outcomes.slice(Math.max(0, index + 1 - window), index + 1)))
      expect(movingShare(outcomes, window)).toEqual(counted)
    }),
  )
})

test('a moving mean of zeros and ones is the rate of the moving share', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 50 }), (outcomes) => {
      const means = movingMean(outcomes.map(Number), 10)
      movingShare(outcomes, 10).forEach(({ rate }, index) => expect(means[index]).toBeCloseTo(rate, 10))
    }),
  )
})

test('the sign test equals sums of the binomial distribution worked out by hand', () => {
  expect(signTest(5, 0)).toBeCloseTo(2 / 32, 12)
  expect(signTest(9, 1)).toBeCloseTo((2 * (1 + 10)) / 1024, 12)
  expect(signTest(2, 8)).toBeCloseTo((2 * (1 + 10 + 45)) / 1024, 12)
})

test('an even split, and nothing at all, speak for chance alone', () => {
  expect(signTest(0, 0)).toBe(1)
  expect(signTest(4, 4)).toBe(1)
  expect(signTest(4, 3)).toBe(1)
})

test('the sign test is symmetric, within 0 and 1, and grows no weaker with another win for the leading side', () => {
  fc.assert(
    fc.property(fc.nat(600), fc.nat(600), (wins, losses) => {
      const p = signTest(wins, losses)
      expect(p).toBeGreaterThanOrEqual(0)
      expect(p).toBeLessThanOrEqual(1)
      expect(signTest(losses, wins)).toBeCloseTo(p, 12)
      if (wins > losses) expect(signTest(wins + 1, losses)).toBeLessThanOrEqual(p + 1e-12)
    }),
  )
})

test('a comparison of thousands does not run out of numbers', () => {
  expect(signTest(2_000, 2_000)).toBeCloseTo(1, 9)
  expect(signTest(2_100, 1_900)).toBeGreaterThan(0.001)
  expect(signTest(2_100, 1_900)).toBeLessThan(0.003)
})
