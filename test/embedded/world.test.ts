import { expect, test } from 'vitest'
import type { Environment } from '../../src/core/environment.ts'
import { createTextWorld, TEXT_WORLD_STEPS, type FamilyName, type TextWorld } from '../../src/embedded/index.ts'

const { signal } = new AbortController()
const context = { signal, approve: () => Promise.resolve(false) }
const FAMILY_NAMES: FamilyName[] = ['store', 'desk', 'meal']

/** Plays actions and returns what was seen, the opening first. */
async function play(environment: Environment, goal: string, actions: readonly string[]): Promise<string[]> {
  const seen = [await environment.reset(goal, { signal })]
  for (const action of actions) seen.push((await environment.step(action, context)).observation)
  return seen
}

const goalOf = (world: TextWorld): string => world.goals(1, { seed: 1 })[0] ?? ''

test('the same seed makes the same world, the same goals and the same order of options', async () => {
  const [a, b, c] = [createTextWorld({ seed: 7 }), createTextWorld({ seed: 7 }), createTextWorld({ seed: 8 })]
  const goals = a.goals(40, { seed: 3 })
  expect(b.goals(40, { seed: 3 })).toEqual(goals)
  expect(a.goals(40, { seed: 4 })).not.toEqual(goals)
  expect(c.goals(40, { seed: 3 })).not.toEqual(goals)
  for (const goal of goals) {
    expect(b.oracle(goal)).toEqual(a.oracle(goal))
    expect(await play(b.environment({ seed: 5 }), goal, [])).toEqual(await play(a.environment({ seed: 5 }), goal, []))
  }
})

test('leaving a family out does not change the others', () => {
  const all = createTextWorld({ seed: 3 })
  const one = createTextWorld({ seed: 3, families: ['desk'] })
  for (const goal of one.goals(20, { seed: 1 })) expect(one.oracle(goal)).toEqual(all.oracle(goal))
})

test.each(FAMILY_NAMES)('in the %s family the three right actions succeed, and say a rule each', async (family) => {
  const world = createTextWorld({ seed: 11, families: [family] })
  for (const goal of world.goals(10, { seed: 2 })) {
    const environment = world.environment()
    const opening = await environment.reset(goal, { signal })
    const [first = '', second = '', last = ''] = world.oracle(goal)
    const [a, b, c] = [
      await environment.step(first, context),
      await environment.step(second, context),
      await environment.step(last, context),
    ]
    expect(opening).toMatch(/ , (places|desks|dishes)( [a-z]+){6}$/)
    expect(a.observation).toMatch(/^\S+ (belongs in|goes to|likes) \S+ , (it is shut , tools|labels|sides)( [a-z]+){5}$/)
    expect(b.observation).toMatch(/^\S+ (opens with|wants|needs) \S+$/)
    expect([a.done, b.done]).toEqual([false, false])
    expect(c).toEqual({ observation: 'done', done: true, success: true })
  }
})

test('a goal reads as described, action for action', async () => {
  const world = createTextWorld({ seed: 1, families: ['store'] })
  const goal = goalOf(world)
  const [, key, object] = /^put the (\S+) (\S+) away$/.exec(goal) ?? []
  const [go = '', open = '', put = ''] = world.oracle(goal)
  const place = go.replace('go to ', '')
  const tool = open.replace(`open ${place} with `, '')
  expect(put).toBe(`put ${object} in ${place}`)
  const seen = await play(world.environment(), goal, [go, open, put])
  expect(seen[0]).toMatch(new RegExp(`^you hold ${object} , places .*\\b${place}\\b`))
  expect(seen[1]).toMatch(new RegExp(`^${key} belongs in ${place} , it is shut , tools .*\\b${tool}\\b`))
  expect(seen.slice(2)).toEqual([`${place} opens with ${tool}`, 'done'])
})

test.each(FAMILY_NAMES)('in the %s family a wrong option is named as wrong and changes nothing', async (family) => {
  const world = createTextWorld({ seed: 5, families: [family] })
  const goal = goalOf(world)
  const environment = world.environment()
  await environment.reset(goal, { signal })
  for (const right of world.oracle(goal)) {
    const before = await environment.actions?.()
    for (const action of (before as string[]).filter((candidate) => candidate !== right)) {
      const result = await environment.step(action, context)
      expect(result.observation).toMatch(/ does not (belong in|go to|like|open with|want|need) /)
      expect(result).toMatchObject({ done: false, success: false })
      expect(await environment.actions?.()).toEqual(before)
    }
    await environment.step(right, context)
  }
  expect(await environment.actions?.()).toEqual([])
})

test('an action outside the grammar, out of turn or after the end does nothing', async () => {
  const world = createTextWorld({ seed: 5, families: ['store'] })
  const goal = goalOf(world)
  const [first = '', second = '', last = ''] = world.oracle(goal)
  const odd = ['', 'dance', '$&', '__proto__', 'go to', 'go to ?', 'x'.repeat(1e6), second, last]
  const seen = await play(world.environment(), goal, odd)
  expect(seen.slice(1)).toEqual(odd.map(() => 'nothing happens , act go to ?'))
  const ended = await play(world.environment(), goal, [first, first, second, second, last, last])
  expect(ended.map((text) => text.startsWith('nothing happens'))).toEqual([false, false, true, false, true, false, true])
  expect(ended.at(-1)).toBe('nothing happens')
})

