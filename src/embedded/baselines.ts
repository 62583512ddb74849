/**
 * Floor and ceiling for success in the text world, computed without any model: an explorer that knows nothing but
 * never tries the same twice, and an ideal agent that applies every rule it has seen. They play the world directly.
 */
import type { Step, Trajectory } from '../core/trajectory.ts'
import { createRandom, type Random } from './random.ts'
import type { WorldEpisode } from './world/episode.ts'
import type { TextWorld } from './world/text-world.ts'

/** What can be learnt from: trajectories of a memory fit. */
export type Seen = Pick<Trajectory, 'goal' | 'outcome'> & { steps: readonly Pick<Step, 'observation'>[] }

/** How a player did at one goal. */
export interface Attempt {
  goal: string
  success: boolean
  /** Actions it took, `maxSteps` at most. */
  steps: number
}

/** Options of a simulation. */
export interface BaselineOptions {
  /** A whole number; the same one gives the same attempts. */
  seed: number
  /** Steps a goal (default the world's `stepBudget`). */
  maxSteps?: number
}

/**
 * The floor: at each stage the explorer tries options at random, none of them twice. With 8 × 6 options 20.8 % succeed.
 * One attempt per goal, in order. Throws `environment-failed` for a goal of another world.
 */
export function simulateExplorer(world: TextWorld, goals: readonly string[], options: BaselineOptions): Attempt[] {
  const random = createRandom(options.seed)
  return goals.map((goal) => play(world, goal, { random, maxSteps: options.maxSteps, rules: new Set() }).attempt)
}

/**
 * The ceiling: an agent that acts right wherever it has seen the rule and explores without repetition elsewhere. Where rules
 * contradict one another it believes the one that was stated last, until the world refutes it.
 * It starts from what the successful trajectories in `known` (oldest first) say, and remembers its own successes unless `learn` is false.
 * One attempt per goal, in order. Throws `environment-failed` for a goal of another world.
 */
export function simulateIdeal(
  world: TextWorld,
  goals: readonly string[],
  options: BaselineOptions & { known?: readonly Seen[]; learn?: boolean },
): Attempt[] {
  const random = createRandom(options.seed)
  const rules = rulesIn(options.known ?? [])
  return goals.map((goal) => {
    const { attempt, said } = play(world, goal, { random, maxSteps: options.maxSteps, rules })
    if (attempt.success && options.learn !== false) state(said, rules)
    return attempt
  })
}

/** The rules that trajectories state, as sentences: `winter belongs in tray`. In the order in which they were stated last. */
export function rulesIn(trajectories: readonly Seen[]): Set<string> {
  const rules = new Set<string>()
  for (const { steps, outcome } of trajectories) state([...steps.map((step) => step.observation), outcome].map(ruleOf), rules)
  return rules
}

/** What is said again moves to the end. */
function state(said: readonly string[], rules: Set<string>): void {
  for (const rule of said) {
    rules.delete(rule)
    rules.add(rule)
  }
}

interface Player {
  random: Random
  maxSteps: number | undefined
  rules: ReadonlySet<string>
}

function play(
  world: TextWorld,
  goal: string,
  { random, maxSteps = world.stepBudget, rules }: Player,
): { attempt: Attempt; said: string[] } {
  const episode = world.begin(goal, random)
  const tried = new Set<string>()
  const said: string[] = []
  let steps = 0
  while (!episode.done() && steps < maxSteps) {
    const action = episode.actionFor(choose(episode, { tried, rules, random }))
    tried.add(action)
    said.push(ruleOf(episode.act(action)))
    steps++
  }
  return { attempt: { goal, success: episode.done(), steps }, said }
}

interface Choice {
  tried: ReadonlySet<string>
  rules: ReadonlySet<string>
  random: Random
}

function choose(episode: WorldEpisode, { tried, rules, random }: Choice): string {
  const options = episode.options()
  if (options.length === 0) return '' // the last stage has one action
  const open = options.filter((option) => !tried.has(episode.actionFor(option)))
  const known = open.filter((option) => rules.has(episode.ruleFor(option)))
  if (known.length < 2) return known[0] ?? random.pick(open)
  const order = [...rules]
  const statedAt = (option: string): number => order.indexOf(episode.ruleFor(option))
  return known.reduce((latest, option) => (statedAt(option) > statedAt(latest) ? option : latest))
}

/** A rule stands at the start of an observation, up to its first comma. */
function ruleOf(observation: string): string {
  return observation.split(' , ', 1)[0] ?? ''
}
