import { describe, expect, test } from 'vitest'
import type { Embedder } from '../../src/core/embedder.ts'
import { RepriseError } from '../../src/core/errors.ts'
import { cachedEmbedder } from '../../src/embedding/cached-embedder.ts'
import { hashEmbedder } from '../../src/embedding/hash-embedder.ts'

interface Recorded extends Embedder {
  batches: string[][]
  signals: (AbortSignal | undefined)[]
  /** Lets the oldest batch that waits go on. */
  release(): void
}

/** The hash embedder, with a diary, and held up until released where `held`. */
function recorded({ held = false } = {}): Recorded {
  const inner = hashEmbedder({ dimensions: 32 })
  const waiting: (() => void)[] = []
  const batches: string[][] = []
  const signals: (AbortSignal | undefined)[] = []
  return {
    ...inner,
    batches,
    signals,
    release: () => waiting.shift()?.(),
    async embed(texts, options) {
      batches.push([...texts])
      signals.push(options?.signal)
      if (held) await new Promise<void>((resolve) => waiting.push(resolve))
      return inner.embed(texts)
    },
  }
}

const misbehaving = (embed: () => unknown): Embedder => ({ id: 'odd', dimensions: 2, embed: async () => embed() as Float32Array[] })

describe('what is asked of the embedder', () => {
  test('each text is embedded once, and what is missing goes as one batch', async () => {
    const inner = recorded()
    const cached = cachedEmbedder(inner)
    const first = await cached.embed(['a', 'b', 'a'])
    expect(first[0]).toEqual(first[2])
    expect(await cached.embed(['c', 'b', 'd', 'c'])).toEqual(await hashEmbedder({ dimensions: 32 }).embed(['c', 'b', 'd', 'c']))
    expect(inner.batches).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ])
  })

  test('calls at the same time share what is under way', async () => {
    const inner = recorded({ held: true })
    const cached = cachedEmbedder(inner)
    const calls = [cached.embed(['a', 'b']), cached.embed(['b', 'c']), cached.embed(['c', 'a'])]
    await Promise.resolve()
    expect(inner.batches).toEqual([['a', 'b'], ['c']])
    inner.release()
    inner.release()
    const plain = hashEmbedder({ dimensions: 32 })
    expect(await Promise.all(calls)).toEqual([await plain.embed(['a', 'b']), await plain.embed(['b', 'c']), await plain.embed(['c', 'a'])])
  })

  test('no texts ask nothing', async () => {
    const inner = recorded()
    expect(await cachedEmbedder(inner).embed([])).toEqual([])
    expect(inner.batches).toEqual([])
  })

  test('the text unused for longest is forgotten first', async () => {
    const inner = recorded()
    const cached = cachedEmbedder(inner, { maxEntries: 2 })
    for (const text of ['a', 'b', 'a', 'c', 'a', 'b']) await cached.embed([text])
    expect(inner.batches.flat()).toEqual(['a', 'b', 'c', 'b'])
  })

  test('a batch larger than the cache still comes whole', async () => {
    const texts = Array.from({ length: 20 }, (_, i) => `text ${i}`)
    expect(await cachedEmbedder(recorded(), { maxEntries: 3 }).embed(texts)).toEqual(await hashEmbedder({ dimensions: 32 }).embed(texts))
  })

  test('long texts arrive cut and well-formed, and share one entry', async () => {
    const inner = recorded()
    const cached = cachedEmbedder(inner, { maxCharacters: 16 })
    await cached.embed([`${'x'.repeat(15)}🙂`, 'x'.repeat(15), 'a\ud800b'])
    expect(inner.batches).toEqual([['x'.repeat(15), 'a\ufffdb']])
    await cachedEmbedder(inner).embed(['y'.repeat(1_000_000)])
    expect(inner.batches[1]?.[0]).toHaveLength(8192)
  })

  test('names of the prototype are texts like others', async () => {
    const texts = ['__proto__', 'constructor', 'toString']
    expect(await cachedEmbedder(recorded()).embed(texts)).toEqual(await hashEmbedder({ dimensions: 32 }).embed(texts))
  })
})

describe('what callers get', () => {
  test('vectors are their own to change', async () => {
    const cached = cachedEmbedder(recorded())
    const [mine] = await cached.embed(['a'])
    const before = mine?.slice()
    mine?.fill(0)
    const [again, twice] = await cached.embed(['a', 'a'])
    expect(again).toEqual(before)
    again?.fill(0)
    expect(twice).toEqual(before)
  })

  test('id, size and link are those of the embedder', () => {
    const cached = cachedEmbedder(hashEmbedder())
    expect(cached).toMatchObject({ id: 'hash/1-384', dimensions: 384 })
    expect(cached.link?.()).toEqual({ kind: 'hash', dimensions: 384 })
    expect(cachedEmbedder(misbehaving(() => [])).link).toBeUndefined()
  })
})