test('nothing seen before a rule is found tells which option is right: the order of options is drawn anew each time', async () => {
  const world = createTextWorld({ seed: 9, families: ['desk'], first: 6 })
  const goal = goalOf(world)
  const right = world.oracle(goal)[0]
  const environment = world.environment()
  const places: number[] = []
  for (let i = 0; i < 600; i++) {
    await environment.reset(goal, { signal })
    places.push((((await environment.actions?.()) ?? []) as string[]).indexOf(right ?? ''))
  }
  const counts = [0, 1, 2, 3, 4, 5].map((place) => places.filter((found) => found === place).length)
  expect(Math.min(...counts)).toBeGreaterThan(60) // 100 expected, standard deviation 9
})

test('the options and rules of different worlds differ', () => {
  const answers = Array.from(
    { length: 30 },
    (_, seed) => createTextWorld({ seed, keys: 16, families: ['meal'] }).oracle('serve lunch to omar')[0],
  )
  expect(new Set(answers).size).toBeGreaterThan(8)
})

test('environments of one world do not disturb one another', async () => {
  const world = createTextWorld({ seed: 2 })
  const [goal = '', other = ''] = world.goals(2, { seed: 1 })
  const [a, b] = [world.environment(), world.environment()]
  await a.reset(goal, { signal })
  await b.reset(other, { signal })
  const results: boolean[] = []
  for (let i = 0; i < 3; i++) {
    await b.step('dance', context)
    results.push((await a.step(world.oracle(goal)[i] ?? '', context)).success)
  }
  expect(results).toEqual([false, false, true])
})

test('maxSteps ends an episode as failed, and without it none ends by itself', async () => {
  const limited = createTextWorld({ seed: 1, maxSteps: 2 }).environment()
  const goal = goalOf(createTextWorld({ seed: 1 }))
  await limited.reset(goal, { signal })
  expect(await limited.step('dance', context)).toMatchObject({ done: false })
  expect(await limited.step('dance', context)).toMatchObject({ done: true, success: false })
  const free = createTextWorld({ seed: 1 }).environment()
  await free.reset(goal, { signal })
  for (let i = 0; i < 3 * TEXT_WORLD_STEPS; i++) expect((await free.step('dance', context)).done).toBe(false)
})

test('a goal of no or another world is refused with the goals there are', async () => {
  const world = createTextWorld({ seed: 1, families: ['meal'], keys: 2 })
  for (const goal of ['', 'write a poem', 'serve lunch to nobody', 'put the winter spade away', '__proto__'])
    await expect((async () => world.environment().reset(goal, { signal }))()).rejects.toMatchObject({ code: 'environment-failed' })
  expect(() => world.oracle('write a poem')).toThrow(/serve lunch to …/)
  expect(() => world.oracle('x'.repeat(1e6))).toThrow(/x{80}…/)
})

test('a goal may be written in capitals and with odd spaces', async () => {
  const world = createTextWorld({ seed: 1 })
  const goal = goalOf(world)
  expect(world.oracle(` ${goal.toUpperCase().replaceAll(' ', '  ')} `)).toEqual(world.oracle(goal))
})

test('a step before the first reset is an error', async () => {
  const environment = createTextWorld({ seed: 1 }).environment()
  await expect((async () => environment.step('go', context))()).rejects.toMatchObject({ code: 'environment-failed' })
})

test('tasks are named only where the host names them', () => {
  const world = createTextWorld({ seed: 1 })
  expect(world.environment().taskId).toBeUndefined()
  expect(world.environment({ taskId: (goal) => `task ${goal}` }).taskId?.('a')).toBe('task a')
})

test.each([
  [{ seed: 0.5 }, /seed/],
  [{ seed: 1, keys: 0 }, /keys/],
  [{ seed: 1, first: 17 }, /first/],
  [{ seed: 1, second: 13 }, /second/],
  [{ seed: 1, steps: 2 }, /steps/],
  [{ seed: 1, steps: 13 }, /steps/],
  [{ seed: 1, words: 'none' }, /words/],
  [{ seed: 1, grammar: 'latin' }, /grammar/],
  [{ seed: 1, wording: 'odd' }, /wording/],
  [{ seed: 1, change: 0.5 }, /change/],
  [{ seed: 1, heldOut: 1 }, /heldOut/],
  [{ seed: 1, families: [] }, /families/],
  [{ seed: 1, families: ['zoo'] }, /families/],
  [{ seed: 1, step: 3 }, /unknown fields: step/],
  [undefined, /createTextWorld options/],
])('the options %j are refused by name', (options, message) => {
  expect(() => createTextWorld(options as never)).toThrow(message)
})
