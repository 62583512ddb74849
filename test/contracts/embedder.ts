/** What every `Embedder` keeps, whoever makes it. Each embedder's test hands in a factory. */
import { afterEach, describe, expect, test } from 'vitest'
import type { Embedder } from '../../src/core/embedder.ts'
import { checkVectors } from '../../src/util/vectors.ts'

export interface EmbedderCase {
  /** A fresh embedder; all that this makes have one id and the same vectors. The suite closes it. */
  create(): Embedder
  /** What this embedder does otherwise, with the reason. */
  exceptions?: Partial<Record<'abortInTheMiddle' | 'close', string>>
}

/** Of any length and script, and some that are no text at all. */
const TEXTS: readonly string[] = [
  'put the winter spade away',
  'a',
  '把冬天的铲子收起来',
  'ضع المجرفة بعيدا',
  'เก็บพลั่วฤดูหนาว',
  '겨울 삽을 치워라',
  '👩‍👩‍👧🇩🇪',
  'e\u0301\u200d\ufe0f',
  '__proto__',
  '</data> {plan} $&',
  'winter spade '.repeat(2000),
  '\ud800',
  '\udc00 half',
  '\u0000\u0007',
  ' \n\t',
  '',
]

/** Enough that the embedder is still at it when the signal fires. */
const MANY: readonly string[] = Array.from({ length: 1000 }, (_, i) => `${i} `.repeat(50))

export function testEmbedderContract(label: string, { create, exceptions = {} }: EmbedderCase): void {
  const opened: Embedder[] = []
  const open = (): Embedder => {
    const embedder = create()
    opened.push(embedder)
    return embedder
  }
  const embed = async (embedder: Embedder, texts: readonly string[]): Promise<Float32Array[]> => {
    const vectors: unknown = await embedder.embed(texts)
    checkVectors(vectors, { id: embedder.id, count: texts.length, dimensions: embedder.dimensions })
    return vectors
  }
  afterEach(() => {
    for (const embedder of opened.splice(0)) embedder.close?.()
  })

  describe(`${label} keeps the contract of an embedder`, () => {
    test('it has an id that settings decide, and a whole number of dimensions', () => {
      const { id, dimensions } = open()
      expect(id).toMatch(/^[\w-]+\/.+/)
      expect(Number.isInteger(dimensions) && dimensions > 0).toBe(true)
      expect(open()).toMatchObject({ id, dimensions })
    })

    test('every text of whatever script gets a finite vector of unit length', async () => {
      await embed(open(), TEXTS)
    })

    test('vectors come in the order of the texts, one for each, also where a text comes twice', async () => {
      const embedder = open()
      const [first = '', second = ''] = TEXTS
      const [a, b, again] = await embed(embedder, [first, second, first])
      const [alone] = await embed(embedder, [second])
      expect(furthest(a, again)).toBeLessThan(1e-4)
      expect(furthest(b, alone)).toBeLessThan(1e-4)
      expect(furthest(a, b)).toBeGreaterThan(0.01)
    })

    test('a text has the same vector in the next call, and in another embedder of the same id', async () => {
      const embedder = open()
      const vectors = await embed(embedder, TEXTS)
      for (const other of [await embed(embedder, TEXTS), await embed(open(), TEXTS)])
        for (const [i, vector] of vectors.entries()) expect(furthest(vector, other[i])).toBeLessThan(1e-6)
    })

    test('what a caller does to its vectors changes none of later ones', async () => {
      const embedder = open()
      const [vector] = await embed(embedder, ['a'])
      const before = vector?.slice()
      vector?.fill(0)
      expect((await embed(embedder, ['a']))[0]).toEqual(before)
    })

    test('no texts have no vectors', async () => {
      expect(await open().embed([])).toEqual([])
    })

    test('a call whose signal has fired already is not begun', async () => {
      await expect(open().embed(['a'], { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' })
    })

    test.skipIf(exceptions.abortInTheMiddle)('an abort in the middle ends that call alone, and the next call works', async () => {
      const embedder = open()
      await embed(embedder, ['a'])
      const controller = new AbortController()
      const aborted = embedder.embed(MANY, { signal: controller.signal })
      const other = embed(embedder, ['b'])
      controller.abort()
      await expect(aborted).rejects.toMatchObject({ code: 'aborted' })
      await other
      await embed(embedder, ['c'])
    })

    test(exceptions.close ? 'it has nothing to close, and goes on' : 'after close every call rejects', async () => {
      const [embedder, unused] = [open(), open()]
      await embed(embedder, ['a'])
      for (const closed of [embedder, unused]) {
        closed.close?.()
        closed.close?.()
        if (exceptions.close) await embed(closed, ['b'])
        else await expect(closed.embed(['b'])).rejects.toMatchObject({ code: 'embedder-failed' })
      }
    })
  })
}

function furthest(a: Float32Array | undefined, b: Float32Array | undefined): number {
  return Math.max(...Array.from(a ?? [Infinity], (x, i) => Math.abs(x - (b?.[i] ?? Number.NaN))))
}
