import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hashEmbedder } from '../../src/embedding/hash-embedder.ts'
import { place } from '../../src/embedding/hash-text.ts'
import { dot } from '../../src/util/vectors.ts'

const embedder = hashEmbedder()
const embed = async (text: string): Promise<Float32Array> => (await embedder.embed([text]))[0] as Float32Array
const similarity = async (a: string, b: string): Promise<number> => dot(await embed(a), await embed(b))

/** Any UTF-16, lone surrogates and control characters included, and texts made of the oddest signs. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc.string({ unit: fc.constantFrom('\ud800', '\udc00', '\u200d', '\u0301', '\ufe0f', '🏽', '🙂', ' ', '\u0000', 'İ', 'ﷺ', '한', 'ก') }),
)

describe('every text', () => {
  test('gives a finite vector of unit length, the same each time', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        const vector = await embed(text)
        expect(vector).toHaveLength(384)
        expect(Math.sqrt(dot(vector, vector))).toBeCloseTo(1, 4)
        expect(await embed(text)).toEqual(vector)
      }),
      { numRuns: 500 },
    )
  })

  test('without anything to print gives one fixed unit vector, and none other does', async () => {
    const nothing = await embed('')
    for (const text of [' \n\t', '\u0000\u0007', '\u200b\u200d', '\ufeff']) expect(await embed(text)).toEqual(nothing)
    for (const text of ['a', '!', '。', '🙂', '\ud800', '\u0301']) expect(await embed(text)).not.toEqual(nothing)
  })

  test.each([
    '把冬天的铲子收起来',
    'ضع المجرفة بعيدا',
    'เก็บพลั่วฤดูหนาว',
    '冬のシャベルを片付ける',
    '겨울 삽을 치워라',
    'קח את המכוש',
    '🙂🌍',
    '👩‍👩‍👧',
    '🇩🇪',
    'Εφυγε',
  ])('of its own script is nearer to itself with one word changed than to others: %s', async (text) => {
    expect(await similarity(text, `${text} ${text.slice(0, 2)}`)).toBeGreaterThan(0.5)
    expect(Math.abs(await similarity(text, 'serve lunch to omar'))).toBeLessThan(0.25)
  })

  test('of a megabyte is read up to a bound, without splitting a character', async () => {
    const long = 'winter spade '.repeat(80_000)
    expect(await similarity(long, 'winter spade')).toBeGreaterThan(0.99)
    const filled = 'ab '.repeat(2730) + 'x'
    expect(filled).toHaveLength(8191)
    expect(await embed(`${filled}🙂`)).toEqual(await embed(filled))
  })
})

describe('similarity', () => {
  test('ranks goals by the words they share', async () => {
    const goal = 'put the winter spade away'
    const same = await similarity(goal, 'put the winter mug away')
    expect(same).toBeGreaterThan((await similarity(goal, 'put the toy mug away')) + 0.1)
    expect(same).toBeGreaterThan((await similarity(goal, 'serve lunch to omar')) + 0.4)
    expect(same).toBeGreaterThan((await similarity(goal, 'handle the refund request from dana')) + 0.4)
  })

  test('weighs rare words more than common ones', async () => {
    const goal = 'the winter is in the tray'
    expect(await similarity(goal, 'winter tray')).toBeGreaterThan(0.8)
    expect(await similarity(goal, 'the lunch is in the box')).toBeLessThan(0.3)
  })

  test('sees forms of a word, another case and another width of its letters', async () => {
    expect(await similarity('refund request', 'refunds requested')).toBeGreaterThan(0.3)
    expect(await similarity('Winter SPADE', 'winter spade')).toBeCloseTo(1, 5)
    expect(await similarity('ｗｉｎｔｅｒ', 'winter')).toBeCloseTo(1, 5)
  })

  test('grows slowly with repetition', async () => {
    const once = await similarity('winter tray', 'winter')
    const often = await similarity('winter winter winter winter tray', 'winter')
    expect(often).toBeGreaterThan(once)
    expect(often).toBeLessThan(0.97)
  })

  test('of unrelated texts is nothing on average', async () => {
    const words = Array.from({ length: 400 }, (_, i) => `${((i + 1) * 7919).toString(36)}q ${((i + 1) * 104729).toString(36)}z`)
    const vectors = await embedder.embed(words)
    const pairs = vectors.flatMap((a, i) => vectors.slice(i + 1).map((b) => dot(a, b)))
    const mean = pairs.reduce((sum, x) => sum + x, 0) / pairs.length
    expect(Math.abs(mean)).toBeLessThan(0.005)
    expect(Math.max(...pairs.map(Math.abs))).toBeLessThan(0.6)
  })
})

describe('hashing', () => {
  const places = Array.from({ length: 48_000 }, (_, i) => place(`feature ${i}`, i % 5, 384))

  test('spreads features evenly over the places', () => {
    const counts = Array.from({ length: 384 }, () => 0)
    for (const { index } of places) counts[index] = (counts[index] ?? 0) + 1
    const expected = places.length / 384
    const chiSquare = counts.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0)
    expect(chiSquare).toBeLessThan(383 + 5 * Math.sqrt(2 * 383))
  })

  test('draws the sign independently of the place', () => {
    const sums = Array.from({ length: 384 }, () => 0)
    for (const { index, sign } of places) sums[index] = (sums[index] ?? 0) + sign
    const perPlace = places.length / 384
    // Each sum is a random walk: its square is `perPlace` on average, and 384 of them are close to that.
    const ratio = sums.reduce((sum, x) => sum + (x * x) / perPlace, 0) / 384
    expect(ratio).toBeGreaterThan(0.64)
    expect(ratio).toBeLessThan(1.36)
    // Nor does it follow from the last bit of the place.
    for (const bit of [0, 1]) {
      const half = places.filter(({ index }) => index % 2 === bit)
      expect(Math.abs(half.filter(({ sign }) => sign === 1).length / half.length - 0.5)).toBeLessThan(0.02)
    }
  })
})

describe('options and calls', () => {
  test('the id names version and size', () => {
    expect(hashEmbedder().id).toBe('hash/1-384')
    expect(hashEmbedder({ dimensions: 64 })).toMatchObject({ id: 'hash/1-64', dimensions: 64 })
    expect(hashEmbedder({ dimensions: 64 }).link?.()).toEqual({ kind: 'hash', dimensions: 64 })
  })

  test.each([0, -1, 15, 1.5, Number.NaN, 1e9, '384', null])('dimensions %s are refused', (dimensions) => {
    expect(() => hashEmbedder({ dimensions: dimensions as number })).toThrow(expect.objectContaining({ code: 'invalid-options' }))
  })

  test('a long batch can be aborted in the middle', async () => {
    const controller = new AbortController()
    const work = embedder.embed(
      Array.from({ length: 5000 }, (_, i) => `text ${i}`),
      { signal: controller.signal },
    )
    setTimeout(() => controller.abort())
    await expect(work).rejects.toMatchObject({ code: 'aborted' })
  })
})
