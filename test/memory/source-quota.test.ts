/** How much of what is retrieved may come from one source of page text. */
import { expect, test } from 'vitest'
import type { Trajectory } from '../../src/core/trajectory.ts'
import { createMemoryEngine, type MemoryEngine } from '../../src/memory/memory-engine.ts'
import { openMemoryStore } from '../../src/memory/store/memory-store.ts'
import type { Tables, TrajectoryStore } from '../../src/memory/store/trajectory-store.ts'
import { seededEmbedder } from '../support/seeded-embedder.ts'
import { trajectory } from '../support/trajectories.ts'

const PAGE = 'https://shop.example/reviews'
const query = { goal: 'red box', plan: 'find the key', observation: 'a key' }
const on = (source: string | undefined, fields: Partial<Trajectory>): Trajectory =>
  trajectory({
    ...fields,
    provenance: {
      origin: 'https://shop.example',
      model: 'm',
      rewardSource: 'environment',
      pageText: source !== undefined,
      ...(source && { source }),
    },
  })

async function open(trajectories: readonly Trajectory[], store: TrajectoryStore = openMemoryStore()): Promise<MemoryEngine> {
  const memory = await createMemoryEngine({ store, embedder: seededEmbedder(), index: 'exact' })
  for (const one of trajectories) await memory.add(one)
  return memory
}
/** As like the query as can be, and the newer the higher the number. */
const crowd = (source: string | undefined, name: string, count: number): Trajectory[] =>
  Array.from({ length: count }, (_, i) =>
    on(source, { id: `${name}${i}`, goal: 'red box', createdAt: new Date(1e12 + i * 1000).toISOString() }),
  )
const far = (source: string | undefined, name: string, count: number): Trajectory[] =>
  Array.from({ length: count }, (_, i) => on(source, { id: `${name}${i}`, goal: `green ${i}`, plan: `wait ${i}`, steps: [] }))
const found = async (memory: MemoryEngine, k: number, more: object = {}): Promise<string[]> =>
  (await memory.retrieve(query, { k, ...more })).map(({ trajectoryId }) => trajectoryId)
const count = (ids: readonly string[], name: string): number => ids.filter((id) => id.startsWith(name)).length

test.each([
  [1, 1],
  [2, 1],
  [3, 2],
  [4, 2],
  [7, 4],
  [20, 10],
])('of %i exemplars at most %i are of one source, however many fit better than all others', async (k, most) => {
  const memory = await open([...crowd(PAGE, 'page', 300), ...far(undefined, 'other', 20)])
  const ids = await found(memory, k)
  expect([ids.length, count(ids, 'page')]).toEqual([k, most])
  // The best of the source first, then others: in the order of how well they fit.
  expect(ids.slice(0, most)).toEqual(Array.from({ length: most }, (_, i) => `page${299 - i}`))
})

test('where there are too few others the best of the source fill the rest', async () => {
  const memory = await open([...crowd(PAGE, 'page', 100), ...far(undefined, 'other', 1)])
  expect(await found(memory, 5)).toEqual(['page99', 'page98', 'page97', 'page96', 'other0'])
  expect(await found(await open(crowd(PAGE, 'page', 100)), 3)).toEqual(['page99', 'page98', 'page97'])
})

test('what holds no page text has no share to keep to, and two sources are two', async () => {
  expect(count(await found(await open([...crowd(undefined, 'own', 60), ...far(PAGE, 'page', 9)]), 4), 'own')).toBe(4)
  const memory = await open([
    ...crowd(PAGE, 'page', 200),
    ...crowd('https://shop.example/orders', 'order', 200),
    ...far(undefined, 'far', 9),
  ])
  const ids = await found(memory, 4)
  expect([count(ids, 'page'), count(ids, 'order')]).toEqual([2, 2])
})

test('without a source of its own, page text is its origin’s; where no text is said to be a page’s, a source means nothing', async () => {
  const memory = await open([...crowd('', 'page', 60), ...far(undefined, 'other', 5)])
  expect(count(await found(memory, 4), 'page')).toBe(2)
  const provenance = { origin: '', model: '', rewardSource: 'user', pageText: false, source: PAGE } as const
  const plain = await open([...crowd(undefined, 'own', 60).map((one) => ({ ...one, provenance })), ...far(undefined, 'other', 5)])
  expect(count(await found(plain, 4), 'own')).toBe(4)
})

test('others of the excluded task do not count as others, and one goal with hundreds of a source hides nobody', async () => {
  const others = far(undefined, 'other', 3)
  const mine = far(undefined, 'mine', 90).map((one) => ({ ...one, taskId: 'mine' }))
  const shared = { ...on(undefined, { id: 'shared', goal: 'red box', createdAt: '2000-01-01T00:00:00Z' }), plan: 'x', steps: [] }
  const memory = await open([...crowd(PAGE, 'page', 300), ...others, ...mine, shared])
  const ids = await found(memory, 6, { excludeTask: 'mine' })
  expect([count(ids, 'page'), count(ids, 'other') + count(ids, 'shared'), count(ids, 'mine')]).toEqual([3, 3, 0])
  expect((await memory.retrieve({ goal: 'red box' }, { k: 2 })).map(({ trajectoryId }) => trajectoryId)).toEqual(['page299', 'shared'])
})

test('accepting, deleting and opening again keep the shares', async () => {
  const store = { ...openMemoryStore(), close: () => {} }
  const memory = await open([...crowd(PAGE, 'page', 80), ...far(undefined, 'other', 4)], store)
  const waiting = on(PAGE, { id: 'waiting', goal: 'red box' })
  await memory.add({ ...waiting, provenance: { ...waiting.provenance, rewardSource: 'agent' } })
  await memory.accept('waiting')
  for (let i = 0; i < 75; i++) await memory.delete(`page${i}`)
  const again = await createMemoryEngine({ store, embedder: seededEmbedder(), index: 'exact' })
  for (const one of [memory, again]) expect(count(await found(one, 4), 'other')).toBe(2)
  for (let i = 0; i < 3; i++) await memory.delete(`other${i}`)
  for (const one of [memory, again]) expect(await found(one, 4)).toEqual(['waiting', 'page79', 'page78', 'other3'])
})

test('a store of before there were sources opens as it is: its trajectories have no share to keep to', async () => {
  const store = { ...openMemoryStore(), close: () => {} }
  await (await open([...crowd(PAGE, 'page', 40), ...far(undefined, 'other', 4)], store)).close()
  await store.write(async (writer) => {
    for (const { source: _, ...row } of await writer.rows('keys', { limit: 100 })) await writer.put('keys', row satisfies Tables['keys'])
  })
  const memory = await createMemoryEngine({ store, embedder: seededEmbedder(), index: 'exact' })
  expect(await memory.stats()).toMatchObject({ retrievable: 44, corrupt: [] })
  expect(count(await found(memory, 4), 'page')).toBe(4)
})
