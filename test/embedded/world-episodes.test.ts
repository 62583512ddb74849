/** What happens in an episode, in every kind of world. */
import { expect, test } from 'vitest'
import { createRandom, createTextWorld, type TextWorld, type WorldEpisode } from '../../src/embedded/index.ts'
import { createTokenizer } from '../../src/embedded/tokenizer.ts'
import { vocabulary } from '../../training/generator/vocabulary.ts'
import { SETUPS } from './world-setups.ts'

const { signal } = new AbortController()
const context = { signal, approve: () => Promise.resolve(false) }
const SEEDS = [0, 1, 2]

/** Walks the right way through a few goals, with a look at every stage before it is passed. */
function walk(
  setup: (typeof SETUPS)[number][1],
  look: (episode: WorldEpisode, right: string, observation: string, world: TextWorld) => void,
): void {
  for (const seed of SEEDS) {
    const world = createTextWorld({ ...setup, seed })
    for (const goal of world.goals(6, { seed })) {
      const episode = world.begin(goal, createRandom(seed))
      let observation = episode.opening
      for (const right of world.oracle(goal)) {
        look(episode, right, observation, world)
        observation = episode.act(right)
      }
      expect(observation).toBe('done')
    }
  }
}

const formOf = (observation: string): string | undefined => / , act (.*)$/.exec(observation)?.[1]

test.each(SETUPS)('%s: the right actions are as many as the steps, and the last one succeeds', async (_, setup) => {
  const { steps = 3 } = setup
  for (const seed of SEEDS) {
    const world = createTextWorld({ ...setup, seed })
    expect(world.stepBudget).toBe(2 * steps)
    for (const goal of world.goals(12, { seed })) {
      const environment = world.environment({ seed })
      await environment.reset(goal, { signal })
      const actions = world.oracle(goal)
      const ends: boolean[] = []
      for (const action of actions) {
        expect(await environment.actions?.()).toContain(action)
        const { done, success } = await environment.step(action, context)
        expect(done).toBe(success)
        ends.push(success)
      }
      expect(ends).toEqual(Array.from({ length: steps }, (_unused, i) => i === steps - 1))
      expect(world.begin(goal, createRandom(seed)).length).toBe(steps)
    }
  }
})

test.each(SETUPS)('%s: every wrong option is refused by its name, and changes nothing', (_, setup) => {
  const { first = 6, second = 5 } = setup
  walk(setup, (episode, right) => {
    const stage = episode.stage()
    const options = episode.options()
    const wrong = options.filter((option) => episode.actionFor(option) !== right)
    expect(wrong).toHaveLength(stage === episode.length - 1 ? 0 : (stage === 0 ? first : second) - 1)
    for (const option of wrong) {
      const [a = '', ...rest] = episode.ruleFor(option).split(' ')
      const said = episode.act(episode.actionFor(option)).split(' ')
      expect([said[0], said.at(-1)]).toEqual([a, option])
      expect(said).toContain('not')
      expect(said.length).toBeGreaterThan(rest.length + 1)
    }
    expect([episode.stage(), episode.options()]).toEqual([stage, options])
  })
})

test.each(SETUPS)('%s: an action that makes no sense is answered with the form of one that does', (_, setup) => {
  walk(setup, (episode, right) => {
    const [option = ''] = episode.options().filter((candidate) => episode.actionFor(candidate) === right)
    for (const odd of ['', 'dance', `${right} ${right}`, right.split(' ').slice(0, -1).join(' '), '?']) {
      const answer = episode.act(odd)
      expect(answer).toMatch(/^nothing happens , act \S/)
      expect(formOf(answer)?.replace('?', option)).toBe(right)
      expect(formOf(answer)?.includes('?')).toBe(option !== '')
    }
  })
})

test.each(SETUPS)('%s: observations name the form of the next action only where the grammar is invented', (_, setup) => {
  walk(setup, (episode, right, observation) => {
    const [option = ''] = episode.options().filter((candidate) => episode.actionFor(candidate) === right)
    expect(formOf(observation)?.replace('?', option)).toBe(setup.grammar === 'invented' ? right : undefined)
  })
})

test.each(SETUPS)('%s: a right action states the rule that was announced, and then what is offered next', (_, setup) => {
  for (const seed of SEEDS) {
    const world = createTextWorld({ ...setup, seed })
    const [goal = ''] = world.goals(1, { seed })
    const episode = world.begin(goal, createRandom(seed))
    for (const right of world.oracle(goal).slice(0, -1)) {
      const rule = episode.ruleFor(episode.options().find((option) => episode.actionFor(option) === right) ?? '')
      const [stated = '', ...offers] = episode.act(right).split(' , ')
      expect(stated).toBe(rule)
      const last = episode.options().length === 0
      expect(offers.join(' ').includes(episode.options().join(' ')) || last).toBe(true)
      expect(offers.length > 0).toBe(!last || setup.grammar === 'invented')
    }
  }
})

test.each(SETUPS)('%s: the same options make the same world', async (_, setup) => {
  const [a, b] = [createTextWorld({ ...setup, seed: 5 }), createTextWorld({ ...setup, seed: 5 })]
  const other = createTextWorld({ ...setup, seed: 6 })
  const goals = a.goals(10, { seed: 1 })
  expect(b.goals(10, { seed: 1 })).toEqual(goals)
  expect(goals.map(b.oracle)).toEqual(goals.map(a.oracle))
  expect(other.goals(10, { seed: 1 })).not.toEqual(goals)
  const [x, y] = [a.environment(), b.environment()]
  for (const goal of goals) expect(await x.reset(goal, { signal })).toBe(await y.reset(goal, { signal }))
})

test.each(SETUPS.filter(([, { words }]) => words !== 'unknown'))('%s: all that the world says stands in the vocabulary', (_, setup) => {
  const { tokenOf } = createTokenizer(vocabulary())
  walk(setup, (episode, right, observation, world) => {
    const goal = world.goals(1, { seed: episode.stage() })[0] ?? ''
    const refusals = episode.options().map(episode.ruleFor)
    const words = [goal, right, observation, episode.act('dance'), ...refusals].join(' ').split(' ')
    expect(words.filter((word) => tokenOf(word) === undefined)).toEqual([])
  })
})
