/** The embedded model's closed vocabulary: how a text falls into its words, and which of them it does not know. */
import tokenizer from './model/tokenizer.json'

const KNOWN: ReadonlySet<string> = new Set(Object.keys(tokenizer.model.vocab))
// The tokenizer's own pattern: one match is one token, whether known or not.
const WORD = /[a-z0-9]+:?|[^\sa-z0-9]/gu
// A value is read up to here at most; far more than any prompt holds.
const LONGEST_VALUE = 2_000

/**
 * The words of `text` that the model cannot read, each once, in order. It sees `<unk>` for every one of them,
 * so a goal that holds any will hardly succeed: say so where a person may type.
 */
export function unknownWords(text: string): string[] {
  return [...new Set(valueWords(text))].filter((word) => !KNOWN.has(word))
}

/**
 * A value from outside as words that cannot be mistaken for the format: in lower case, `;` as a comma, and without the
 * signs that make markers (`goal:`) and special tokens (`<bos>`).
 */
export function valueWords(text: string): string[] {
  const plain = text.slice(0, LONGEST_VALUE).toLowerCase().replaceAll(';', ',').replaceAll(/[:<>]/g, ' ')
  return plain.match(WORD) ?? []
}

/** Tokens of a text of the format, without the `<bos>` in front. */
export function countTokens(text: string): number {
  return text.match(WORD)?.length ?? 0
}
