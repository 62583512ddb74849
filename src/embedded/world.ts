/**
 * A small text world of hidden conventions, to watch an agent learn in. Each key (a category, a request, a person)
 * has one right first value, each first value one right second value; nobody is told which. Three right actions solve
 * a goal, so with a budget of 6 steps trying blindly seldom does, and having seen the rule once always can.
 */
import * as z from 'zod/mini'
import type { Environment } from '../core/environment.ts'
import { RepriseError } from '../core/errors.ts'
import { parse } from '../util/validate.ts'
import { createRandom, deriveSeed, type Random } from './random.ts'
import {
  drawConventions,
  solution,
  startEpisode,
  taskOf,
  type Conventions,
  type Rules,
  type Task,
  type WorldEpisode,
} from './world-episode.ts'
import { FAMILIES, type FamilyName } from './world-families.ts'

/** Steps an agent is given for a goal of this world; pass it as the agent's `maxSteps`. */
export const TEXT_WORLD_STEPS = 6

/** What `createTextWorld` takes. */
export interface TextWorldOptions {
  /** A whole number. The same seed and sizes make the same world. */
  seed: number
  /** Keys per family, 1 to 16 (default 3). */
  keys?: number
  /** Options for the first value, 2 to 16 (default 6; the embedded model was trained on 5 to 8). */
  first?: number
  /** Options for the second value, 2 to 12 (default 5; the embedded model was trained on 4 to 7). */
  second?: number
  /** Which families there are (default all three). */
  families?: readonly FamilyName[]
  /** An environment ends an episode as failed after so many steps, 1 or more (default: never, the agent's own budget does). */
  maxSteps?: number
}

/** What `environment` of a world takes. */
export interface TextWorldEnvironmentOptions {
  /** A whole number. Decides the order in which options are said. Default: drawn from the world's seed, another one for each environment. */
  seed?: number
  /**
   * Names tasks, so that an agent is not shown earlier episodes of the same task. Without it every episode is a fresh
   * draw, and solutions of the same goal may be shown: what is learnt here are the rules, not one goal's answer.
   */
  taskId?: (goal: string) => string
}

/** A world: hidden rules, goals that they decide, and environments to find them out in. */
export interface TextWorld {
  /** Those it has, in a fixed order. */
  readonly families: readonly FamilyName[]
  /** `count` goals drawn at random, with repetitions, e.g. `put the winter spade away`. */
  goals(count: number, options: { seed: number }): string[]
  /**
   * An environment of its own; any number of them can be used at once. `reset` rejects with `environment-failed` for a goal
   * of another world; an action that makes no sense is answered by `nothing happens`.
   */
  environment(options?: TextWorldEnvironmentOptions): Environment
  /** The three right actions, in order, for ceilings and tests. Throws `environment-failed` for a goal that is none of this world's. */
  oracle(goal: string): string[]
  /** One attempt without the protocol around it, for baselines and tests. Throws like `oracle`. */
  begin(goal: string, random: Random): WorldEpisode
}

const FAMILY_NAMES = ['store', 'desk', 'meal'] as const satisfies readonly FamilyName[]

const optionsSchema = z.strictObject({
  seed: z.int(),
  keys: z._default(z.int().check(z.gte(1), z.lte(16)), 3),
  first: z._default(z.int().check(z.gte(2), z.lte(16)), 6),
  second: z._default(z.int().check(z.gte(2), z.lte(12)), 5),
  families: z._default(z.array(z.enum(FAMILY_NAMES)).check(z.minLength(1)), [...FAMILY_NAMES]),
  maxSteps: z.exactOptional(z.int().check(z.gte(1))),
})

/**
 * Makes a world. The embedded model knows its words; any other model can act in it as well.
 * Errors: `invalid-options`; its environments reject with `environment-failed`.
 * @example
 * const world = createTextWorld({ seed: 1 })
 * await agent.trainBatch(() => world.environment(), world.goals(60, { seed: 2 }))
 */
export function createTextWorld(options: TextWorldOptions): TextWorld {
  const { seed, families, maxSteps, ...sizes } = parse(optionsSchema, options, 'createTextWorld options')
  const random = createRandom(deriveSeed(seed, 'rules'))
  // All families are drawn, so that leaving one out does not change the others.
  const drawn = FAMILY_NAMES.map((name) => [name, drawConventions(FAMILIES[name], sizes, random)] as const)
  const rules: Rules = new Map(drawn.filter(([name]) => families.includes(name)))
  let made = 0

  const find = (goal: string): { task: Task; conventions: Conventions } => {
    const task = taskOf(goal, rules)
    const conventions = task && rules.get(task.family)
    if (!task || !conventions) throw unknownGoal(goal, rules)
    return { task, conventions }
  }
  const begin = (goal: string, order: Random): WorldEpisode => {
    const { task, conventions } = find(goal)
    return startEpisode(task, conventions, order)
  }
  return {
    families: [...rules.keys()],
    goals: (count, { seed: draw }) => {
      const order = createRandom(deriveSeed(draw, 'goals'))
      return Array.from({ length: count }, () => drawGoal(rules, order))
    },
    environment: (given = {}) => asEnvironment(begin, { ...given, seed: given.seed ?? deriveSeed(seed, 'environment', made++), maxSteps }),
    oracle: (goal) => {
      const { task, conventions } = find(goal)
      const { first, second } = solution(task, conventions)
      const family = FAMILIES[task.family]
      return [family.chooseFirst(first), family.chooseSecond(first, second), family.finish({ ...task, first })]
    },
    begin,
  }
}

function drawGoal(rules: Rules, random: Random): string {
  const [name, { keys }] = random.pick([...rules])
  const family = FAMILIES[name]
  const key = random.pick(keys)
  return family.goal(key, family.objects.length > 0 ? random.pick(family.objects) : '')
}

interface EnvironmentSetup {
  seed: number
  taskId?: (goal: string) => string
  maxSteps: number | undefined
}

function asEnvironment(begin: TextWorld['begin'], { seed, taskId, maxSteps = Infinity }: EnvironmentSetup): Environment {
  const order = createRandom(seed)
  let episode: WorldEpisode | undefined
  let steps = 0
  return {
    reset(goal) {
      episode = begin(goal, order)
      steps = 0
      return episode.opening
    },
    step(action) {
      if (!episode) throw new RepriseError('environment-failed', 'step was called before reset. Nothing was done.')
      const observation = episode.act(action)
      const success = episode.stage() === 3
      return { observation, done: success || ++steps >= maxSteps, success }
    },
    actions() {
      if (!episode || episode.stage() === 3) return []
      const { actionFor } = episode
      return episode.stage() === 2 ? [actionFor('')] : episode.options().map(actionFor)
    },
    ...(taskId && { taskId }),
  }
}

function unknownGoal(goal: string, rules: Rules): RepriseError {
  const known = Array.from(rules, ([name, { keys }]) => `“${FAMILIES[name].goal('…', '…')}” (${keys.join(', ')})`).join('; ')
  const shown = goal.length > 80 ? `${goal.slice(0, 80)}…` : goal
  return new RepriseError('environment-failed', `This world has no goal “${shown}”. Its goals are worded like ${known}. Nothing was done.`)
}
