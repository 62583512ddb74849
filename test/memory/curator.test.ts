import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  credit,
  evidenceOf,
  newLedger,
  qualityOf,
  renewed,
  shouldPrune,
  utilityOf,
  verdictOf,
  withFeedback,
} from '../../src/memory/curator.ts'
import type { FeedbackEntry, LedgerRow } from '../../src/memory/store/trajectory-store.ts'

const rule = { threshold: 0.3, minRetrievals: 5 }

/** After so many episodes, the successful ones first. */
const counted = (retrievals: number, successes: number, halfLife?: number): LedgerRow => {
  let row = newLedger('a', 1)
  for (let i = 0; i < retrievals; i++) row = credit(row, { success: i < successes, share: 0.5, halfLife })
  return row
}
const verdict = (value: number, id = 'v'): FeedbackEntry => ({ id, at: '2026-01-01T00:00:00Z', value, source: 'review' })

test('a new row knows nothing and believes the best', () => {
  const row = newLedger('a', 7)
  expect(row).toEqual({ id: 'a', seq: 7, utility: 1, retrievals: 0, successesWhenRetrieved: 0, shares: 0, sharesOfSuccesses: 0 })
  expect([evidenceOf(row), qualityOf(row), shouldPrune(row, rule)]).toEqual([0, null, false])
})

test.each([
  [5, 1, true],
  [10, 3, false],
  [4, 0, false],
  [5, 0, true],
  [5, 2, false],
  [10, 2, true],
  [0, 0, false],
])('%i retrievals with %i successes: pruned is %s', (retrievals, successes, pruned) => {
  expect(shouldPrune(counted(retrievals, successes), rule)).toBe(pruned)
})

test('utility is 1 until there are three retrievals, then the share of successes', () => {
  expect([counted(0, 0), counted(2, 0), counted(3, 0), counted(4, 1)].map(utilityOf)).toEqual([1, 1, 0, 0.25])
})

test('a trajectory with fewer than three retrievals is never pruned, whatever the rule', () => {
  expect(shouldPrune(counted(2, 0), { threshold: 1, minRetrievals: 1 })).toBe(false)
})

test('credit adds one retrieval, its share, and one success where the episode succeeded', () => {
  expect(credit(counted(3, 1), { success: true, share: 0.25 })).toMatchObject({
    retrievals: 4,
    successesWhenRetrieved: 2,
    utility: 0.5,
    shares: 1.75,
    sharesOfSuccesses: 0.75,
  })
  expect(credit(counted(3, 1), { success: false, share: 0.25 })).toMatchObject({
    retrievals: 4,
    successesWhenRetrieved: 1,
    utility: 0.25,
    shares: 1.75,
    sharesOfSuccesses: 0.5,
  })
})

test('the quality is the mean outcome, weighed by the shares of what the episodes were shown', () => {
  const episodes: [boolean, number][] = [
    [true, 0.5],
    [false, 0.25],
    [true, 0.125],
    [false, 1],
  ]
  const row = episodes.reduce((before, [success, share]) => credit(before, { success, share }), newLedger('a', 1))
  expect(qualityOf(row)).toBe((0.5 + 0.125) / (0.5 + 0.25 + 0.125 + 1))
  expect(qualityOf(credit(newLedger('a', 1), { success: false, share: 0.2 }))).toBe(0)
})

test('a verdict counts as two episodes, of one success together where it is 0', () => {
  expect(withFeedback(counted(1, 1), verdict(-1))).toMatchObject({ utility: 1 / 3, retrievals: 1, feedback: { weight: 2, successes: 0 } })
  expect(withFeedback(counted(2, 0), verdict(0)).utility).toBe(1 / 4)
  expect(withFeedback(counted(2, 0), verdict(1)).utility).toBe(2 / 4)
  expect(withFeedback(counted(2, 0), verdict(0.5)).utility).toBe(1.5 / 4)
  expect(withFeedback(newLedger('a', 1), verdict(-1)).utility).toBe(1)
  expect(withFeedback(withFeedback(newLedger('a', 1), verdict(-1)), verdict(-0.5)).utility).toBe(0.5 / 4)
})

test('verdicts are evidence for pruning, and against it', () => {
  expect(shouldPrune(withFeedback(counted(3, 1), verdict(-1)), rule)).toBe(true)
  expect(shouldPrune(withFeedback(counted(2, 0), verdict(-1)), rule)).toBe(false)
  expect(shouldPrune(withFeedback(counted(5, 1), verdict(0.5)), rule)).toBe(false)
})

test('the last twenty verdicts are kept one by one, and all of them counted', () => {
  let row = newLedger('a', 1)
  for (let i = 0; i < 25; i++) row = withFeedback(row, verdict(0, `${i}`))
  expect(row.feedback).toMatchObject({ weight: 50, successes: 25 })
  expect(row.feedback?.last.map(({ id }) => id)).toEqual(Array.from({ length: 20 }, (_, i) => `${i + 5}`))
})

test('only the ends of the scale retire and restore', () => {
  expect([-1, -0.99, 0, 0.99, 1].map(verdictOf)).toEqual(['retire', 'none', 'none', 'none', 'restore'])
})

