/** The stream of training sequences: seed and number decide each of them, so that it can begin anywhere. */
import { createRandom, deriveSeed } from '../../src/embedded/random.ts'
import { drawEasyScenario, drawScenario } from './scenario.ts'
import { drawSequence, type Piece } from './sequence.ts'

/** The share of easy sequences falls from all to none over so many. */
const EASY_SEQUENCES = 16_000

/** The i-th training sequence. */
export function drawTraining(seed: number, i: number): Piece[] {
  const random = createRandom(deriveSeed(seed, 'sequence', i))
  const easy = random.next() > i / EASY_SEQUENCES
  return drawSequence(easy ? drawEasyScenario(random) : drawScenario(random), random)
}
