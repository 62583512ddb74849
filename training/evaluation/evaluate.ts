/** Plays a condition in worlds that were never trained on, beside an explorer in the same worlds. */
import { simulateExplorer } from '../../src/embedded/baselines.ts'
import { createRandom, deriveSeed } from '../../src/embedded/random.ts'
import { createTextWorld } from '../../src/embedded/world/text-world.ts'
import type { Condition } from './conditions.ts'
import { examplesFor } from './examples.ts'
import { play, type Player } from './play.ts'

export interface Row {
  name: string
  n: number
  /** Share with its Wilson interval of 95 %. */
  success: [share: number, low: number, high: number]
  steps: number
  /** Share of actions that made no sense. */
  malformed: number
  /** Share of an explorer that tries options at random, none twice. */
  explorer: number
}

export function evaluate(condition: Condition, player: Player, episodes: number): Row {
  const played = Array.from({ length: episodes }, (_, i) => episodeOf(condition, player, i))
  const sum = (of: (one: (typeof played)[number]) => number): number => played.reduce((total, one) => total + of(one), 0)
  const actions = sum(({ steps }) => steps)
  return {
    name: condition.name,
    n: episodes,
    success: wilson(
      sum(({ success }) => Number(success)),
      episodes,
    ),
    steps: actions / episodes,
    malformed: sum(({ malformed }) => malformed) / actions,
    explorer: sum(({ explored }) => Number(explored)) / episodes,
  }
}

export function episodeOf(condition: Condition, player: Player, i: number): ReturnType<typeof play> & { explored: boolean } {
  const seed = deriveSeed('evaluation', condition.name, i)
  const drawn = { ...condition.world, seed, heldOut: true }
  const world = createTextWorld(drawn)
  const [goal = ''] = world.goals(1, { seed })
  const exemplars = examplesFor(goal, condition, drawn, createRandom(seed))
  const [explored] = simulateExplorer(world, [goal], { seed })
  return { ...play(player, world, goal, { exemplars, seed }), explored: explored?.success ?? false }
}

/** Share with its Wilson interval of 95 %. */
function wilson(wins: number, count: number): [number, number, number] {
  const p = wins / count
  const z2 = 1.96 ** 2
  const centre = (p + z2 / (2 * count)) / (1 + z2 / count)
  const half = (1.96 * Math.sqrt((p * (1 - p)) / count + z2 / (4 * count ** 2))) / (1 + z2 / count)
  return [p, centre - half, centre + half]
}
