import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRandom, deriveSeed } from '../../src/embedded/random.ts'
import { applyStops, sampleToken } from '../../src/embedded/sampling.ts'

const logits = Float32Array.of(0, Math.log(3), -30, Math.log(2))

test('temperature 0 takes the likeliest token, the first among equals', () => {
  expect(sampleToken(logits, 0, createRandom(1))).toBe(1)
  expect(sampleToken(Float32Array.of(1, 5, 5), 0, createRandom(1))).toBe(1)
})

test('tokens are drawn with their probability under the temperature', () => {
  const random = createRandom(3)
  const drawn = Array.from({ length: 6000 }, () => sampleToken(logits, 1, random))
  const share = (token: number): number => drawn.filter((other) => other === token).length / 6000
  expect([share(0) * 6, share(1) * 6, share(2), share(3) * 6].map(Math.round)).toEqual([1, 3, 0, 2])
  const cold = Array.from({ length: 6000 }, () => sampleToken(logits, 0.5, random))
  expect(cold.filter((token) => token === 1).length / 6000).toBeCloseTo(9 / 14, 1)
})

test('logits of any size neither overflow nor give a token that is not there', () => {
  fc.assert(
    fc.property(
      fc.array(fc.float({ noNaN: true, min: Math.fround(-1e30), max: Math.fround(1e30) }), { minLength: 1, maxLength: 8 }),
      fc.integer(),
      (values, seed) => {
        const token = sampleToken(Float32Array.from(values), 0.7, createRandom(seed))
        expect(token).toBeGreaterThanOrEqual(0)
        expect(token).toBeLessThan(values.length)
      },
    ),
  )
})

test('an answer ends before the first stop', () => {
  expect(applyStops('go to tray ; see', [';', 'tray'], true)).toEqual({ text: 'go to', stopped: true })
  expect(applyStops('go to tray', [';'], false)).toEqual({ text: 'go to tray', stopped: false })
})

test('what may be the start of a stop is held back while more may come', () => {
  expect(applyStops('put spade in', ['in tray'], true)).toEqual({ text: 'put spade', stopped: false })
  expect(applyStops('put spade in', ['in tray'], false)).toEqual({ text: 'put spade in', stopped: false })
})

test('text that grows is shown piece by piece and never taken back', () => {
  const word = fc.constantFrom('a', 'b', 'ab', ';')
  fc.assert(
    fc.property(
      fc.array(word, { maxLength: 12 }),
      fc.array(fc.string({ unit: word, minLength: 1, maxLength: 4 }), { maxLength: 3 }),
      (words, stops) => {
        let shown = ''
        for (let i = 1; i <= words.length; i++) {
          const { text, stopped } = applyStops(words.slice(0, i).join(' '), stops, i < words.length)
          expect(text.startsWith(shown)).toBe(true)
          shown = text
          if (stopped) return
        }
      },
    ),
  )
})

test('random numbers repeat with their seed, fill their range and differ between seeds', () => {
  const random = createRandom(5)
  const drawn = Array.from({ length: 7000 }, () => random.integer(7))
  expect(new Set(drawn).size).toBe(7)
  for (let value = 0; value < 7; value++) expect(drawn.filter((other) => other === value).length).toBeGreaterThan(850) // 1000 ± 29
  expect(createRandom(5).next()).toBe(createRandom(5).next())
  expect(createRandom(deriveSeed(5, 'a')).next()).not.toBe(createRandom(deriveSeed(5, 'b')).next())
  expect(
    createRandom(1)
      .sample([1, 2, 3, 4])
      .toSorted((a, b) => a - b),
  ).toEqual([1, 2, 3, 4])
  expect(createRandom(1).sample([1, 2, 3, 4], 2)).toHaveLength(2)
})
