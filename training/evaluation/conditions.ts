/** What a model is asked after training: worlds that it was never trained on, with and without examples in its prompt. */
import type { TextWorldOptions } from '../../src/embedded/world/text-world.ts'

export interface Condition {
  name: string
  world: Omit<TextWorldOptions, 'seed'>
  /** Examples in the prompt. */
  examples: number
  /** Whose rules they follow (default the world's own): `elsewhere` is a world of the same words with other rules. */
  rules?: 'own' | 'elsewhere' | 'elsewhere-then-own'
  /** Their values are exchanged for others, so that nothing in them is true. */
  shuffled?: boolean
}

const sizes = { keys: 8, first: 8, second: 6 } as const

export const CONDITIONS: readonly Condition[] = [
  { name: 'no examples', world: sizes, examples: 0 },
  { name: 'k = 1', world: sizes, examples: 1 },
  { name: 'k = 3', world: sizes, examples: 3 },
  { name: 'k = 6', world: sizes, examples: 6 },
  { name: 'store, k = 3', world: { ...sizes, families: ['store'] }, examples: 3 },
  { name: 'desk, k = 3', world: { ...sizes, families: ['desk'] }, examples: 3 },
  { name: 'meal, k = 3', world: { ...sizes, families: ['meal'] }, examples: 3 },
  { name: 'any noun, no examples', world: { ...sizes, words: 'any' }, examples: 0 },
  { name: 'any noun, k = 3', world: { ...sizes, words: 'any' }, examples: 3 },
  { name: 'unknown words, k = 3', world: { ...sizes, words: 'unknown' }, examples: 3 },
  { name: 'invented grammar, no examples', world: { ...sizes, words: 'any', grammar: 'invented' }, examples: 0 },
  { name: 'invented grammar, k = 3', world: { ...sizes, words: 'any', grammar: 'invented' }, examples: 3 },
  { name: '6 steps, no examples', world: { keys: 6, first: 5, second: 4, steps: 6 }, examples: 0 },
  { name: '6 steps, k = 3', world: { keys: 6, first: 5, second: 4, steps: 6 }, examples: 3 },
  { name: '12 steps, k = 3', world: { keys: 4, first: 4, second: 4, steps: 12 }, examples: 3 },
  { name: 'wording never trained on, k = 3', world: { ...sizes, wording: 'held-out' }, examples: 3 },
  { name: 'all examples conflict, k = 3', world: sizes, examples: 3, rules: 'elsewhere' },
  { name: 'old rules, then new ones, k = 4', world: sizes, examples: 4, rules: 'elsewhere-then-own' },
  { name: 'shuffled examples, k = 3', world: sizes, examples: 3, shuffled: true },
]
