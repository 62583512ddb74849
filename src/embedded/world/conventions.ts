/**
 * Draws the hidden rules of a world, and says which ones are kept for evaluation. The trainer draws its worlds with the same
 * functions and leaves out everything that is held out, so that no world of an evaluation was ever trained on.
 */
import { deriveSeed, type Random } from '../random.ts'
import type { Conventions } from './episode.ts'
import type { Grammar } from './families.ts'
import { inventWord, NOUNS } from './words.ts'

/** Which words stand in which role: a family's own, any noun of the vocabulary, or words that nobody knows. */
export type WordChoice = 'role' | 'any' | 'unknown'

/** How large the conventions are, and of what words. */
export interface ConventionsSetup {
  keys: number
  /** Rules of the chain: one less than the right actions. */
  rules: number
  /** Options for the first value. */
  first: number
  /** Options for each later one. */
  later: number
  words: WordChoice
  /** `train` leaves out the words that are held out in a role, `evaluate` takes no other, `all` does not look (default). */
  use?: 'train' | 'evaluate' | 'all'
}

/** Draws words and rules. Several keys may share a first value, and several first values a second. */
export function drawConventions(grammar: Grammar, setup: ConventionsSetup, random: Random): Conventions {
  const { keys: keyCount, rules, first, later } = setup
  const take = wordSource(grammar, setup, random)
  const keys = take(grammar.keys, keyCount, 'key')
  const offered = grammar.links.slice(0, rules).map(({ words }, i) => take(words, i === 0 ? first : later, `${i}`))
  const objects = grammar.objects.length > 0 ? take(grammar.objects, setup.words === 'role' ? grammar.objects.length : 8, 'object') : []
  return drawRules({ grammar, keys, objects, links: offered.map((options) => ({ options, right: new Map() })) }, random)
}

/** The same words with rules of their own. */
export function drawRules(conventions: Conventions, random: Random): Conventions {
  let from = conventions.keys
  const links = conventions.links.map(({ options }) => {
    const right = new Map(from.map((a) => [a, random.pick(options)]))
    from = options
    return { options, right }
  })
  return { ...conventions, links }
}

/** Whether these rules are kept for evaluation: a quarter of all there could be. */
export function isHeldOut({ links }: Conventions): boolean {
  return heldOut(4, ...links.flatMap(({ right }) => [...right].flat()))
}

/** Whether an invented grammar is kept for evaluation: a quarter of all there could be. */
export function isHeldOutGrammar({ goals, links, finish }: Grammar): boolean {
  return heldOut(4, ...goals, finish, ...links.flatMap(({ rule, choose }) => [rule, choose]))
}

/** Whether a word is kept for evaluation in a role: a fifth of all nouns. Roles are `key`, `object` and the number of a link. */
export function isHeldOutWord(word: string, role: string): boolean {
  return heldOut(5, word, role)
}

function heldOut(share: number, ...parts: string[]): boolean {
  return (deriveSeed('held out', ...parts) >>> 0) % share === 0
}

/** Gives words for a role, none of them twice in one world. */
function wordSource(
  grammar: Grammar,
  { words, use = 'all' }: ConventionsSetup,
  random: Random,
): (pool: readonly string[], count: number, role: string) => string[] {
  const taken = new Set<string>()
  const known = new Set(NOUNS)
  const allowed = (word: string, role: string, pool: readonly string[]): boolean => {
    if (taken.has(word)) return false
    if (words === 'role' || use === 'all') return true
    const reserved = isHeldOutWord(word, role)
    return use === 'train' ? !reserved : reserved && (grammar.name === 'invented' || !pool.includes(word))
  }
  return (pool, count, role) => {
    const drawn =
      words === 'unknown'
        ? Array.from({ length: count }, () => {
            const word = inventWord(random.pick, new Set([...known, ...taken]))
            taken.add(word)
            return word
          })
        : random.sample(
            (words === 'any' ? NOUNS : pool).filter((word) => allowed(word, role, pool)),
            count,
          )
    for (const word of drawn) taken.add(word)
    return drawn
  }
}
