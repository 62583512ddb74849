import { expect, test } from 'vitest'
import { credit, shouldPrune, shownIds, utilityOf } from '../../src/memory/curator.ts'

const rule = { threshold: 0.3, minRetrievals: 5 }
const counts = (retrievals: number, successesWhenRetrieved: number): { retrievals: number; successesWhenRetrieved: number } => ({
  retrievals,
  successesWhenRetrieved,
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
  expect(shouldPrune(counts(retrievals, successes), rule)).toBe(pruned)
})

test('utility is 1 until there are three retrievals, then the share of successes', () => {
  expect([counts(0, 0), counts(2, 0), counts(3, 0), counts(4, 1)].map(utilityOf)).toEqual([1, 1, 0, 0.25])
})

test('a trajectory with fewer than three retrievals is never pruned, whatever the rule', () => {
  expect(shouldPrune(counts(2, 0), { threshold: 1, minRetrievals: 1 })).toBe(false)
})

test('an episode counts once, however often it was shown a trajectory', () => {
  const at = (trajectoryId: string, step: number) => ({ trajectoryId, phase: 'act' as const, step })
  expect(shownIds([at('a', 0), at('b', 0), at('a', 1), at('a', 2)])).toEqual(['a', 'b'])
})

test('credit adds one retrieval, and one success where the episode succeeded', () => {
  expect(credit(counts(3, 1), true)).toEqual(counts(4, 2))
  expect(credit(counts(3, 1), false)).toEqual(counts(4, 1))
})

test('with a half-life a long good record does not protect a trajectory that ceased to help', () => {
  const failuresUntilPruned = (halfLife?: number): number => {
    let row: ReturnType<typeof counts> = counts(0, 0)
    for (let i = 0; i < 20; i++) row = credit(row, true, halfLife)
    for (let failures = 1; ; failures++) {
      row = credit(row, false, halfLife)
      if (shouldPrune(row, rule)) return failures
    }
  }
  expect(failuresUntilPruned()).toBe(47)
  expect(failuresUntilPruned(5)).toBe(9)
})

test('the plain counts are kept beside the decayed ones, and hold again once there is no half-life', () => {
  const decaying = credit(credit(counts(8, 8), false, 4), false, 4)
  expect(decaying).toMatchObject(counts(10, 8))
  expect(utilityOf(decaying)).toBeLessThan(0.8)
  expect(utilityOf(credit(decaying, false))).toBeCloseTo(8 / 11)
})
