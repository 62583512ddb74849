/** The stream of training sequences: seed and number decide each of them, so that it can begin anywhere. */
import { createRandom, deriveSeed } from '../../src/embedded/random.ts'
import { drawBindingScenario, drawEasyScenario, drawScenario } from './scenario.ts'
import { drawSequence, type Piece } from './sequence.ts'

/** The share of easy sequences falls from all to none over so many. */
const EASY_SEQUENCES = 16_000
/** Of the others. */
const BINDING_SHARE = 0.1

/** The i-th training sequence. */
export function drawTraining(seed: number, i: number): Piece[] {
  const random = createRandom(deriveSeed(seed, 'sequence', i))
  if (random.next() > i / EASY_SEQUENCES) return drawSequence(drawEasyScenario(random), random)
  return drawSequence(random.next() < BINDING_SHARE ? drawBindingScenario(random) : drawScenario(random), random)
}
