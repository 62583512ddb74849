import { afterEach, expect, test } from 'vitest'
import type { Embedder } from '../../src/core/embedder.ts'
import { RepriseError } from '../../src/core/errors.ts'
import { hashEmbedder } from '../../src/embedding/hash-embedder.ts'
import { linkedEmbedder, serveEmbedder } from '../../src/embedding/linked-embedder.ts'
import { connect, type WorkerClient } from '../../src/util/worker-rpc/client.ts'
import type { LinkingApi } from './linking.worker.ts'
import { createWorker, TEXTS, tiny } from './tiny-model.ts'

const endings: (() => void)[] = []
afterEach(() => {
  for (const end of endings.splice(0)) end()
})

/** A worker that embeds through the link of `embedder`. */
async function linked(embedder: Pick<Embedder, 'id' | 'dimensions' | 'link'>): Promise<WorkerClient<LinkingApi>> {
  const worker = new Worker(new URL('./linking.worker.ts', import.meta.url), { type: 'module' })
  const client = connect<LinkingApi>(worker, { name: 'linking worker', fallback: 'embedder-failed' })
  endings.push(() => client.close(new RepriseError('worker-lost', 'the test is over')))
  const link = embedder.link?.()
  if (!link) throw new Error('the embedder has no link')
  const { id, dimensions } = embedder
  await client.call('link', { id, dimensions, link }, link.kind === 'port' ? { transfer: [link.port] } : {})
  return client
}

function opened(...options: Parameters<typeof tiny>): ReturnType<typeof tiny> {
  const embedder = tiny(...options)
  endings.push(() => embedder.close())
  return embedder
}

test('a linked hash embedder runs in place with the same vectors', async () => {
  const client = await linked(hashEmbedder({ dimensions: 64 }))
  expect(await client.call('embed', TEXTS)).toEqual(await hashEmbedder({ dimensions: 64 }).embed(TEXTS))
})

test('a hash embedder of another version or size is refused', () => {
  const link = { kind: 'hash', dimensions: 384 } as const
  expect(() => linkedEmbedder({ id: 'hash/0-384', dimensions: 384, link })).toThrow(expect.objectContaining({ code: 'invalid-options' }))
  expect(() => linkedEmbedder({ id: 'hash/1-64', dimensions: 64, link })).toThrow(expect.objectContaining({ code: 'invalid-options' }))
})

test('a linked transformer is started by the first call and gives the vectors it gives the page', async () => {
  let workers = 0
  const embedder = opened({
    createWorker: () => {
      workers++
      return createWorker()
    },
  })
  const client = await linked(embedder)
  const second = await linked(embedder)
  expect(workers).toBe(0)
  const vectors = await client.call('embed', TEXTS)
  expect(await second.call('embed', TEXTS)).toEqual(vectors)
  expect(await embedder.embed(TEXTS)).toEqual(vectors)
  expect(workers).toBe(1)
})

test('a linked side hears of the death of the worker and reaches its successor with the next call', async () => {
  const workers: Worker[] = []
  const embedder = opened({
    createWorker: () => {
      const worker = createWorker()
      workers.push(worker)
      return worker
    },
  })
  const client = await linked(embedder)
  const before = await client.call('embed', ['a'])
  const waiting = client.call(
    'embed',
    Array.from({ length: 2000 }, (_, i) => `${i} `.repeat(100)),
  )
  // Under way by then: a worker that was lost before the call reached it would just be replaced.
  await new Promise((resolve) => setTimeout(resolve, 50))
  workers[0]?.terminate()
  await expect(waiting).rejects.toMatchObject({ code: 'worker-lost' })
  expect(await client.call('embed', ['a'])).toEqual(before)
  expect(workers).toHaveLength(2)
})

test('weights that cannot be had fail on the linked side with the same error, and are tried again', async () => {
  const client = await linked(opened({ host: `/hub-flaky/${crypto.randomUUID()}` }))
  await expect(client.call('embed', ['a'])).rejects.toMatchObject({
    code: 'embedder-failed',
    message: expect.stringContaining('hashEmbedder()') as string,
  })
  expect(await client.call('embed', ['a'])).toHaveLength(1)
})

test('a model that breaks on the linked side fails its call, and a fresh worker takes its place', async () => {
  const client = await linked(opened({ host: '/hub-torn' }))
  await expect(client.call('embed', ['~'])).rejects.toMatchObject({ code: 'embedder-failed' })
  const attempt = (): Promise<unknown> =>
    client.call('embed', ['a']).then(
      (vectors) => vectors.length,
      (error: unknown) => error,
    )
  await expect.poll(attempt, { timeout: 30_000 }).toBe(1)
})

test('an abort on the linked side ends its call alone', async () => {
  const client = await linked(opened())
  const controller = new AbortController()
  const long = client.call(
    'embed',
    Array.from({ length: 2000 }, (_, i) => `${i} `.repeat(100)),
    { signal: controller.signal },
  )
  const other = client.call('embed', ['a'])
  controller.abort()
  await expect(long).rejects.toMatchObject({ code: 'aborted' })
  expect(await other).toHaveLength(1)
})

test("a host's own embedder is served from the page, with its errors and its aborts", async () => {
  let aborted = 0
  const own: Embedder = {
    id: 'own',
    dimensions: 2,
    embed: async (texts, { signal } = {}) => {
      if (texts[0] === 'break') throw new RepriseError('embedder-failed', 'broke as asked')
      if (texts[0] === 'wait')
        await new Promise((_, reject) =>
          signal?.addEventListener('abort', () => {
            aborted++
            reject(new Error('stopped'))
          }),
        )
      return texts.map(() => new Float32Array([1, 0]))
    },
  }
  const { port1, port2 } = new MessageChannel()
  serveEmbedder(own, port2)
  const client = await linked({ ...own, link: () => ({ kind: 'port', port: port1 }) })
  expect(await client.call('embed', ['a', 'b'])).toEqual([new Float32Array([1, 0]), new Float32Array([1, 0])])
  await expect(client.call('embed', ['break'])).rejects.toMatchObject({ code: 'embedder-failed', message: 'broke as asked' })
  const controller = new AbortController()
  const waiting = client.call('embed', ['wait'], { signal: controller.signal })
  await client.call('embed', ['a'])
  controller.abort()
  await expect(waiting).rejects.toMatchObject({ code: 'aborted' })
  await expect.poll(() => aborted).toBe(1)
})
