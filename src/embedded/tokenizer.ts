/**
 * Text to tokens and back. A token is a word, a sign, or one of the phrases of the vocabulary (`does not belong in`). The
 * vocabulary is closed; a word outside it borrows one of the spare tokens for the length of a prompt, and gets its own
 * letters back in the answer. Spare tokens were trained as nouns without a meaning of their own.
 */
import { deriveSeed } from './random.ts'

/** One match is one word, whether known or not: letters and digits, a marker such as `goal:`, or a sign. */
export const WORD: RegExp = /[\p{L}\p{M}\p{N}]+:?|[^\s\p{L}\p{M}\p{N}]/gu

export const SPECIAL_WORDS: readonly string[] = ['<pad>', '<unk>', '<bos>']
/** How many different unknown words a prompt may have. */
export const SPARE_COUNT = 64
export const SPARE_WORDS: readonly string[] = Array.from({ length: SPARE_COUNT }, (_, i) => `x${i}`)

const UNKNOWN = 1
const START = 2

/** Reads one prompt from front to back; the same word is the same token throughout. */
export interface PromptEncoder {
  /** The tokens of a further part of the prompt. Parts may be cut where no phrase goes on. */
  encode(text: string): number[]
  /** Words of tokens, with single spaces between. A spare token that stands for nothing in this prompt is left out. */
  decode(tokens: readonly number[]): string
  /** Words for which no spare token was left; the model sees `<unk>`. */
  lost(): readonly string[]
}

export interface Tokenizer {
  /** Stands before every prompt. */
  readonly startToken: number
  /** What the model sees of a word for which no token was left. */
  readonly unknownToken: number
  readonly size: number
  /** The number of a word, where it has one of its own. */
  tokenOf(word: string): number | undefined
  /** The words, signs and phrases that a text falls into, one for each token. */
  split(text: string): string[]
  /** Starts a prompt. */
  begin(): PromptEncoder
}

/** @param vocabulary all words and phrases by their number */
export function createTokenizer(vocabulary: readonly string[]): Tokenizer {
  const numbers = new Map(vocabulary.map((word, number) => [word, number]))
  const spares = SPARE_WORDS.map((word) => numbers.get(word)).filter((number) => number !== undefined)
  const reserved = new Set([...SPARE_WORDS, ...SPECIAL_WORDS])
  const tokenOf = (word: string): number | undefined => (reserved.has(word) ? undefined : numbers.get(word))

  const piece = pieces(vocabulary)
  const split = (text: string): string[] => text.match(piece) ?? []

  const ownWord = (token: number): string => {
    const word = vocabulary[token] ?? ''
    return reserved.has(word) ? '' : word
  }

  const begin = (): PromptEncoder => {
    const borrowed = new Map<string, number>()
    const owners = new Map<number, string>()
    const lost = new Set<string>()
    const borrow = (word: string): number => {
      const already = borrowed.get(word)
      if (already !== undefined) return already
      // From a place that the word decides, so that it has the same token in most prompts, and what was computed can be reused.
      const place = (deriveSeed(word) >>> 0) % Math.max(1, spares.length)
      const free = [...spares.slice(place), ...spares.slice(0, place)].find((token) => !owners.has(token))
      if (free === undefined) {
        lost.add(word)
        return UNKNOWN
      }
      borrowed.set(word, free)
      owners.set(free, word)
      return free
    }
    return {
      encode: (text) => split(text).map((word) => tokenOf(word) ?? borrow(word)),
      decode: (tokens) =>
        tokens
          .map((token) => owners.get(token) ?? ownWord(token))
          .filter((word) => word !== '')
          .join(' '),
      lost: () => [...lost],
    }
  }
  return { startToken: START, unknownToken: UNKNOWN, size: vocabulary.length, tokenOf, split, begin }
}

/** Phrases first, the longest of them before the others; they end where a word ends. */
function pieces(vocabulary: readonly string[]): RegExp {
  const phrases = vocabulary.filter((word) => word.includes(' ')).toSorted((a, b) => b.length - a.length)
  if (phrases.length === 0) return WORD
  return new RegExp(`(?:${phrases.join('|')})(?![\\p{L}\\p{M}\\p{N}:])|${WORD.source}`, 'gu')
}
