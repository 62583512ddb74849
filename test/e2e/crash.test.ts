/** What a memory acknowledged survives whatever dies while it works. Two hundred rounds of the same: `npm run test:crash`. */
import { expect, test } from 'vitest'
import { problemsOf, reportOf } from '../crash/report.ts'
import { crash } from '../crash/rounds.ts'

const ROUNDS = 20

test('in 20 crashes of tabs, workers and browsers nothing acknowledged is lost, nothing is half there, and every store opens', async () => {
  const seed = Date.now() % 1_000_000
  const outcomes = await crash({ rounds: ROUNDS, seed })
  console.log(`The same again: npm run test:crash -- --rounds ${ROUNDS} --seed ${seed}\n${reportOf(outcomes)}`)
  expect(problemsOf(outcomes)).toEqual([])
  expect(outcomes.filter(({ opened }) => opened)).toHaveLength(ROUNDS)
  // Else nothing was put to the test.
  expect(outcomes.some(({ amid }) => amid)).toBe(true)
  expect(outcomes.some(({ unknown }) => unknown.undone > 0)).toBe(true)
})
