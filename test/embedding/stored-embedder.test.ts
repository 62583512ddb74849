/** Where there is no IndexedDB. */
import { expect, test } from 'vitest'
import { cachedEmbedder } from '../../src/embedding/cached-embedder.ts'
import { hashEmbedder } from '../../src/embedding/hash-embedder.ts'
import { deleteEmbeddingCache, storedEmbedder } from '../../src/embedding/stored-embedder.ts'
import { testEmbedderContract } from '../contracts/embedder.ts'
import { recorded } from './recorded-embedder.ts'

testEmbedderContract('storedEmbedder without a database', { create: () => storedEmbedder(hashEmbedder({ dimensions: 64 })) })

test('all texts go to the embedder, and forgetting has nothing to do', async () => {
  const inner = recorded(hashEmbedder({ dimensions: 64 }))
  const stored = storedEmbedder(inner)
  const vectors = await stored.embed(['a', 'b'])
  expect(await stored.embed(['a', 'b'])).toEqual(vectors)
  expect(inner.batches).toEqual([
    ['a', 'b'],
    ['a', 'b'],
  ])
  await stored.forget(['a'])
  await stored.forget(null)
  await stored.idle()
  await deleteEmbeddingCache()
})

test('id, size and link are those of the embedder', () => {
  const stored = storedEmbedder(hashEmbedder())
  expect(stored).toMatchObject({ id: 'hash/1-384', dimensions: 384 })
  expect(stored.link?.()).toEqual({ kind: 'hash', dimensions: 384 })
})

test.each([{ maxEntries: 0 }, { maxEntries: 1.5 }, { database: '' }, { patience: 0 }, { entries: 3 }])(
  'options %j are refused',
  (options) => {
    expect(() => storedEmbedder(hashEmbedder(), options)).toThrow(expect.objectContaining({ code: 'invalid-options' }))
  },
)

test('texts that are none are refused', async () => {
  const stored = storedEmbedder(hashEmbedder())
  await expect(stored.embed([1 as unknown as string])).rejects.toMatchObject({ code: 'invalid-options' })
  await expect(stored.embed('text' as unknown as string[])).rejects.toMatchObject({ code: 'invalid-options' })
  await expect(cachedEmbedder(stored).forget('text' as unknown as string[])).rejects.toMatchObject({ code: 'invalid-options' })
})

test('what an embedder throws, or returns wrongly, becomes embedder-failed', async () => {
  const broken = storedEmbedder({ id: 'odd/1', dimensions: 2, embed: () => Promise.reject(new TypeError('not today')) })
  await expect(broken.embed(['a'])).rejects.toMatchObject({ code: 'embedder-failed' })
  const odd = storedEmbedder({ id: 'odd/1', dimensions: 2, embed: async () => [new Float32Array(3)] })
  await expect(odd.embed(['a'])).rejects.toMatchObject({ code: 'embedder-failed' })
})