test('a restored trajectory begins anew, with its verdicts and its quality kept', () => {
  const before = withFeedback(counted(8, 1, 4), verdict(-1))
  const after = renewed(before)
  const feedback = { last: before.feedback?.last, weight: 0, successes: 0 }
  expect(after).toEqual({ ...newLedger('a', 1), shares: 4, sharesOfSuccesses: 0.5, feedback })
  expect([evidenceOf(after), qualityOf(after)]).toEqual([0, qualityOf(before)])
  expect(shouldPrune(credit(credit(after, { success: false, share: 1 }), { success: false, share: 1 }), rule)).toBe(false)
  expect(renewed(counted(3, 0))).not.toHaveProperty('feedback')
})

test('with a half-life a long good record does not protect a trajectory that ceased to help', () => {
  const failuresUntilPruned = (halfLife?: number): number => {
    let row = counted(20, 20, halfLife)
    for (let failures = 1; ; failures++) {
      row = credit(row, { success: false, share: 1, halfLife })
      if (shouldPrune(row, rule)) return failures
    }
  }
  expect(failuresUntilPruned()).toBe(47)
  expect(failuresUntilPruned(5)).toBe(9)
})

test('the plain counts are kept beside the decayed ones, and hold again once there is no half-life', () => {
  const failed = { success: false, share: 1 }
  const decaying = credit(credit(counted(8, 8), { ...failed, halfLife: 4 }), { ...failed, halfLife: 4 })
  expect(decaying).toMatchObject({ retrievals: 10, successesWhenRetrieved: 8 })
  expect(utilityOf(decaying)).toBeLessThan(0.8)
  expect(utilityOf(credit(decaying, failed))).toBeCloseTo(8 / 11)
})

test('no function changes the row that it is given', () => {
  const row = withFeedback(counted(4, 2, 3), verdict(0.5))
  const before = structuredClone(row)
  credit(row, { success: true, share: 1, halfLife: 2 })
  withFeedback(row, verdict(1))
  renewed(row)
  expect(row).toEqual(before)
})

const share = fc.double({ min: 0, max: 1, noNaN: true })
const halfLife = fc.option(fc.oneof(fc.double({ min: Number.MIN_VALUE, max: 1e300, noNaN: true }), fc.constant(5)), { nil: undefined })
const change: fc.Arbitrary<(row: LedgerRow) => LedgerRow> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ success: fc.boolean(), share, halfLife }).map((given) => (row: LedgerRow) => credit(row, given)) },
  {
    weight: 3,
    arbitrary: fc.double({ min: -1, max: 1, noNaN: true }).map((value) => (row: LedgerRow) => withFeedback(row, verdict(value))),
  },
  { weight: 1, arbitrary: fc.constant(renewed) },
)
const numbersOf = (value: unknown): number[] =>
  typeof value === 'number' ? [value] : typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersOf) : []

test('after whatever came, the utility in the row is that of its counts, and all numbers are finite and in range', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      let row = newLedger('a', 1)
      for (const next of changes) {
        row = next(row)
        expect(row.utility).toBe(utilityOf(row))
        expect(row.utility).toBeGreaterThanOrEqual(0)
        expect(row.utility).toBeLessThanOrEqual(1)
        expect(qualityOf(row) ?? 0).toBeGreaterThanOrEqual(0)
        expect(qualityOf(row) ?? 1).toBeLessThanOrEqual(1)
        expect(numbersOf(row).every(Number.isFinite)).toBe(true)
        expect(row.successesWhenRetrieved).toBeLessThanOrEqual(row.retrievals)
        expect(row.feedback?.last.length ?? 0).toBeLessThanOrEqual(20)
      }
    }),
  )
})

test('a half-life without end is no half-life', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ success: fc.boolean(), share }), { maxLength: 60 }), (episodes) => {
      const count = (halfLife?: number): number =>
        episodes.reduce((row, one) => credit(row, { ...one, halfLife }), newLedger('a', 1)).utility
      expect(count(1e12)).toBeCloseTo(count(), 8)
      expect(count(Infinity)).toBe(count())
    }),
  )
})

test('a success never lowers the utility of a trajectory that is known, and a failure never raises it', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), share, (changes, given) => {
      const row = changes.reduce((before, next) => next(before), newLedger('a', 1))
      if (evidenceOf(row) < 3 || row.decayed) return
      expect(credit(row, { success: true, share: given }).utility).toBeGreaterThanOrEqual(row.utility)
      expect(credit(row, { success: false, share: given }).utility).toBeLessThanOrEqual(row.utility)
    }),
  )
})

test('a row that says nonsense has a utility and a quality all the same', () => {
  const nonsense: LedgerRow = { ...counted(3, 1), decayed: { retrievals: 0, successes: 0 }, shares: 0, sharesOfSuccesses: 3 }
  expect(utilityOf(nonsense)).toBe(1)
  expect(qualityOf({ ...nonsense, shares: NaN })).toBeNull()
  expect(qualityOf(nonsense)).toBe(1)
})
