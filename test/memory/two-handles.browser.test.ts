import { expect, test } from 'vitest'
import { hashEmbedder } from '../../src/embedding/hash-embedder.ts'
import { serveEmbedder } from '../../src/embedding/linked-embedder.ts'
import { connectMemory } from '../../src/memory/memory-client.ts'
import { createMemoryEngine, type MemoryEngine, type MemoryEngineOptions } from '../../src/memory/memory-engine.ts'
import type { OpenMemory } from '../../src/memory/open-memory.ts'
import { openIdbStore } from '../../src/memory/store/idb-store.ts'
import type { TrajectoryStore } from '../../src/memory/store/trajectory-store.ts'
import { dumpStore } from '../support/dump-store.ts'
import { seededEmbedder } from '../support/seeded-embedder.ts'
import { step, trajectory } from '../support/trajectories.ts'

let made = 0
const newName = (): string => `handles-${Date.now()}-${made++}`
const query = { goal: 'open the door', plan: 'find the key', observation: 'a key' }
const CURATION = { threshold: 0.3, minRetrievals: 5 }

const hearing = (): Worker => new Worker(new URL('../../workers/memory.worker.ts', import.meta.url), { type: 'module' })
const deaf = (): Worker => new Worker(new URL('./deaf-memory.worker.ts', import.meta.url), { type: 'module' })
const connect = (name: string, createWorker: () => Worker, dimensions = 64): Promise<OpenMemory> =>
  connectMemory({ name, createWorker, embedder: hashEmbedder({ dimensions }), serveEmbedder })

const retrieved = async (memory: Pick<OpenMemory, 'retrieve'>): Promise<string[]> =>
  (await memory.retrieve(query, { k: 9 })).map(({ trajectoryId }) => trajectoryId).toSorted()
const listed = async (memory: OpenMemory): Promise<string[]> => (await memory.list()).items.map(({ trajectory: { id } }) => id).toSorted()
const counted = async (memory: OpenMemory): Promise<number[]> => {
  const { count, retrievable, pruned } = await memory.stats()
  return [await memory.count(), count, retrievable, pruned]
}
const fail = async (memory: OpenMemory, id: string): Promise<void> => {
  const shown = [{ trajectoryId: id, phase: 'act' as const, step: 0 }]
  for (let i = 0; i < 5; i++)
    await memory.record({ trajectory: trajectory({ id: `e${i}`, success: false }), shown, store: false, curation: CURATION })
}

test.each([
  ['two workers', hearing],
  ['two workers that miss every notice', deaf],
])('%s on one memory: what one adds, deletes, prunes or clears is at once the state of the other', async (_, createWorker) => {
  const name = newName()
  const [one, other] = await Promise.all([connect(name, createWorker), connect(name, createWorker)])
  expect(await retrieved(other)).toEqual([])
  for (const id of ['a', 'b', 'c']) await one.add(trajectory({ id }))
  expect([await retrieved(other), await listed(other), await counted(other)]).toEqual([
    ['a', 'b', 'c'],
    ['a', 'b', 'c'],
    [3, 3, 3, 0],
  ])

  await one.delete('a')
  expect(await retrieved(other)).toEqual(['b', 'c'])
  expect([await listed(other), await counted(other), await other.get('a')]).toEqual([['b', 'c'], [2, 2, 2, 0], null])

  await fail(one, 'b')
  expect(await retrieved(other)).toEqual(['c'])
  expect([await listed(other), await counted(other)]).toEqual([
    ['b', 'c'],
    [2, 2, 1, 1],
  ])

  await other.add(trajectory({ id: 'd', steps: [step('a key')] }))
  expect(await retrieved(one)).toEqual(['c', 'd'])
  await one.delete('d')
  await one.add(trajectory({ id: 'd', goal: 'open the window', steps: [step('another'), step('more')] }))
  const replaced = (await other.retrieve({ goal: 'open the window', plan: 'p', observation: 'more' }, { k: 1 }))[0]
  expect(replaced).toMatchObject({ trajectoryId: 'd', goal: 'open the window', stepIndex: 1 })

  await one.clear()
  expect([await retrieved(other), await listed(other), await counted(other)]).toEqual([[], [], [0, 0, 0, 0]])
  await one.add(trajectory({ id: 'e' }))
  expect([await retrieved(other), (await other.stats()).corrupt]).toEqual([['e'], []])
  await Promise.all([one.close(), other.close()])
})

test('a deletion that was acknowledged before a retrieval is never in its result, however both hurry', async () => {
  const name = newName()
  const [one, other] = await Promise.all([connect(name, hearing), connect(name, hearing)])
  for (let i = 0; i < 30; i++) await one.add(trajectory({ id: `t${i}`, steps: [step(`a key ${i}`)] }))
  await other.retrieve(query, { k: 30 })
  for (let i = 0; i < 29; i++) {
    const early = other.retrieve(query, { k: 30 })
    await one.delete(`t${i}`)
    const late = await other.retrieve(query, { k: 30 })
    expect(late.map(({ trajectoryId }) => trajectoryId)).toHaveLength(29 - i)
    expect((await early).length).toBeGreaterThanOrEqual(29 - i)
  }
  await Promise.all([one.close(), other.close()])
})

