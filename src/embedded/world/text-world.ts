/**
 * A small text world of hidden conventions, to watch an agent learn in. Each key (a category, a request, a person) has one
 * right first value, each first value one right second value, and so on along the chain; nobody is told which. As many right
 * actions as the chain is long solve a goal; with a budget of twice that, trying blindly seldom does, and having seen the
 * rules once always can.
 */
import * as z from 'zod/mini'
import type { Environment } from '../../core/environment.ts'
import { RepriseError } from '../../core/errors.ts'
import { parse } from '../../util/validate.ts'
import { createRandom, deriveSeed, type Random } from '../random.ts'
import type { WordChoice } from './conventions.ts'
import { drawWorld, FAMILY_NAMES } from './draw-world.ts'
import { rightActions, startEpisode, type Conventions, type Task, type WorldEpisode } from './episode.ts'
import { LONGEST_CHAIN, type FamilyName } from './families.ts'
import { drawTask, taskOf, wordGoal, type Wording } from './goals.ts'

/** Steps an agent is given for a goal of a world with three right actions; pass it as the agent's `maxSteps`. */
export const TEXT_WORLD_STEPS = 6

/** What `createTextWorld` takes. */
export interface TextWorldOptions {
  /** A whole number. The same options make the same world. */
  seed: number
  /** Right actions that solve a goal, 3 to 12 (default 3): a chain of one rule less, and the finish. */
  steps?: number
  /** Keys per family, 1 to 16 (default 3). */
  keys?: number
  /** Options for the first value, 2 to 16 (default 6; the embedded model was trained on 4 to 8). */
  first?: number
  /** Options for each later value, 2 to 12 (default 5; the embedded model was trained on 3 to 7). */
  second?: number
  /** Which families there are (default all three). Left out of worlds in an invented grammar. */
  families?: readonly FamilyName[]
  /** `families` (default), or `invented`: one kind of task in a grammar that was drawn for this world. */
  grammar?: 'families' | 'invented'
  /** `role` (default): words a family uses in that place; `any`: any noun; `unknown`: words that stand in no vocabulary. */
  words?: WordChoice
  /** How goals are worded: `plain` (default), `varied`, or `held-out`, in a way that the embedded model was never trained on. */
  wording?: Wording
  /** A whole number (default 0). Another one makes a world of the same words with other rules. */
  change?: number
  /** Keeps to sets of rules, grammars, and roles of words other than `role` ones that were left out of training (default false). */
  heldOut?: boolean
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
  /** Those it has, in a fixed order; empty for an invented grammar. */
  readonly families: readonly FamilyName[]
  /** Steps to give an agent for a goal: twice the right actions. Pass it as `maxSteps`. */
  readonly stepBudget: number
  /** `count` goals drawn at random, with repetitions, e.g. `put the winter spade away`. */
  goals(count: number, options: { seed: number }): string[]
  /**
   * An environment of its own; any number of them can be used at once. `reset` rejects with `environment-failed` for a goal
   * of another world; an action that makes no sense is answered by `nothing happens` and the form of the action that is due.
   */
  environment(options?: TextWorldEnvironmentOptions): Environment
  /** The right actions, in order, for ceilings and tests. Throws `environment-failed` for a goal that is none of this world's. */
  oracle(goal: string): string[]
  /** One attempt without the protocol around it, for baselines and tests. Throws like `oracle`. */
  begin(goal: string, random: Random): WorldEpisode
}

const optionsSchema = z.strictObject({
  seed: z.int(),
  steps: z._default(z.int().check(z.gte(3), z.lte(LONGEST_CHAIN)), 3),
  keys: z._default(z.int().check(z.gte(1), z.lte(16)), 3),
  first: z._default(z.int().check(z.gte(2), z.lte(16)), 6),
  second: z._default(z.int().check(z.gte(2), z.lte(12)), 5),
  families: z._default(z.array(z.enum(FAMILY_NAMES)).check(z.minLength(1)), [...FAMILY_NAMES]),
  grammar: z._default(z.enum(['families', 'invented']), 'families'),
  words: z._default(z.enum(['role', 'any', 'unknown']), 'role'),
  wording: z._default(z.enum(['plain', 'varied', 'held-out']), 'plain'),
  change: z._default(z.int(), 0),
  heldOut: z._default(z.boolean(), false),
  maxSteps: z.exactOptional(z.int().check(z.gte(1))),
})

/**
 * Makes a world. The embedded model knows its words; any other model can act in it as well.
 * Errors: `invalid-options`, also where a family has too few words for the sizes; its environments reject with `environment-failed`.
 * @example
 * const world = createTextWorld({ seed: 1 })
 * await agent.trainBatch(() => world.environment(), world.goals(60, { seed: 2 }))
 */
export function createTextWorld(options: TextWorldOptions): TextWorld {
  const setup = parse(optionsSchema, options, 'createTextWorld options')
  const { seed, steps, maxSteps, wording } = setup
  const rules = drawWorld(setup)
  let made = 0

  const find = (goal: string): { task: Task; conventions: Conventions } => {
    for (const conventions of rules) {
      const task = taskOf(goal, conventions)
      if (task) return { task, conventions }
    }
    throw unknownGoal(goal, rules)
  }
  const begin = (goal: string, order: Random): WorldEpisode => {
    const { task, conventions } = find(goal)
    return startEpisode(task, conventions, order)
  }
  return {
    families: rules.flatMap(({ grammar: { name } }) => (name === 'invented' ? [] : [name])),
    stepBudget: 2 * steps,
    goals: (count, { seed: draw }) => {
      const random = createRandom(deriveSeed(draw, 'goals'))
      return Array.from({ length: count }, () => {
        const conventions = random.pick(rules)
        return wordGoal(drawTask(conventions, random), conventions.grammar, { wording, random })
      })
    },
    environment: (given = {}) => asEnvironment(begin, { ...given, seed: given.seed ?? deriveSeed(seed, 'environment', made++), maxSteps }),
    oracle: (goal) => {
      const { task, conventions } = find(goal)
      return rightActions(task, conventions)
    },
    begin,
  }
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
      const success = episode.done()
      return { observation, done: success || ++steps >= maxSteps, success }
    },
    actions() {
      if (!episode || episode.done()) return []
      const { actionFor } = episode
      const options = episode.options()
      return options.length > 0 ? options.map(actionFor) : [actionFor('')]
    },
    ...(taskId && { taskId }),
  }
}

function unknownGoal(goal: string, rules: readonly Conventions[]): RepriseError {
  const known = rules.map(
    ({ grammar, keys }) =>
      `“${wordGoal({ key: '…', object: '…' }, grammar, { wording: 'plain', random: createRandom(0) })}” (${keys.join(', ')})`,
  )
  const shown = goal.length > 80 ? `${goal.slice(0, 80)}…` : goal
  return new RepriseError(
    'environment-failed',
    `This world has no goal “${shown}”. Its goals are worded like ${known.join('; ')}. Nothing was done.`,
  )
}
