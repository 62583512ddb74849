/** Draws what a world hides, which it tells nobody: its own makers, and the experts of a benchmark, ask here. */
import { RepriseError } from '../../core/errors.ts'
import { createRandom, deriveSeed, type Random } from '../random.ts'
import { drawConventions, drawRules, isHeldOut, isHeldOutGrammar, type WordChoice } from './conventions.ts'
import type { Conventions } from './episode.ts'
import { FAMILIES, inventGrammar, type FamilyName, type Grammar } from './families.ts'

export const FAMILY_NAMES: readonly ['store', 'desk', 'meal'] = ['store', 'desk', 'meal']

/** The options of `createTextWorld` that decide its rules, all of them given. */
export interface WorldSetup {
  seed: number
  change: number
  steps: number
  keys: number
  first: number
  second: number
  families: readonly FamilyName[]
  grammar: 'families' | 'invented'
  words: WordChoice
  heldOut: boolean
}

/** One entry for each kind of task. Errors: `invalid-options` where there are too few words for the sizes. */
export function drawWorld(setup: WorldSetup): Conventions[] {
  if (setup.grammar === 'invented') return [drawFor(heldOutGrammar(setup), setup)]
  // Each family has a stream of its own, so that leaving one out does not change the others.
  return FAMILY_NAMES.filter((name) => setup.families.includes(name)).map((name) => drawFor(FAMILIES[name], setup))
}

function heldOutGrammar({ seed, heldOut }: WorldSetup): Grammar {
  for (let attempt = 0; ; attempt++) {
    const grammar = inventGrammar(createRandom(deriveSeed(seed, 'grammar', attempt)))
    if (!heldOut || isHeldOutGrammar(grammar)) return grammar
  }
}

function drawFor(grammar: Grammar, setup: WorldSetup): Conventions {
  const { seed, change, heldOut } = setup
  const drawn = drawWords(grammar, setup, createRandom(deriveSeed(seed, 'rules', grammar.name)))
  for (let attempt = 0; ; attempt++) {
    const conventions = drawRules(drawn, createRandom(deriveSeed(seed, 'change', change, attempt, grammar.name)))
    if (!heldOut || isHeldOut(conventions)) return conventions
  }
}

/** Draws words with which there can be rules as the setup wants them, whatever `change` is. */
function drawWords(grammar: Grammar, { keys, first, second, steps, words, heldOut }: WorldSetup, random: Random): Conventions {
  const sizes = { keys, first, later: second, rules: steps - 1, words, use: heldOut ? 'evaluate' : 'all' } as const
  for (;;) {
    const drawn = drawConventions(grammar, sizes, random)
    if (drawn.keys.length < keys || drawn.links.some(({ options }, i) => options.length < (i === 0 ? first : second)))
      throw new RepriseError('invalid-options', `The ${grammar.name} tasks have too few words for so many keys and options. Take fewer.`)
    // With few words it may be that none of their rules are held out.
    for (let attempt = 0; attempt < 64; attempt++) if (!heldOut || isHeldOut(drawRules(drawn, random))) return drawn
  }
}