test('both write at once, and end with one state that is also that of a handle opened afterwards', async () => {
  const name = newName()
  const [one, other] = await Promise.all([connect(name, hearing), connect(name, deaf)])
  await Promise.all(
    Array.from({ length: 40 }, async (_, i) => {
      const memory = i % 2 === 0 ? one : other
      await memory.add(trajectory({ id: `t${i}` }))
      if (i % 5 === 0) await (i % 10 === 0 ? other : one).delete(`t${i}`)
      await memory.retrieve(query, { k: 3 })
    }),
  )
  const late = await connect(name, hearing)
  const expected = Array.from({ length: 40 }, (_, i) => `t${i}`).filter((_, i) => i % 5 !== 0)
  for (const memory of [one, other, late]) {
    expect((await memory.retrieve(query, { k: 40 })).map(({ trajectoryId }) => trajectoryId).toSorted()).toEqual(expected.toSorted())
    expect([await counted(memory), (await memory.stats()).corrupt]).toEqual([[32, 32, 32, 0], []])
  }
  await Promise.all([one.close(), other.close(), late.close()])
})

test('closed handles harm nobody and hear nothing; one whose worker was killed finds a new one, and hears all', async () => {
  const name = newName()
  const workers: Worker[] = []
  const kept = (): Worker => {
    workers.push(hearing())
    return workers.at(-1) as Worker
  }
  const [one, closed] = await Promise.all([connect(name, hearing), connect(name, hearing)])
  const killed = await connect(name, kept)
  await one.add(trajectory({ id: 'a' }))
  await closed.close()
  workers[0]?.terminate()
  await one.add(trajectory({ id: 'b' }))
  await one.delete('a')
  expect(await retrieved(one)).toEqual(['b'])
  await expect(closed.retrieve(query, { k: 1 })).rejects.toMatchObject({ code: 'memory-closed' })
  expect(await retrieved(killed)).toEqual(['b'])
  await Promise.all([one.close(), killed.close()])
})

test('memories of other names, and one kept in RAM, hear nothing of each other', async () => {
  const name = newName()
  const one = await connect(name, hearing)
  const ram = await connectMemory({
    name,
    storage: 'memory',
    createWorker: hearing,
    embedder: hashEmbedder({ dimensions: 64 }),
    serveEmbedder,
  })
  const elsewhere = await connect(newName(), hearing)
  for (const memory of [ram, elsewhere]) await memory.add(trajectory({ id: 'mine' }))
  await one.clear()
  await one.add(trajectory({ id: 'a' }))
  for (const memory of [ram, elsewhere]) expect([await retrieved(memory), await counted(memory)]).toEqual([['mine'], [1, 1, 1, 0]])
  await Promise.all([one.close(), ram.close(), elsewhere.close()])
})

const engine = async (name: string, options: Partial<MemoryEngineOptions> = {}): Promise<MemoryEngine> =>
  createMemoryEngine({ store: await openIdbStore({ name }), embedder: seededEmbedder(), ...options })

test('a notice makes the other handle look into the store before it is asked anything', async () => {
  const name = newName()
  const one = await engine(name, { name })
  const store = await openIdbStore({ name })
  let look: () => void = () => {}
  const looked = new Promise<void>((resolve) => (look = resolve))
  let opened = false
  const watched: TrajectoryStore = {
    ...store,
    read(work) {
      if (opened) look()
      return store.read(work)
    },
  }
  const other = await createMemoryEngine({ store: watched, embedder: seededEmbedder(), name })
  opened = true
  await one.add(trajectory({ id: 'a' }))
  await looked
  await Promise.all([one.close(), other.close()])
})

test('more changes than the store remembers are caught up with by reading everything again', async () => {
  const name = newName()
  const [one, other] = [await engine(name), await engine(name)]
  await one.add(trajectory({ id: 'early' }))
  expect(await retrieved(other)).toEqual(['early'])
  await one.delete('early')
  for (let i = 0; i < 20; i++) await one.add(trajectory({ id: `t${i}` }))
  const store = await openIdbStore({ name })
  await store.write(async (writer) => {
    const meta = await writer.get('meta', 'meta')
    if (meta) await writer.put('meta', { ...meta, forgotten: meta.revision })
    await writer.clear('changes')
  })
  expect(await other.stats()).toMatchObject({ count: 20, retrievable: 20, corrupt: [] })
  expect(await retrieved(other)).toHaveLength(9)
  store.close()
  await Promise.all([one.close(), other.close()])
})

test('looking after the changes of another handle writes nothing', async () => {
  const name = newName()
  const [one, other] = [await engine(name), await engine(name)]
  await one.add(trajectory({ id: 'a' }))
  await one.add(trajectory({ id: 'b' }))
  await one.delete('a')
  const store = await openIdbStore({ name })
  const before = await dumpStore(store)
  await retrieved(other)
  await other.stats()
  expect(await dumpStore(store)).toEqual(before)
  store.close()
  await Promise.all([one.close(), other.close()])
})

test('where another handle cleared the memory and filled it with another embedder, this one says so', async () => {
  const name = newName()
  const [one, other] = [await engine(name), await engine(name, { embedder: seededEmbedder(8, 'second') })]
  await other.add(trajectory({ id: 'a' }))
  await expect(one.retrieve(query, { k: 1 })).rejects.toMatchObject({ code: 'embedder-mismatch' })
  await other.clear()
  expect(await retrieved(one)).toEqual([])
  await one.add(trajectory({ id: 'b' }))
  expect(await retrieved(one)).toEqual(['b'])
  await expect(other.retrieve(query, { k: 1 })).rejects.toMatchObject({ code: 'embedder-mismatch' })
  await Promise.all([one.close(), other.close()])
})
