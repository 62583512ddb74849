/** The kinds of worlds that there are, small enough to walk through. */
import type { TextWorldOptions } from '../../src/embedded/index.ts'

export const SETUPS: readonly (readonly [string, Omit<TextWorldOptions, 'seed'>])[] = [
  ['default', {}],
  ['4 steps, one family', { steps: 4, families: ['desk'] }],
  ['6 steps', { steps: 6, keys: 5, first: 5, second: 4 }],
  ['12 steps', { steps: 12, keys: 4, first: 4, second: 4 }],
  ['any noun', { words: 'any', keys: 8, first: 8, second: 6 }],
  ['unknown words', { words: 'unknown', steps: 5 }],
  ['varied wording', { wording: 'varied' }],
  ['held-out wording', { wording: 'held-out', change: 3 }],
  ['held out', { heldOut: true, words: 'any', steps: 4 }],
  ['invented grammar', { grammar: 'invented' }],
  ['invented grammar, any noun, held out', { grammar: 'invented', words: 'any', heldOut: true, steps: 7 }],
  ['invented grammar, unknown words, 12 steps', { grammar: 'invented', words: 'unknown', steps: 12, first: 3, second: 3 }],
]
