/** Fixed tests that are asked again and again while a model is trained. All of them use worlds that are never trained on. */
import type { Piece } from './sequence.ts'
import type { Scenario } from './scenario.ts'
import type { Probe } from './encode.ts'

const BASE: Scenario = {
  use: 'evaluate',
  grammar: 'families',
  words: 'role',
  steps: 3,
  examples: 4,
  window: Infinity,
  trust: 'same',
  varied: false,
  blunders: 0,
}

/** The word that a rule of the context decides, wherever the model has to say it. */
const binds: Probe = ({ current, kind, values }: Piece, word) => current && kind !== 'do' && values.includes(word)
const repairs: Probe = ({ current, kind, repair }: Piece) => current && repair && kind === 'do'

export const PROBES: Readonly<Record<string, { scenario: Scenario; probe: Probe }>> = {
  binding: { scenario: BASE, probe: binds },
  'any-noun': { scenario: { ...BASE, words: 'any' }, probe: binds },
  unknown: { scenario: { ...BASE, words: 'unknown' }, probe: binds },
  invented: { scenario: { ...BASE, words: 'any', grammar: 'invented' }, probe: binds },
  'chain-6': { scenario: { ...BASE, steps: 6, examples: 3 }, probe: binds },
  'chain-12': { scenario: { ...BASE, steps: 12, examples: 2 }, probe: binds },
  changed: { scenario: { ...BASE, trust: 'changed' }, probe: binds },
  window: { scenario: { ...BASE, window: 1, examples: 6 }, probe: binds },
  wording: { scenario: { ...BASE, varied: true }, probe: binds },
  repair: { scenario: { ...BASE, words: 'any', examples: 1, blunders: 0.3 }, probe: repairs },
}
