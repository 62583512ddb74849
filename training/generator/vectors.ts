/**
 * Test vectors that hold the public world, the generator and the trainer's reader to one another: episodes played in worlds
 * of every kind, and training sequences as text, tokens and weights.
 */
import { createTextWorld, type TextWorldOptions } from '../../src/embedded/world/text-world.ts'
import type { Tokenizer } from '../../src/embedded/tokenizer.ts'
import { encodeSequence } from './encode.ts'
import { drawTraining } from './training.ts'

export interface WorldVector {
  options: TextWorldOptions
  goalSeed: number
  goals: string[]
  /** Of the environment in which the first goal is attempted. */
  environmentSeed: number
  opening: string
  /** A wrong option, an action that makes no sense, and the right ones. */
  steps: { action: string; observation: string; done: boolean; success: boolean }[]
}

export interface SequenceVector {
  seed: number
  /** Its number in the stream of that seed. */
  index: number
  /** Without the start token, which stands first among the tokens. */
  text: string
  tokens: number[]
  weights: number[]
}

const WORLDS: readonly TextWorldOptions[] = [
  { seed: 1 },
  { seed: 2, steps: 4, families: ['desk'] },
  { seed: 3, steps: 6, keys: 5, first: 5, second: 4, families: ['meal'] },
  { seed: 4, steps: 12, keys: 4, first: 4, second: 3, families: ['store'] },
  { seed: 5, words: 'any', keys: 8, first: 8, second: 6 },
  { seed: 6, words: 'unknown' },
  { seed: 7, wording: 'varied', change: 1 },
  { seed: 7, wording: 'held-out', change: 2 },
  { seed: 8, heldOut: true },
  { seed: 9, heldOut: true, words: 'any', steps: 5 },
  { seed: 10, grammar: 'invented', words: 'any', heldOut: true },
  { seed: 11, grammar: 'invented', words: 'unknown', steps: 7, first: 4, second: 3 },
]

/** The first of a stream are easy, later ones are drawn from the whole mixture. */
const SEQUENCES = [0, 20_000, 20_001, 20_006, 20_011, 20_014].map((index) => ({ seed: 7, index }))

export async function makeVectors(tokenizer: Tokenizer): Promise<{ worlds: WorldVector[]; sequences: SequenceVector[] }> {
  const sequences = SEQUENCES.map(({ seed, index }) => {
    const pieces = drawTraining(seed, index)
    return { seed, index, text: pieces.map(({ text }) => text).join(' '), ...encodeSequence(pieces, tokenizer) }
  })
  return { worlds: await Promise.all(WORLDS.map(playOnce)), sequences }
}

async function playOnce(options: TextWorldOptions): Promise<WorldVector> {
  const world = createTextWorld(options)
  const [goalSeed, environmentSeed] = [options.seed + 100, options.seed + 200]
  const goals = world.goals(4, { seed: goalSeed })
  const [goal = ''] = goals
  const environment = world.environment({ seed: environmentSeed })
  const { signal } = new AbortController()
  const opening = await environment.reset(goal, { signal })
  const [first = '', ...rest] = world.oracle(goal)
  const offered = (await environment.actions?.()) ?? []
  const wrong = Array.isArray(offered) ? offered.find((action) => action !== first) : undefined
  const steps: WorldVector['steps'] = []
  for (const action of [String(wrong), first, 'dance', ...rest])
    steps.push({ action, ...(await environment.step(action, { signal, approve: () => Promise.resolve(false) })) })
  return { options, goalSeed, goals, environmentSeed, opening, steps }
}
