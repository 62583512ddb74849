import fc from 'fast-check'
import { expect, test } from 'vitest'
import { replacementIn, rowsOf, spansOf, standings, type Stint } from '../../../src/learning/selection/population.ts'

const stint = (database: string, outcomes: string): Stint => ({ database, outcomes })
const segment = (...outcomes: string[]): Stint[] => outcomes.map((text, member) => stint(`db/${member}`, text))

test('segments cover all tasks, each once and in order, and double but for the last', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: 50 }), (tasks, first) => {
      const spans = spansOf(tasks, first)
      expect(spans.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => from + i))).toEqual(
        Array.from({ length: tasks }, (_, i) => i),
      )
      const sizes = spans.map(({ from, to }) => to - from)
      expect(sizes.slice(0, -1)).toEqual(sizes.slice(0, -1).map((_, i) => first * 2 ** i))
      expect(sizes.at(-1)).toBeLessThanOrEqual(first * 2 ** (sizes.length - 1))
    }),
  )
})

test('a hundred tasks make segments of 10, 20, 40 and the 30 that are left', () => {
  expect(spansOf(100, 10).map(({ from, to }) => to - from)).toEqual([10, 20, 40, 30])
})

test('the worst of a segment gives way to its best', () => {
  expect(replacementIn([segment('100', '111', '000', '110')])).toEqual({ worst: 2, best: 1 })
})

test('only the latest segment counts while it tells a difference', () => {
  expect(replacementIn([segment('111', '000'), segment('000000', '100000')])).toEqual({ worst: 0, best: 1 })
})

test('among equals the whole history decides, then the place', () => {
  expect(standings([segment('110', '111', '000', '000'), segment('10', '10', '01', '11')])[1]).toEqual([3, 1, 0, 2])
  expect(standings([segment('10', '01', '11', '01')])).toEqual([[2, 0, 1, 3]])
})

test('a copy takes over the history of what it was copied from', () => {
  const before = segment('111', '100', '000')
  const after = [stint('db/0', '10'), stint('db/1', '10'), stint('db/2.1', '10')]
  // 4, 2 and, by its origin, 4 successes in all: the copy stands before the second.
  expect(standings([before, after])[1]).toEqual([0, 2, 1])
})

test('where all did equally well none is replaced', () => {
  expect(replacementIn([segment('10', '01', '1x')])).toBeUndefined()
  expect(replacementIn([segment('1')])).toBeUndefined()
})

test('tasks that broke count as no success, and are told', () => {
  const rows = rowsOf([segment('1x0x', '1111'), [stint('db/0.1', '1'), stint('db/1', '')]])
  expect(rows).toEqual([
    { segment: 0, member: 0, database: 'db/0', tasks: 4, successes: 1, errors: 2, rate: 0.25, replacedBy: 'db/1' },
    { segment: 0, member: 1, database: 'db/1', tasks: 4, successes: 4, errors: 0, rate: 1 },
    { segment: 1, member: 0, database: 'db/0.1', tasks: 1, successes: 1, errors: 0, rate: 1 },
    { segment: 1, member: 1, database: 'db/1', tasks: 0, successes: 0, errors: 0, rate: 0 },
  ])
})