describe('forgetting', () => {
  test.each([[['a']], [null]])('what was remembered is asked for again (%j)', async (forgotten) => {
    const inner = recorded()
    const cached = cachedEmbedder(inner)
    await cached.embed(['a'])
    await cached.forget(forgotten)
    await cached.embed(['a'])
    expect(inner.batches).toEqual([['a'], ['a']])
  })

  test.each([[['a']], [null]])('what is under way reaches its caller, and is not remembered (%j)', async (forgotten) => {
    const inner = recorded({ held: true })
    const cached = cachedEmbedder(inner)
    const before = cached.embed(['a', 'b'])
    await cached.forget(forgotten)
    inner.release()
    expect(await before).toHaveLength(2)
    const after = cached.embed(['a'])
    inner.release()
    expect(await after).toHaveLength(1)
    expect(inner.batches).toEqual([['a', 'b'], ['a']])
  })
})

describe('aborts', () => {
  test('one caller leaves, the other still gets its vector', async () => {
    const inner = recorded({ held: true })
    const cached = cachedEmbedder(inner)
    const controller = new AbortController()
    const leaving = cached.embed(['a'], { signal: controller.signal })
    const staying = cached.embed(['a'])
    controller.abort()
    await expect(leaving).rejects.toMatchObject({ code: 'aborted' })
    expect(inner.signals[0]?.aborted).toBe(false)
    inner.release()
    expect(await staying).toHaveLength(1)
    expect(inner.batches).toHaveLength(1)
  })

  test('when all have left the batch ends, and the next caller starts another', async () => {
    const inner = recorded({ held: true })
    const cached = cachedEmbedder(inner)
    const controllers = [new AbortController(), new AbortController()]
    const leaving = controllers.map(({ signal }) => cached.embed(['a'], { signal }))
    for (const controller of controllers) controller.abort()
    for (const call of leaving) await expect(call).rejects.toMatchObject({ code: 'aborted' })
    expect(inner.signals[0]?.aborted).toBe(true)
    const next = cached.embed(['a'])
    inner.release()
    inner.release()
    expect(await next).toHaveLength(1)
    expect(inner.batches).toEqual([['a'], ['a']])
  })

  test('a call aborted before it begins asks nothing', async () => {
    const inner = recorded()
    await expect(cachedEmbedder(inner).embed(['a'], { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' })
    expect(inner.batches).toEqual([])
  })
})

describe('embedders that break their promise', () => {
  const unit = new Float32Array([1, 0])
  test.each<[string, unknown]>([
    ['too few vectors', [unit]],
    ['too many vectors', [unit, unit, unit]],
    ['no list', 'vectors'],
    ['nothing', undefined],
    ['plain arrays', [[1, 0], unit]],
    ['the wrong length', [unit, new Float32Array([1, 0, 0])]],
    ['a number that is none', [unit, new Float32Array([Number.NaN, 0])]],
    ['infinity', [unit, new Float32Array([Infinity, 0])]],
    ['a zero vector', [unit, new Float32Array(2)]],
  ])('%s fail with embedder-failed', async (_, vectors) => {
    await expect(cachedEmbedder(misbehaving(() => vectors)).embed(['a', 'b'])).rejects.toMatchObject({ code: 'embedder-failed' })
  })

  test('what it throws becomes embedder-failed with the cause; errors of the library pass as they are', async () => {
    const cause = new TypeError('not today')
    const broken = cachedEmbedder(
      misbehaving(() => {
        throw cause
      }),
    )
    await expect(broken.embed(['a'])).rejects.toMatchObject({ code: 'embedder-failed', cause })
    const lost = cachedEmbedder(
      misbehaving(() => {
        throw new RepriseError('worker-lost', 'gone')
      }),
    )
    await expect(lost.embed(['a'])).rejects.toMatchObject({ code: 'worker-lost' })
  })

  test('an embedder that throws before it returns a promise fails all the same', async () => {
    const rude: Embedder = {
      id: 'rude',
      dimensions: 2,
      embed: () => {
        throw new Error('at once')
      },
    }
    await expect(cachedEmbedder(rude).embed(['a'])).rejects.toMatchObject({ code: 'embedder-failed' })
  })

  test('a failure is not remembered, and fails all who waited for it', async () => {
    let calls = 0
    const cached = cachedEmbedder(
      misbehaving(() => {
        if (calls++ === 0) throw new Error('once')
        return [unit]
      }),
    )
    const both = await Promise.allSettled([cached.embed(['a']), cached.embed(['a'])])
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(await cached.embed(['a'])).toEqual([unit])
    expect(calls).toBe(2)
  })
})

test.each([{ maxEntries: 0 }, { maxEntries: 1.5 }, { maxCharacters: 0 }, { maxEntry: 3 }])('options %j are refused', (options) => {
  expect(() => cachedEmbedder(hashEmbedder(), options)).toThrow(expect.objectContaining({ code: 'invalid-options' }))
})

test('texts that are none are refused', async () => {
  const cached = cachedEmbedder(hashEmbedder())
  await expect(cached.embed([1 as unknown as string])).rejects.toMatchObject({ code: 'invalid-options' })
  await expect(cached.embed('text' as unknown as string[])).rejects.toMatchObject({ code: 'invalid-options' })
})
