import { expect, test } from 'vitest'
import {
  createRandom,
  createTextWorld,
  rulesIn,
  simulateExplorer,
  simulateIdeal,
  type Attempt,
  type Seen,
  type TextWorld,
} from '../../src/embedded/index.ts'

const share = (attempts: readonly Attempt[]): number => attempts.filter(({ success }) => success).length / attempts.length
const worlds = Array.from({ length: 20 }, (_, seed) => createTextWorld({ seed, first: 8, second: 6 }))

/** A success as an agent would store it. */
function solved(goal: string, observations: readonly string[]): Seen {
  return { goal, steps: observations.slice(0, -1).map((observation) => ({ observation })), outcome: observations.at(-1) ?? '' }
}

test('the explorer succeeds as often as counting says: with 8 × 6 options 10 of 48 times', () => {
  const attempts = worlds.flatMap((world, seed) => simulateExplorer(world, world.goals(200, { seed }), { seed }))
  expect(share(attempts)).toBeGreaterThan(0.185) // 0.208 expected, standard deviation 0.0064
  expect(share(attempts)).toBeLessThan(0.231)
  expect(attempts.every(({ steps, success }) => steps <= 6 && (success || steps === 6))).toBe(true)
})

test('with steps enough the explorer always succeeds, since it never tries the same twice', () => {
  const attempts = worlds.flatMap((world, seed) => simulateExplorer(world, world.goals(50, { seed }), { seed, maxSteps: 8 + 6 + 1 }))
  expect(share(attempts)).toBe(1)
})

test('the ideal agent starts like the explorer and learns from its own successes', () => {
  const runs = worlds.map((world, seed) => simulateIdeal(world, world.goals(60, { seed }), { seed }))
  const first = share(runs.flatMap((run) => run.slice(0, 10)))
  const last = share(runs.flatMap((run) => run.slice(50)))
  expect(first).toBeLessThan(0.45)
  expect(last).toBeGreaterThan(0.65)
  const idle = worlds.flatMap((world, seed) => simulateIdeal(world, world.goals(60, { seed }), { seed, learn: false }))
  expect(share(idle)).toBeLessThan(0.26)
})

test('a goal whose rules were seen is solved in three steps', () => {
  const world = createTextWorld({ seed: 4, keys: 1, families: ['store'] })
  const [goal = '', other = ''] = world.goals(40, { seed: 1 }).filter((text, i, all) => all.indexOf(text) === i)
  const [go = '', open = ''] = world.oracle(goal)
  const place = go.replace('go to ', '')
  const key = goal.split(' ')[2] ?? ''
  const rules = [`${key} belongs in ${place}`, `${place} opens with ${open.split(' ').at(-1) ?? ''}`]
  const known = [solved(goal, ['you hold x , places a b', `${rules[0]} , it is shut , tools c d`, rules[1] ?? '', 'done'])]
  expect([...rulesIn(known)]).toEqual(expect.arrayContaining(rules))
  expect(simulateIdeal(world, [other], { seed: 1, known, learn: false })).toEqual([{ goal: other, success: true, steps: 3 }])
})

test('of two rules that contradict one another the one stated last is believed, and after a refutation the other', () => {
  const setup = { seed: 4, keys: 1, families: ['store'] as const }
  const [before, after] = [createTextWorld(setup), createTextWorld({ ...setup, change: 1 })]
  const [goal = ''] = before.goals(1, { seed: 1 })
  const seenIn = (world: TextWorld): Seen => {
    const episode = world.begin(goal, createRandom(1))
    return solved(goal, [episode.opening, ...world.oracle(goal).map(episode.act)])
  }
  const stepsIn = (world: TextWorld, known: Seen[]): number =>
    simulateIdeal(world, [goal], { seed: 1, known, learn: false, maxSteps: 99 })[0]?.steps ?? 0
  const differing = after.oracle(goal)[0] !== before.oracle(goal)[0]
  expect(differing).toBe(true)
  expect(stepsIn(after, [seenIn(before), seenIn(after)])).toBe(3)
  expect(stepsIn(before, [seenIn(after), seenIn(before)])).toBe(3)
  // Believes what is wrong now, is told so, and falls back on the rule stated before.
  expect(stepsIn(before, [seenIn(before), seenIn(after)])).toBe(4)
  expect([...rulesIn([seenIn(before), seenIn(after), seenIn(before)])].at(-1)).toBe([...rulesIn([seenIn(before)])].at(-1))
})

test.each([
  // One family each: at later links those of a world share sentences, not rules.
  [{ steps: 6, keys: 2, first: 5, second: 4, families: ['desk'] }, 6],
  [{ steps: 12, keys: 2, first: 4, second: 4, families: ['store'] }, 12],
  [{ words: 'unknown', keys: 2 }, 3],
  [{ grammar: 'invented', words: 'any', keys: 2, steps: 5 }, 5],
] as const)('with %j the ideal agent ends with as few actions as there are steps, within twice as many', (setup, steps) => {
  const goals = (world: TextWorld): string[] => world.goals(80, { seed: 1 })
  for (let seed = 0; seed < 4; seed++) {
    const world = createTextWorld({ seed, ...setup })
    const attempts = simulateIdeal(world, goals(world), { seed, maxSteps: 12 * steps })
    expect(attempts.slice(-40)).toEqual(
      goals(world)
        .slice(-40)
        .map((goal) => ({ goal, success: true, steps })),
    )
    const explored = simulateExplorer(world, goals(world), { seed })
    expect(explored.every((attempt) => attempt.steps <= 2 * steps && (attempt.success || attempt.steps === 2 * steps))).toBe(true)
  }
})

test('what was learnt before a change is of no use after it', () => {
  const [before, after] = [0, 1].map((change) => createTextWorld({ seed: 5, keys: 3, first: 12, second: 12, change }))
  if (!before || !after) throw new Error('two worlds')
  const played = before.goals(60, { seed: 1 }).map((goal): Seen => {
    const episode = before.begin(goal, createRandom(1))
    return solved(goal, [episode.opening, ...before.oracle(goal).map(episode.act)])
  })
  const goals = after.goals(100, { seed: 2 })
  const options = { seed: 1, known: played, learn: false }
  expect(share(simulateIdeal(before, goals, options))).toBe(1)
  expect(share(simulateIdeal(after, goals, options))).toBeLessThan(0.6)
})

test('the same seed gives the same attempts', () => {
  const world = createTextWorld({ seed: 4 })
  const goals = world.goals(30, { seed: 1 })
  expect(simulateIdeal(world, goals, { seed: 9 })).toEqual(simulateIdeal(world, goals, { seed: 9 }))
  expect(simulateExplorer(world, goals, { seed: 9 })).not.toEqual(simulateExplorer(world, goals, { seed: 10 }))
})
