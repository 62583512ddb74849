import { expect, test, vi } from 'vitest'
import { freshGoals, goalsOf } from '../../demo/state/fresh-goals.ts'
import { openRunLog, type Pair } from '../../demo/state/run-log.ts'
import { endText, idleText } from '../../demo/state/status.ts'
import { pairedVerdict } from '../../demo/state/verdict.ts'
import { createTextWorld } from '../../src/embedded/index.ts'

const world = createTextWorld({ seed: 1, keys: 3, first: 6, second: 5 })
const none = { trained: [], compared: [], seed: 5 }

test('every goal of the world is found, each once', () => {
  const goals = goalsOf(world, 1)
  expect(goals).toHaveLength(3 * 32 + 3 * 16 + 3)
  expect(goalsOf(world, 2).toSorted()).toEqual(goals.toSorted())
})

test('fresh goals are all different, and none of them was tried in training or in an earlier round', () => {
  const trained = world.goals(60, { seed: 3 })
  const first = freshGoals(world, 20, { ...none, trained })
  const second = freshGoals(world, 20, { ...none, trained, compared: first.goals })
  const drawn = [...first.goals, ...second.goals]
  expect(new Set(drawn).size).toBe(40)
  expect(drawn.filter((goal) => trained.includes(goal))).toEqual([])
})

test('a family whose goals were all tried is left out and named', () => {
  expect(freshGoals(world, 20, none).leftOut).toEqual([])
  const trained = goalsOf(world, 0).filter((goal) => goal.startsWith('serve'))
  const { goals, leftOut } = freshGoals(world, 20, { ...none, trained })
  expect(leftOut).toEqual(['meal'])
  expect(goals.filter((goal) => goal.startsWith('serve'))).toEqual([])
})

test('where fewer goals are left than asked for, those are drawn, and none where none is left', () => {
  const all = goalsOf(world, 0)
  expect(freshGoals(world, 20, { ...none, trained: all.slice(7) }).goals.toSorted()).toEqual(all.slice(0, 7).toSorted())
  expect(freshGoals(world, 20, { ...none, trained: all }).goals).toEqual([])
})

test('a comparison grows from round to round while the memory stays, and starts anew once it has changed', () => {
  vi.stubGlobal('localStorage', undefined)
  const log = openRunLog('a')
  expect(log.extendComparison(['a', 'b'])).toBe(0)
  log.setPair(0, pair('a', true, false))
  log.setPair(1, { ...pair('b', true, false), without: null })
  // The half that was stopped is dropped.
  expect(log.extendComparison(['c'])).toBe(1)
  expect(log.pairs.map(({ goal }) => goal)).toEqual(['a', 'c'])
  log.closeComparison()
  expect(log.pairs).toHaveLength(2)
  expect(log.extendComparison(['d'])).toBe(0)
  expect(log.pairs.map(({ goal }) => goal)).toEqual(['d'])
  expect(log.closed).toBe(false)
  vi.unstubAllGlobals()
})

test('the verdict counts the goals that one side alone solved, and a half-done pair counts for nothing', () => {
  const pairs = [pair('a', true, false), pair('b', true, true), pair('c', false, true), { ...pair('d', true, false), without: null }]
  const text = pairedVerdict({ pairs, closed: false, more: true })
  expect(text).toContain('Memory solved 1 goal that failed without it, the other way round 1 (sign test p = 1.000).')
  expect(text).toContain('Compare again adds other fresh goals.')
})

test('the verdict follows the side that leads, and only where chance alone would hardly do it', () => {
  const six = (memory: boolean): Pair[] => Array.from({ length: 6 }, (_, index) => pair(String(index), memory, !memory))
  expect(pairedVerdict({ pairs: six(true), closed: false, more: true })).toMatch(
    /6 goals .* 0 \(sign test p = 0\.031\)\. Chance alone would hardly/,
  )
  expect(pairedVerdict({ pairs: six(false), closed: false, more: true })).toContain('memory did harm')
  expect(pairedVerdict({ pairs: six(true).slice(1), closed: false, more: true })).toContain('Chance alone could do this.')
})

test('no round is advised that cannot be run', () => {
  const pairs = [pair('a', true, false)]
  expect(pairedVerdict({ pairs, closed: false, more: false })).not.toContain('Compare again')
  expect(pairedVerdict({ pairs: [], closed: false, more: false })).not.toContain('Press Compare')
  expect(pairedVerdict({ pairs, closed: true, more: true })).toContain('begins anew')
})

test('the status does not contradict itself', () => {
  expect(endText('Training', 'broke off', 0)).toBe('Training broke off. Nothing learned yet.')
  expect(endText('Training', 'was stopped', 12)).toBe('Training was stopped. 12 goals tried so far; what was learned is kept.')
  expect(endText('Comparing', 'is done', 1)).toBe('Comparing is done. 1 goal tried so far.')
  expect(idleText(0)).toBe('Ready. Nothing learned yet.')
})

function pair(goal: string, withMemory: boolean, without: boolean): Pair {
  return { goal, with: { goal, success: withMemory, steps: 3 }, without: { goal, success: without, steps: 3 } }
}
