import fc from 'fast-check'
import { expect, test } from 'vitest'
import { legible } from '../../src/ui/legible.ts'

test.each([
  ['what reorders', 'a\u202eb\u2067c', 'a⟨U+202E⟩b⟨U+2067⟩c'],
  ['what is invisible, once a run', 'a\u200b\u200b\u00adb', 'a⟨U+200B ×2⟩⟨U+00AD⟩b'],
  ['text in tag characters', 'a\u{e0041}\u{e0042}', 'a⟨U+E0041⟩⟨U+E0042⟩'],
  ['fillers that look like nothing', 'a\u3164\u2800\uffa0\u115fb', 'a⟨U+3164⟩⟨U+2800⟩⟨U+FFA0⟩⟨U+115F⟩b'],
  ['control characters', 'a\u0000\u001b[31mb', 'a⟨U+0000⟩⟨U+001B⟩[31mb'],
  ['long blanks', `a${' '.repeat(40)}b`, 'a ⟨40 spaces⟩ b'],
  ['blanks of other kinds', `a${'\u3000\u00a0'.repeat(8)}b`, 'a ⟨16 spaces⟩ b'],
  ['empty lines', `a${'\n  '.repeat(30)}b`, 'a\n⟨30 line breaks⟩\n  b'],
  ['towers of marks', `a${'\u0301'.repeat(50)}b`, `a${'\u0301'.repeat(4)}⟨…⟩b`],
])('%s is spelled out', (_, text, seen) => {
  expect(legible(text, 1000)).toBe(seen)
})

test.each(['Größe 3 m²', 'می‌خواهم', 'क्‍ष', '👩‍💻 ❤️ 1️⃣', 'שלום, world', 'two\nlines\n\nand a\ttab', '日本語　テスト'])(
  '%s stays as it is',
  (text) => {
    expect(legible(text, 1000)).toBe(text)
  },
)

test('a long text keeps its beginning and its end', () => {
  const seen = legible(`begin${'x'.repeat(100_000)}end`, 500)
  expect(seen.length).toBeLessThanOrEqual(500)
  expect(seen).toMatch(/^begin.*shortened.*end$/)
})

test('whatever the text, nothing in it reorders, hides or towers', () => {
  const parts = fc.constantFrom(
    '\u202e',
    '\u2066',
    '\u200b',
    '\u200d',
    '\ufe0f',
    '\u0301',
    '\u{e0041}',
    '❤',
    '👩',
    'a',
    '1',
    ' ',
    '\n',
    '\r',
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(parts, fc.string({ unit: 'binary' }))), (texts) => {
      const seen = legible(texts.join(''), 2000)
      expect(seen).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b\u200e\u200f\ufeff\u{e0000}-\u{e007f}]/u)
      expect(seen).not.toMatch(/\p{M}{6}|\n\s*\n\s*\n\s*\n|\u200d\u200d/u)
      expect(seen.isWellFormed()).toBe(true)
    }),
  )
})
