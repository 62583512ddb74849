import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createTokenizer, SPARE_COUNT, SPARE_WORDS, SPECIAL_WORDS, WORD } from '../../src/embedded/tokenizer.ts'
import { countTokens } from '../../src/embedded/vocabulary.ts'
import { inventWord } from '../../src/embedded/world/words.ts'
import { createRandom } from '../../src/embedded/random.ts'
import { vocabulary } from '../../training/generator/vocabulary.ts'

const words = vocabulary()
const tokenizer = createTokenizer(words)
const numberOf = (word: string): number => words.indexOf(word)
const spares = new Set(SPARE_WORDS.map(numberOf))

/** Different words that stand in no vocabulary. */
function strangers(count: number): string[] {
  const random = createRandom(1)
  const found = new Set<string>()
  while (found.size < count) found.add(inventWord(random.pick, new Set(words)))
  return [...found]
}

test('every word of the vocabulary is its own token and comes back as itself', () => {
  const own = words.filter((word) => !SPARE_WORDS.includes(word) && !SPECIAL_WORDS.includes(word))
  expect(own).toHaveLength(words.length - SPARE_COUNT - SPECIAL_WORDS.length)
  const encoder = tokenizer.begin()
  expect(own.flatMap((word) => encoder.encode(word))).toEqual(own.map(numberOf))
  expect(encoder.decode(own.map(numberOf))).toBe(own.join(' '))
  expect(encoder.lost()).toEqual([])
  expect(own.map(tokenizer.tokenOf)).toEqual(own.map(numberOf))
  expect([tokenizer.size, tokenizer.startToken, tokenizer.unknownToken]).toEqual([words.length, numberOf('<bos>'), numberOf('<unk>')])
})

test('a text of the format falls into words, markers and signs', () => {
  const text = 'goal: put the winter spade away ; plan: winter belongs in tray , tray opens with coin ;'
  const encoder = tokenizer.begin()
  expect(encoder.decode(encoder.encode(text))).toBe(text)
  expect(encoder.encode('act go to ?').map((token) => words[token])).toEqual(['act', 'go', 'to', '?'])
})

test('a phrase is one token, where its last word ends there', () => {
  const encoder = tokenizer.begin()
  expect(encoder.encode('winter does not belong in tray')).toEqual(['winter', 'does not belong in', 'tray'].map(numberOf))
  expect(tokenizer.split('belongs into tray, belongs in: xbelongs in')).toEqual([
    'belongs',
    'into',
    'tray',
    ',',
    'belongs',
    'in:',
    'xbelongs',
    'in',
  ])
})

test('an unknown word is the same spare token throughout a prompt, and gets its letters back', () => {
  const encoder = tokenizer.begin()
  const [first, again, other] = [encoder.encode('go to Zürich'), encoder.encode('Zürich opens with coin'), encoder.encode('go to oslo')]
  expect(spares.has(first[2] ?? -1)).toBe(true)
  expect(again[0]).toBe(first[2])
  expect(spares.has(other[2] ?? -1)).toBe(true)
  expect(other[2]).not.toBe(first[2])
  expect(encoder.decode([...again, ...other])).toBe('Zürich opens with coin go to oslo')
})

test('different words never share a token, and a full prompt names those for which none was left', () => {
  const unknown = strangers(SPARE_COUNT + 3)
  const encoder = tokenizer.begin()
  const tokens = encoder.encode(unknown.join(' '))
  expect(new Set(tokens.slice(0, SPARE_COUNT))).toEqual(spares)
  expect(tokens.slice(SPARE_COUNT)).toEqual([tokenizer.unknownToken, tokenizer.unknownToken, tokenizer.unknownToken])
  expect(encoder.lost()).toEqual(unknown.slice(SPARE_COUNT))
  expect(encoder.decode(tokens)).toBe(unknown.slice(0, SPARE_COUNT).join(' '))
  expect(tokenizer.begin().lost()).toEqual([])
})

test('a word has the same spare token in every prompt in which that one is free', () => {
  for (const word of strangers(200)) {
    const alone = tokenizer.begin().encode(word)[0]
    for (const company of strangers(6).filter((other) => other !== word)) {
      const encoder = tokenizer.begin()
      const [taken, token] = encoder.encode(`${company} ${word}`)
      expect(token === alone).toBe(taken !== alone)
    }
  }
})

test('spare tokens that stand for nothing in a prompt, and special ones, are left out of its answer', () => {
  const encoder = tokenizer.begin()
  const [borrowed = 0] = encoder.encode('oslo')
  const free = [...spares].filter((token) => token !== borrowed)
  expect(encoder.decode([0, 1, 2, ...free, borrowed, numberOf('tray'), words.length + 5])).toBe('oslo tray')
})

test('what a user types is never a spare or a special token by its name, and comes back as typed', () => {
  for (const typed of [...SPARE_WORDS, ...SPECIAL_WORDS, 'x64', 'X5', '__proto__', 'constructor']) {
    const encoder = tokenizer.begin()
    const tokens = encoder.encode(`${typed} tray`)
    expect(tokens.filter((token) => token < SPECIAL_WORDS.length)).toEqual([])
    expect(encoder.decode(tokens)).toBe([...typed.matchAll(WORD), 'tray'].join(' '))
    expect(SPARE_WORDS.includes(typed) && tokenizer.tokenOf(typed) !== undefined).toBe(false)
  }
  // Two of their names in one prompt are two words, whatever tokens they get.
  const encoder = tokenizer.begin()
  const [a, b] = encoder.encode('x5 x6')
  expect(a).not.toBe(b)
  expect(encoder.decode([b ?? 0, a ?? 0])).toBe('x6 x5')
})

test('no text makes it throw; it counts as many tokens as are made, and what is not lost comes back', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc.string({ unit: 'grapheme', maxLength: 80 }),
    fc
      .array(fc.constantFrom(...words, '\ud800', 'İ', 'a\u0301', '走', 'goal:goal:', '🙂'), { maxLength: 60 })
      .map((parts) => parts.join(' ')),
  )
  fc.assert(
    fc.property(fc.array(texts, { maxLength: 5 }), (parts) => {
      const encoder = tokenizer.begin()
      const tokens = parts.flatMap(encoder.encode)
      expect(tokens).toHaveLength(parts.reduce((sum, text) => sum + countTokens(text), 0))
      expect(
        tokens.every((token) => Number.isInteger(token) && token > 0 && token < tokenizer.size && token !== tokenizer.startToken),
      ).toBe(true)
      const lost = new Set(encoder.lost())
      const kept = parts.flatMap((text) => text.match(WORD) ?? []).filter((word) => !lost.has(word))
      expect(encoder.decode(tokens)).toBe(kept.join(' '))
    }),
    { numRuns: 500 },
  )
})

test('a vocabulary without spare tokens loses unknown words and says so', () => {
  const encoder = createTokenizer(['<pad>', '<unk>', '<bos>', 'go', 'to']).begin()
  expect(encoder.encode('go to oslo')).toEqual([3, 4, 1])
  expect(encoder.lost()).toEqual(['oslo'])
})
