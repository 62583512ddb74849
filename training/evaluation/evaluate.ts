/** Plays a condition in worlds that were never trained on, beside an explorer in the same worlds. */
import { simulateExplorer } from '../../src/embedded/baselines.ts'
import { createRandom, deriveSeed } from '../../src/embedded/random.ts'
import { createTextWorld } from '../../src/embedded/world/text-world.ts'
import { wilson } from '../../src/util/statistics.ts'
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
  const { value, low, high } = wilson(
    sum(({ success }) => Number(success)),
    episodes,
  )
  return {
    name: condition.name,
    n: episodes,
    success: [value, low, high],
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
