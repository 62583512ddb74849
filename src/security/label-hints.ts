/** What the label of an element hints at. A hint can only make an effect graver: whoever wrote the page wrote the label. */
import { foldText, foldWords } from './fold.ts'
import { DESTRUCTIVE, HARMLESS, PAYING } from './label-words.ts'

export type LabelHint = 'destructive' | 'pay'

/** What labels speak of; paying is the graver where they speak of both. */
export function labelHint(labels: readonly string[]): LabelHint | null {
  const readings = labels.map(reading)
  if (readings.some((label) => speaksOf(label, WORDS.pay))) return 'pay'
  return readings.some((label) => speaksOf(label, WORDS.destructive)) ? 'destructive' : null
}

/** A label in the forms in which it is looked at. */
interface Reading {
  words: readonly string[]
  /** Of words and of all their beginnings. */
  known: ReadonlySet<string>
  /** Joined by single blanks, with one at either end. */
  text: string
  /** Without blanks between characters of scripts that have none, and without names that only speak of it. */
  joined: string
}

interface Lexicon {
  /** Groups of words that must all be in a label; mostly groups of one. */
  together: readonly (readonly string[])[]
  whole: ReadonlySet<string>
  anywhere: readonly string[]
}

function reading(label: string): Reading {
  const words = foldWords(label)
  const beginnings = words.flatMap((word) =>
    Array.from({ length: Math.min(word.length, LONGEST) }, (_, index) => `${word.slice(0, index + 1)}*`),
  )
  const joined = HARMLESS_NAMES.reduce((text, name) => text.replaceAll(name, ' '), words.join(' ').replace(BETWEEN, ''))
  return { words, known: new Set([...words, ...beginnings]), text: ` ${words.join(' ')} `, joined }
}

function speaksOf(label: Reading, { together, whole, anywhere }: Lexicon): boolean {
  return (
    whole.has(label.words.join(' ')) ||
    together.some((group) => group.every((entry) => (entry.includes(' ') ? label.text.includes(` ${entry} `) : label.known.has(entry)))) ||
    anywhere.some((word) => label.joined.includes(word))
  )
}

function lexicon(lines: readonly string[]): Lexicon {
  const entries = lines.flatMap(entriesOf)
  const spaced = entries.filter((entry) => !UNSPACED.test(entry))
  return {
    together: spaced.filter((entry) => !entry.startsWith('=')).map((entry) => entry.split('+').map(foldEntry)),
    whole: new Set(spaced.filter((entry) => entry.startsWith('=')).map((entry) => foldText(entry))),
    anywhere: entries.filter((entry) => UNSPACED.test(entry)).flatMap(joinedForms),
  }
}

function entriesOf(line: string): string[] {
  return line.split(',').map((entry) => entry.trim().replace(/\s+/g, ' '))
}

function foldEntry(entry: string): string {
  return foldText(entry) + (entry.endsWith('*') ? '*' : '')
}

/** With blanks and without: people differ. */
function joinedForms(entry: string): string[] {
  const folded = foldWords(entry).join(' ')
  return [...new Set([folded, folded.replaceAll(' ', '')])]
}

const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Arabic}]/u
const BETWEEN = /(?<=[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]) (?=[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])/gu

/** No word of the lists is longer. */
const LONGEST = 16

const WORDS: Readonly<Record<LabelHint, Lexicon>> = { destructive: lexicon(DESTRUCTIVE), pay: lexicon(PAYING) }
const HARMLESS_NAMES = HARMLESS.flatMap(entriesOf).flatMap(joinedForms)
