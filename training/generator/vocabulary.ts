/** The closed vocabulary of the embedded model: every word of the format, the families and their grammars, spare tokens, phrases. */
import { SPARE_WORDS, SPECIAL_WORDS, WORD } from '../../src/embedded/tokenizer.ts'
import { FAMILIES, inventGrammar, RELATIONS, VERBS, type Grammar } from '../../src/embedded/world/families.ts'
import { createRandom } from '../../src/embedded/random.ts'
import { NOUNS } from '../../src/embedded/world/words.ts'

const FORMAT =
  'goal: plan: see: think: do: ; , ? . find out about unknown try then nothing happens act done options now not you hold is here a the it to in with of'

/** All words by their number; the same at every call. */
export function vocabulary(): string[] {
  const grammars = [...Object.values(FAMILIES), inventGrammar(createRandom(1))]
  const sentences = [FORMAT, ...grammars.flatMap(sentencesOf)].join(' ').replaceAll(/\{\w+\}/g, ' ')
  return [...new Set([...SPECIAL_WORDS, ...(sentences.match(WORD) ?? []), ...VERBS, ...RELATIONS, ...NOUNS, ...SPARE_WORDS, ...phrases()])]
}

/** The families' relations of several words: a token each, so that a value stands as near to its key in every rule. */
function phrases(): string[] {
  const relations = Object.values(FAMILIES).flatMap(({ links }) => links.flatMap(({ rule, not }) => [rule, not]))
  return relations.map((rule) => rule.replaceAll(/\{\w+\}/g, '').trim()).filter((relation) => relation.includes(' '))
}

function sentencesOf({ goals, opening, links, finish }: Grammar): string[] {
  return [...goals, opening, finish, ...links.flatMap(({ rule, not, offers, choose }) => [rule, not, offers, choose])]
}
