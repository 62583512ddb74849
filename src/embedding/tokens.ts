/** Cuts a text of any script into weighted words, each with its character n-grams. */
import { clip } from './clip.ts'

export interface Token {
  /** How often it stands in the text. */
  count: number
  /** How much one occurrence says: little for short and common words, most for long ones and numbers. */
  weight: number
  /** Parts that other words may share. */
  grams: readonly string[]
}

const SHORTEST_GRAM = 3
const LONGEST_GRAM = 5

/** Scripts written without spaces: a run of letters is no word there. */
const UNSPACED = '\\p{scx=Han}\\p{scx=Hira}\\p{scx=Kana}\\p{scx=Thai}\\p{scx=Laoo}\\p{scx=Khmr}\\p{scx=Mymr}\\p{scx=Tibt}'

/** A word; a run of a script without spaces; an emoji with all that belongs to it; any other visible sign. */
const PIECES: RegExp = new RegExp(
  [
    `(?<run>(?:(?=[\\p{L}\\p{M}\\p{N}])[${UNSPACED}])+)`,
    `(?<word>(?:(?![${UNSPACED}])[\\p{L}\\p{N}]\\p{M}*)+)`,
    '\\p{RI}{2}|\\p{ExtPict}[\\uFE0F\\p{EMod}]*(?:\\u200D\\p{ExtPict}[\\uFE0F\\p{EMod}]*)*',
    '[^\\s\\p{C}\\p{M}]|\\p{M}',
  ].join('|'),
  'gu',
)

/** A letter with its marks. */
const LETTERS = /.\p{M}*/gsu

/** English words that say little of what a sentence is about. Other languages have the rule of length alone. */
const COMMON: ReadonlySet<string> = new Set(
  'a an and are as at be by do for from go has have he her his i in into is it its me my not of on or our she so that the their them then there they this to us was we were will with you your'.split(
    ' ',
  ),
)

/** The distinct tokens of `text` after NFKC and lower-casing. `most` bounds the text again, since NFKC can lengthen it. */
export function tokens(text: string, most: number): Map<string, Token> {
  const found = new Map<string, Token>()
  const plain = clip(text.normalize('NFKC').toLowerCase(), most)
  for (const match of plain.matchAll(PIECES)) {
    const { run, word } = match.groups ?? {}
    if (run) for (const [letters, weight] of unspaced(run)) count(found, letters, () => ({ weight, grams: [] }))
    else if (word) count(found, word, () => ({ weight: weightOf(word), grams: gramsOf(word) }))
    else count(found, match[0], () => ({ weight: /[\p{P}\p{M}]/u.test(match[0]) ? 0.1 : 0.8, grams: [] }))
  }
  return found
}

function count(found: Map<string, Token>, key: string, create: () => Omit<Token, 'count'>): void {
  const known = found.get(key)
  if (known) known.count++
  else found.set(key, { count: 1, ...create() })
}

/** Single letters, and pairs and triples, which come nearest to words. */
function* unspaced(run: string): Generator<[string, number]> {
  const letters = run.match(LETTERS) ?? []
  for (let i = 0; i < letters.length; i++) {
    yield [letters[i] as string, 0.5]
    if (i + 1 < letters.length) yield [letters.slice(i, i + 2).join(''), 0.8]
    if (i + 2 < letters.length) yield [letters.slice(i, i + 3).join(''), 0.5]
  }
}

function weightOf(word: string): number {
  if (COMMON.has(word)) return 0.25
  if (/\p{N}/u.test(word)) return 1
  const { length } = word.match(LETTERS) ?? []
  return Math.min(1, 0.4 + 0.12 * (length ?? 0))
}

/** All n-grams of the word with its ends marked, the marked word itself left out. */
function gramsOf(word: string): string[] {
  const letters = ['\u0002', ...(word.match(LETTERS) ?? []), '\u0003']
  const grams: string[] = []
  for (let n = SHORTEST_GRAM; n <= LONGEST_GRAM; n++)
    for (let i = 0; i + n <= letters.length; i++) if (n < letters.length) grams.push(letters.slice(i, i + n).join(''))
  return grams
}
