/** Prompts at which every runtime has to answer alike: the current episode of an evaluation sequence, up to one of its markers. */
import { createRandom, deriveSeed } from '../../src/embedded/random.ts'
import type { Tokenizer } from '../../src/embedded/tokenizer.ts'
import { encodeSequence } from './encode.ts'
import { drawScenario } from './scenario.ts'
import { drawSequence } from './sequence.ts'

/** Token ids, the start token included; the same at every call. */
export function referencePrompts(count: number, tokenizer: Tokenizer): number[][] {
  return Array.from({ length: count }, (_, i) => {
    const random = createRandom(deriveSeed('reference', i))
    const scenario = { ...drawScenario(random), use: 'evaluate' } as const
    const pieces = drawSequence(scenario, random)
    const asked = pieces.flatMap(({ current, kind }, place) => (current && kind !== 'given' ? [place] : []))
    return encodeSequence(pieces.slice(0, random.pick(asked)), tokenizer).tokens
  })
}
