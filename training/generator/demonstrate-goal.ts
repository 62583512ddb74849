/** An episode as a memory would hold it, played in a public world: the agent knew all rules, one, or none, and succeeded. */
import type { Step, Trajectory } from '../../src/core/trajectory.ts'
import type { Random } from '../../src/embedded/random.ts'
import type { WorldEpisode } from '../../src/embedded/world/episode.ts'
import type { TextWorld } from '../../src/embedded/world/text-world.ts'
import { weighted } from './scenario.ts'

export type StoredEpisode = Pick<Trajectory, 'goal' | 'plan' | 'outcome' | 'success'> & { steps: Step[] }

/** @param known how many rules of the chain the agent knew beforehand; drawn at random where absent */
export function demonstrateGoal(world: TextWorld, goal: string, random: Random, known?: number): StoredEpisode {
  const right = rightOptions(world, goal, random)
  const knows =
    known ??
    weighted(random, [
      [0, 35],
      [1, 12],
      [Infinity, 53],
    ])
  const episode = world.begin(goal, random)
  const steps: Step[] = []
  const refused = new Set<string>()
  let luck = 1 + random.integer(4)
  let observation = episode.opening
  while (!episode.done()) {
    const stage = episode.stage()
    const options = episode.options().filter((option) => !refused.has(`${stage} ${option}`))
    const { option: correct, rule } = right[stage] ?? { option: '', rule: '' }
    const option = stage < knows || luck === 0 ? correct : (options[0] ?? '')
    const action = episode.actionFor(option)
    const reasoning = stage >= right.length ? `then ${action}` : stage < knows ? rule : `unknown , try ${option}`
    steps.push({ observation, reasoning, action })
    if (stage < right.length && option !== correct) {
      refused.add(`${stage} ${option}`)
      luck--
    }
    observation = episode.act(action)
  }
  return { goal, plan: planOf(right, knows, episode, world), steps, outcome: observation, success: true }
}

interface RightOption {
  option: string
  rule: string
}

/** What is right at each link of the chain, found by acting on the oracle. */
function rightOptions(world: TextWorld, goal: string, random: Random): RightOption[] {
  const episode = world.begin(goal, random)
  const found: RightOption[] = []
  for (const action of world.oracle(goal)) {
    const option = episode.options().find((candidate) => episode.actionFor(candidate) === action)
    if (option !== undefined) found.push({ option, rule: episode.ruleFor(option) })
    episode.act(action)
  }
  return found
}

function planOf(right: readonly RightOption[], knows: number, { task }: WorldEpisode, { families }: TextWorld): string {
  const rules = right.slice(0, Math.min(2, knows)).map(({ rule }) => rule)
  if (rules.length === 2) return rules.join(' , ')
  const missing = families.length === 0 ? 'find out' : `find out about ${rules.length === 0 ? task.key : (right[0]?.option ?? '')}`
  return [...rules, missing].join(' , ')
}
