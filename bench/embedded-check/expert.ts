/**
 * Demonstrations as the model saw them in training: an expert that knows the rule in three of ten episodes, says
 * "unknown , try …" otherwise, and errs three times at most.
 */
import type { Trajectory } from '../../src/core/trajectory.ts'
import { createRandom, type Random, type TextWorld } from '../../src/embedded/index.ts'

export type Episode = Pick<Trajectory, 'goal' | 'plan' | 'steps' | 'outcome' | 'success'>

const UNKNOWN_PLAN = {
  store: (key: string) => `find where ${key} belongs`,
  desk: (key: string) => `find where ${key} goes`,
  meal: (key: string) => `find what ${key} likes`,
}

export function demonstrate(world: TextWorld, goal: string, random: Random): Episode {
  const episode = world.begin(goal, createRandom(random.integer(2 ** 31)))
  const known = random.next() < 0.3
  const [first = '', second = ''] = world.oracle(goal)
  const { key, family } = episode.task
  const steps: Episode['steps'] = []
  const rules: string[] = []
  const tried = new Set<string>()
  let observation = episode.opening
  let errors = 0
  while (episode.stage() < 3) {
    const stage = episode.stage()
    const right = episode.options().find((option) => episode.actionFor(option) === (stage === 0 ? first : second)) ?? ''
    const open = episode.options().filter((option) => !tried.has(`${stage} ${option}`))
    const option = stage === 2 || known || errors >= 3 ? right : random.pick(open)
    const action = episode.actionFor(option)
    if (stage < 2 && option === right) rules.push(episode.ruleFor(right))
    const reasoning = stage === 2 ? `then ${action}` : known ? episode.ruleFor(option) : `unknown , try ${option}`
    steps.push({ observation, reasoning, action })
    if (option !== right) errors++
    tried.add(`${stage} ${option}`)
    observation = episode.act(action)
  }
  return { goal, plan: known ? rules.join(' , ') : UNKNOWN_PLAN[family](key), steps, outcome: observation, success: true }
}
