import { expect, test } from 'vitest'
import { taskIn } from '../../bench/learning/conventions.ts'
import { drawWorld } from '../../src/embedded/world/draw-world.ts'
import { storedIn } from '../../bench/learning/demonstrations.ts'
import { chooseRows, ROWS, worldAt, type Row } from '../../bench/learning/rows.ts'
import { createTextWorld, rulesIn, simulateIdeal } from '../../src/embedded/index.ts'
import { rightActions } from '../../src/embedded/world/episode.ts'

const setups = [...new Map(ROWS.map((row) => [`${row.experiment}/${row.setup}`, row])).entries()]
const standard = chooseRows(['exemplars/standard/retrieved-3'])[0] as Row
const at = (row: Row, index: number, change = 0) => ({ ...worldAt(row, index), change })

test.each(setups)('the rules known to the expert are those of the world: %s', (_name, row) => {
  for (let seed = 1; seed <= 8; seed++) {
    const world = createTextWorld(at(row, seed, seed % 2))
    const conventions = drawWorld(at(row, seed, seed % 2))
    for (const goal of world.goals(12, { seed })) {
      const found = taskIn(conventions, goal)
      expect(rightActions(found.task, found.conventions)).toEqual(world.oracle(goal))
    }
  }
})

test.each(setups)('one who knows the true demonstrations solves every goal with right actions alone: %s', (_name, row) => {
  for (let seed = 1; seed <= 4; seed++) {
    const world = createTextWorld(at(row, seed))
    const known = storedIn(at(row, seed), { kind: 'demonstrations', rules: 'true' })
    expect(known.every(({ steps, outcome }) => outcome === 'done' && steps.length <= world.stepBudget)).toBe(true)
    const attempts = simulateIdeal(world, world.goals(10, { seed }), { seed, known, learn: false })
    expect(attempts.every(({ success, steps }) => success && steps === row.world.steps)).toBe(true)
  }
})

test('shuffled contents state as many rules, none of them true of a key', () => {
  const world = at(standard, 3)
  const rules = rulesIn(storedIn(world, { kind: 'demonstrations', rules: 'true' }))
  const shuffled = storedIn(world, { kind: 'demonstrations', rules: 'shuffled' })
  const first = createTextWorld(world)
  const openings = first
    .goals(60, { seed: 1 })
    .map((goal) => first.begin(goal, { next: () => 0, integer: () => 0, pick: (a) => a[0] as never, sample: (a) => [...a] }))
  const stated = rulesIn(shuffled)
  for (const episode of openings) {
    const says = (of: Set<string>) => episode.options().filter((option) => of.has(episode.ruleFor(option)))
    expect(says(rules)).toHaveLength(1)
    expect(says(stated)).toHaveLength(1)
    expect(says(stated)).not.toEqual(says(rules))
  }
})

test.each([
  [0, 0],
  [0.01, 1],
  [0.05, 3],
  [0.2, 12],
])('of sixty trajectories a share of %f is %i wrong ones, which all claim success; the others stay the same', (poisoned, count) => {
  const world = at(chooseRows(['poison'])[0] as Row, 5)
  const clean = storedIn(world, { kind: 'sixty', poisoned: 0 })
  const stored = storedIn(world, { kind: 'sixty', poisoned })
  expect(stored).toHaveLength(60)
  expect(stored.filter(({ id }) => id.startsWith('wrong'))).toHaveLength(count)
  expect(stored.every(({ success, outcome }) => success && outcome === 'done')).toBe(true)
  for (const [i, trajectory] of stored.entries()) if (trajectory.id.startsWith('true')) expect(trajectory).toEqual(clean[i])
})

test('conflicting demonstrations come in order of age, the true ones last', () => {
  const stored = storedIn(at(standard, 2), { kind: 'demonstrations', rules: 'conflicting' })
  expect(stored.map(({ id }) => id.split('-')[0])).toEqual([...Array<string>(24).fill('wrong'), ...Array<string>(24).fill('true')])
  const times = stored.map(({ createdAt = '' }) => Date.parse(createdAt))
  expect(times).toEqual(times.toSorted((a, b) => a - b))
  expect(new Set(times).size).toBe(48)
})

test('rows are chosen by any part of their name, and an unknown name is refused with all there are', () => {
  expect(chooseRows([])).toEqual(ROWS)
  expect(new Set(ROWS.map(({ name }) => name)).size).toBe(ROWS.length)
  expect(chooseRows(['curve', 'exemplars/standard/none']).map(({ name }) => name)).toEqual([
    'exemplars/standard/none',
    'curve/learning/curation',
    'curve/learning/keep-all',
  ])
  expect(() => chooseRows(['curv'])).toThrow(/exemplars\/standard\/none/)
})
