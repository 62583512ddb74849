/** What is stored and how long, in the browser's own database. */
import { describe, expect, test } from 'vitest'
import type { Embedder } from '../../src/core/embedder.ts'
import { RepriseError } from '../../src/core/errors.ts'
import { cachedEmbedder } from '../../src/embedding/cached-embedder.ts'
import { hashEmbedder } from '../../src/embedding/hash-embedder.ts'
import { deleteEmbeddingCache, storedEmbedder } from '../../src/embedding/stored-embedder.ts'
import { connect, type WorkerClient } from '../../src/util/worker-rpc/client.ts'
import { testEmbedderContract } from '../contracts/embedder.ts'
import { damage, dump, freshName, HASH, later, open, within } from './cache-database.ts'
import { recorded } from './recorded-embedder.ts'
import type { StoringApi } from './storing.worker.ts'

testEmbedderContract('storedEmbedder', { create: () => storedEmbedder(HASH, { database: 'test-embeddings-contract' }) })
testEmbedderContract('a cache around it', {
  create: () => cachedEmbedder(storedEmbedder(HASH, { database: 'test-embeddings-contract' })),
})

const bits = (vectors: Float32Array[]): number[][] => vectors.map((vector) => Array.from(new Uint32Array(vector.slice().buffer)))
const texts = (count: number, name = 'text'): string[] => Array.from({ length: count }, (_, i) => `${name} ${i}`)

describe('a text is embedded once', () => {
  test('a second session embeds nothing, and gets the same bits', async () => {
    const database = freshName()
    const odd = new Float32Array([-0, 1e-42, 0.1, Math.fround(Math.sqrt(0.99))])
    const whole = new Float32Array([9, 9, ...odd, 9])
    const inner: Embedder = { id: 'odd/1', dimensions: 4, embed: async (wanted) => wanted.map(() => whole.subarray(2, 6)) }
    const first = open({ database }, recorded(inner))
    const vectors = await first.embed(['a', ''])
    vectors[0]?.fill(0)
    first.close?.()
    await first.idle()
    const second = open({ database }, recorded(inner))
    expect(bits(await second.embed(['', 'a']))).toEqual(bits([odd, odd]))
    expect(second.asked.batches).toEqual([])
  })

  test('what is missing goes as one batch, each text once, also before it is written', async () => {
    const stored = open({ database: freshName() })
    await stored.embed(['a', 'b', 'a'])
    expect(bits(await stored.embed(['c', 'b', 'd', 'c']))).toEqual(bits(await HASH.embed(['c', 'b', 'd', 'c'])))
    expect(stored.asked.batches).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ])
  })

  test('a thousand texts are found by another handle while the first is still open', async () => {
    const database = freshName()
    const [first, second] = [open({ database }), open({ database })]
    const vectors = await first.embed(texts(1000))
    await first.idle()
    expect(bits(await second.embed(texts(1000)))).toEqual(bits(vectors))
    expect(second.asked.batches).toEqual([])
    expect((await dump(database)).state).toEqual({ count: 1000, clock: 1000 })
  })

  test('embedders of other ids share the database and no vector', async () => {
    const database = freshName()
    const other = recorded({ ...hashEmbedder({ dimensions: 64 }), id: 'hash/other' })
    await open({ database }).embed(['a'])
    const stored = open({ database }, other)
    await stored.embed(['a'])
    await stored.idle()
    expect(other.batches).toEqual([['a']])
    expect((await dump(database)).keys).toHaveLength(2)
  })

  test('of texts nothing is stored but hashes', async () => {
    const database = freshName()
    const stored = open({ database })
    await stored.embed(['a secret of some length'])
    await stored.idle()
    const { keys, rows } = await dump(database)
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode('a secret of some length')))
    expect(new Uint8Array(keys[0] as ArrayBuffer).subarray(0, 32)).toEqual(hash)
    expect(rows).toEqual([{ vector: (await HASH.embed(['a secret of some length']))[0], used: 1 }])
  })
})

describe('the size is bounded', () => {
  test('the oldest go, and what is used stays', async () => {
    const database = freshName()
    const stored = open({ database, maxEntries: 40 })
    for (const text of texts(200)) {
      await stored.embed([text, 'used all the time'])
      await stored.idle()
    }
    expect((await dump(database)).keys).toHaveLength(40)
    expect(stored.asked.batches.flat().filter((text) => text === 'used all the time')).toHaveLength(1)
    stored.asked.batches.length = 0
    await stored.embed(texts(200).slice(-30))
    expect(stored.asked.batches).toEqual([])
    await stored.embed(['text 0'])
    expect(stored.asked.batches).toEqual([['text 0']])
  })

  test('a hit writes nothing while its stamp is fresh', async () => {
    const database = freshName()
    const stored = open({ database })
    await stored.embed(['a', 'b'])
    await stored.idle()
    const before = await dump(database)
    for (let i = 0; i < 5; i++) await stored.embed(['a'])
    await stored.idle()
    expect(await dump(database)).toEqual(before)
  })

  test('a call with more texts than there is room for is answered, and the last ones are kept', async () => {
    const database = freshName()
    const stored = open({ database, maxEntries: 5 })
    expect(await stored.embed(texts(600))).toEqual(await HASH.embed(texts(600)))
    await stored.idle()
    expect((await dump(database)).keys).toHaveLength(5)
    await stored.embed(texts(600).slice(-5))
    expect(stored.asked.batches).toHaveLength(1)
  })
})

