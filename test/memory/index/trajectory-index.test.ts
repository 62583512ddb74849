import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createTrajectoryIndex, type TrajectoryIndex } from '../../../src/memory/index/trajectory-index.ts'
import type { KeysRow } from '../../../src/memory/store/trajectory-store.ts'
import { DIMENSIONS, expectAll, histories, play, rowsOf } from './trajectory-index.laws.ts'

const create = (): TrajectoryIndex =>
  createTrajectoryIndex({ dimensions: DIMENSIONS, mode: 'exact', loadLibrary: () => Promise.reject(new Error('not asked for')) })

test('after any history of up to 300 trajectories the candidates are those of brute force, whatever task is left out', () => {
  fc.assert(
    fc.property(histories, (history) => {
      const [index, rows, source] = [create(), new Map<string, KeysRow>(), rowsOf(history.seed)]
      play(index, rows, { history, source })
      expectAll(index, rows, { history, source })
    }),
    { numRuns: 150 },
  )
})

test('a candidate is held until its trajectory is removed or replaced', () => {
  const [index, source] = [create(), rowsOf(1)]
  for (let i = 0; i < 3; i++) index.add(source.row(i))
  const candidates = index.candidates({ goal: source.query(0) }, { n: 3 })
  expect(candidates.every(index.holds)).toBe(true)
  index.remove('t0')
  index.remove('t1')
  index.add(source.row(1))
  expect(candidates.filter(index.holds).map(({ member }) => member.id)).toEqual(['t2'])
  expect(['t0', 't1', '__proto__'].map(index.has)).toEqual([false, true, false])
})

test('cleared it is empty, and takes in the same again', () => {
  const [index, source] = [create(), rowsOf(2)]
  for (let i = 0; i < 3; i++) index.add(source.row(i))
  index.clear()
  expect([index.size, index.ids(), index.candidates({ goal: source.query(0) }, { n: 5 })]).toEqual([0, [], []])
  for (let i = 0; i < 3; i++) index.add(source.row(i))
  expect(index.size).toBe(3)
})

test('without a graph there is nothing worth saving', () => {
  const [index, source] = [create(), rowsOf(3)]
  index.add(source.row(0))
  expect(index.snapshot()).toBeUndefined()
})
