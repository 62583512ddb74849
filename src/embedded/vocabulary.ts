/** The embedded model's vocabulary: how a text falls into its words, and which of them it does not know. */
import tokenizerFile from './model/tokenizer.json'
import { createTokenizer, WORD, type Tokenizer } from './tokenizer.ts'

// A value is read up to here at most; far more than any prompt holds.
const LONGEST_VALUE = 2_000

const TOKENIZER = createTokenizer(Object.keys(tokenizerFile.model.vocab))

/** The tokenizer of the shipped weights, of every size. */
export function embeddedTokenizer(): Tokenizer {
  return TOKENIZER
}

/**
 * The words of `text` that the model has no word for, each once, in order. It reads them through spare tokens, up to 64
 * different ones a prompt: as names without a meaning, which is all that it knows of any noun.
 */
export function unknownWords(text: string): string[] {
  return [...new Set(valueWords(text))].filter((word) => TOKENIZER.tokenOf(word) === undefined)
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
  return TOKENIZER.split(text).length
}