describe('damage', () => {
  test.each<[string, (row: { vector: Float32Array; used: number }) => unknown]>([
    ['another length', ({ used }) => ({ vector: new Float32Array([1]), used })],
    ['numbers that are none', ({ used }) => ({ vector: new Float32Array(64).fill(Number.NaN), used })],
    ['zeros', ({ used }) => ({ vector: new Float32Array(64), used })],
    ['a plain list', ({ vector, used }) => ({ vector: [...vector], used })],
    ['no vector', ({ used }) => ({ used })],
    ['no stamp', ({ vector }) => ({ vector })],
    ['a text', () => 'row'],
    ['null', () => null],
  ])('a row with %s is a miss, and replaced', async (_, change) => {
    const database = freshName()
    const first = open({ database })
    await first.embed(['a', 'b'])
    await first.idle()
    const before = await dump(database)
    await damage(database, change)
    const second = open({ database })
    expect(await second.embed(['a', 'b'])).toEqual(await HASH.embed(['a', 'b']))
    await second.idle()
    expect(second.asked.batches).toEqual([['a', 'b']])
    const after = await dump(database)
    expect(after.keys).toEqual(before.keys)
    expect(after.state).toMatchObject({ count: 2 })
    const third = open({ database })
    await third.embed(['a', 'b'])
    expect(third.asked.batches).toEqual([])
  })

  test.each([undefined, null, 'state', { count: -1, clock: 0 }, { count: Number.NaN, clock: 3 }, { count: 1e9, clock: 10 }])(
    'a count that says %j is put right, and the bound holds',
    async (state) => {
      const database = freshName()
      const first = open({ database, maxEntries: 10 })
      await first.embed(texts(10))
      await first.idle()
      await within(database, async (db) =>
        state === undefined ? db.delete('state', 'state') : void (await db.put('state', state, 'state')),
      )
      await first.embed(texts(5, 'more'))
      await first.idle()
      const { keys, state: after } = await dump(database)
      expect(keys.length).toBeLessThanOrEqual(10)
      expect(after).toMatchObject({ count: keys.length })
    },
  )

  test('rows that no stamp orders cannot pile up', async () => {
    const database = freshName()
    const stored = open({ database, maxEntries: 4 })
    await stored.embed(texts(4))
    await stored.idle()
    await damage(database, ({ vector }) => ({ vector }))
    await stored.embed(texts(3, 'more'))
    await stored.embed(texts(3, 'still more'))
    await stored.idle()
    expect((await dump(database)).keys.length).toBeLessThanOrEqual(4)
  })
})

describe('two workers', () => {
  const worker = async (database: string): Promise<WorkerClient<StoringApi>> => {
    const client = connect<StoringApi>(new Worker(new URL('./storing.worker.ts', import.meta.url), { type: 'module' }), {
      name: 'storing worker',
      fallback: 'embedder-failed',
    })
    later(() => client.close(new RepriseError('worker-lost', 'the test is over')))
    await client.call('open', { database, maxEntries: 300 })
    return client
  }

  test('that embed and forget the same texts at the same time agree, and keep the bound and the count', async () => {
    const database = freshName()
    const workers = [await worker(database), await worker(database)]
    await Promise.all(
      workers.map(async (client, side) => {
        for (let round = 0; round < 20; round++) {
          const wanted = texts(40, `round ${(round + side) % 20}`)
          expect(await client.call('embed', wanted)).toEqual(await HASH.embed(wanted))
          if (round % 5 === 4) await client.call('forget', wanted.slice(0, 3))
        }
        await client.call('idle', undefined)
      }),
    )
    const { keys, state } = await dump(database)
    expect(keys.length).toBeLessThanOrEqual(300)
    expect(state).toMatchObject({ count: keys.length })
  })

  test('share what either has embedded, and one hears of what the other forgot', async () => {
    const database = freshName()
    const [one, other] = [await worker(database), await worker(database)]
    await one.call('embed', ['a', 'b'])
    await one.call('idle', undefined)
    await other.call('embed', ['a', 'b'])
    expect(await other.call('asked', undefined)).toEqual([])
    await other.call('forget', ['a'])
    await one.call('embed', ['a', 'b'])
    expect(await one.call('asked', undefined)).toEqual(['a', 'b', 'a'])
  })
})

test('the database can be deleted under a handle, which goes on with a new one', async () => {
  const database = freshName()
  const stored = open({ database })
  await stored.embed(['a'])
  await stored.idle()
  await deleteEmbeddingCache({ database })
  expect(await indexedDB.databases()).not.toContainEqual(expect.objectContaining({ name: database }))
  await stored.embed(['a'])
  await stored.idle()
  expect(stored.asked.batches).toEqual([['a'], ['a']])
  expect((await dump(database)).keys).toHaveLength(1)
})
