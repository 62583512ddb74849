/** Examples for an evaluation: what a memory full of demonstrations would show for a goal. */
import type { Exemplar } from '../../src/core/trajectory.ts'
import type { Random } from '../../src/embedded/random.ts'
import { createTextWorld, type TextWorld, type TextWorldOptions } from '../../src/embedded/world/text-world.ts'
import { drawWorld, FAMILY_NAMES, type WorldSetup } from '../../src/embedded/world/draw-world.ts'
import { taskOf } from '../../src/embedded/world/goals.ts'
import { demonstrateGoal } from '../generator/demonstrate-goal.ts'
import { permutation, reworded } from '../generator/shuffled.ts'
import type { Condition } from './conditions.ts'

/** Best first: the `examples` goals that share most words with this one, out of one demonstration for every key. */
export function examplesFor(
  goal: string,
  { world, examples, rules = 'own', shuffled }: Condition,
  drawn: TextWorldOptions,
  random: Random,
): Exemplar[] {
  if (examples === 0) return []
  const own = createTextWorld(drawn)
  const elsewhere = createTextWorld({ ...drawn, change: 1 })
  const from = (source: TextWorld, count: number): Exemplar[] => nearest(goal, demonstrations(source, world.keys ?? 3, random), count)
  if (shuffled) return shuffle(from(own, examples), drawn, random)
  if (rules === 'own') return from(own, examples)
  if (rules === 'elsewhere') return from(elsewhere, examples)
  const half = Math.floor(examples / 2)
  return [...from(own, examples - half), ...from(elsewhere, half)]
}

function shuffle(exemplars: readonly Exemplar[], drawn: TextWorldOptions, random: Random): Exemplar[] {
  const kinds = drawWorld({ ...DEFAULTS, ...drawn }).map((conventions) => ({ conventions, words: permutation(conventions, random) }))
  return exemplars.map((exemplar) => {
    const kind = kinds.find(({ conventions }) => taskOf(exemplar.goal, conventions))
    return kind ? reworded(exemplar, kind.words) : exemplar
  })
}

/** Those of `createTextWorld`. */
const DEFAULTS: Omit<WorldSetup, 'seed'> = {
  change: 0,
  steps: 3,
  keys: 3,
  first: 6,
  second: 5,
  families: FAMILY_NAMES,
  grammar: 'families',
  words: 'role',
  heldOut: false,
}

/** Goals of every key as a long life would have met them. */
function demonstrations(world: TextWorld, keys: number, random: Random): Exemplar[] {
  const goals = random.sample(world.goals(40 * keys, { seed: random.integer(2 ** 31) }))
  const byKey = new Map(goals.map((goal) => [world.begin(goal, random).task.key + (goal.split(' ')[0] ?? ''), goal]))
  return [...byKey.values()].map((goal, i) => ({
    ...demonstrateGoal(world, goal, random),
    trajectoryId: `${i}`,
    stepIndex: null,
    createdAt: '',
    score: 0,
    scores: {},
  }))
}

function nearest(goal: string, memory: readonly Exemplar[], count: number): Exemplar[] {
  const overlap = (other: string): number => {
    const [a, b] = [new Set(goal.split(' ')), new Set(other.split(' '))]
    const common = [...a].filter((word) => b.has(word)).length
    return common / (a.size + b.size - common)
  }
  return memory.toSorted((a, b) => overlap(b.goal) - overlap(a.goal)).slice(0, count)
}
