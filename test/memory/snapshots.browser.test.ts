import { expect, test } from 'vitest'
import { createMemoryEngine, type MemoryEngine, type MemoryEngineOptions } from '../../src/memory/memory-engine.ts'
import { createSnapshotStore } from '../../src/memory/snapshot-store.ts'
import { openIdbStore } from '../../src/memory/store/idb-store.ts'
import type { SnapshotRow, TrajectoryStore } from '../../src/memory/store/trajectory-store.ts'
import { seededEmbedder } from '../support/seeded-embedder.ts'
import { step, trajectory } from '../support/trajectories.ts'
import { watchedStore } from '../support/watched-store.ts'

let made = 0
const newName = (): string => `snapshots-${Date.now()}-${made++}`
const one = (i: number): ReturnType<typeof trajectory> =>
  trajectory({ id: `t${i}`, goal: `goal ${i % 7} ${i}`, plan: `plan ${i}`, steps: [step(`seen ${i}`), step('a key')] })

interface Opened {
  memory: MemoryEngine
  store: TrajectoryStore
  /** Keys that were read from the store. */
  keysRead(): number
}

const open = async (name: string, options: Partial<MemoryEngineOptions> = {}): Promise<Opened> => {
  const store = await openIdbStore({ name })
  let read = 0
  const counting = watchedStore(store, (table, rows) => {
    if (table === 'keys') read += rows.length
  })
  const memory = await createMemoryEngine({ store: counting, embedder: seededEmbedder(), threshold: 40, name, ...options })
  return { memory, store, keysRead: () => read }
}
const filled = async (count: number): Promise<{ name: string; opened: Opened }> => {
  const name = newName()
  const opened = await open(name)
  for (let i = 0; i < count; i++) await opened.memory.add(one(i))
  await opened.memory.settled()
  return { name, opened }
}
const answers = async (memory: MemoryEngine): Promise<unknown[]> => {
  const all: unknown[] = []
  for (let i = 0; i < 80; i += 9)
    for (const query of [{ goal: `goal ${i % 7} ${i}` }, { goal: `goal ${i}`, plan: `plan ${i}`, observation: `seen ${i}` }])
      all.push((await memory.retrieve(query, { k: 4 })).map(({ trajectoryId, stepIndex }) => [trajectoryId, stepIndex]))
  return all
}
const exactAnswers = async (name: string): Promise<unknown[]> => {
  const { memory } = await open(name, { index: 'exact' })
  const all = await answers(memory)
  await memory.close()
  return all
}

test('a saved index is taken in instead of the keys, with what was added and deleted since', async () => {
  const { name, opened } = await filled(60)
  expect((await opened.memory.stats()).bytes.index).toBeGreaterThan(0)
  for (let i = 60; i < 66; i++) await opened.memory.add(one(i))
  await opened.memory.delete('t3')
  await opened.memory.close()

  const again = await open(name)
  const early = await answers(again.memory)
  await again.memory.settled()
  expect(again.keysRead()).toBe(0)
  expect(await again.memory.stats()).toMatchObject({ count: 65, retrievable: 65, index: { kind: 'hnsw' }, corrupt: [] })
  const exact = await exactAnswers(name)
  expect(early).toEqual(exact)
  expect(await answers(again.memory)).toEqual(exact)
  expect(JSON.stringify(exact)).not.toContain('"t3"')
  await again.memory.close()
})

test('adding saves the index seldom: whenever a quarter of it is new', async () => {
  const name = newName()
  const store = await openIdbStore({ name })
  let saves = 0
  const counting: TrajectoryStore = {
    ...store,
    snapshots: {
      ...store.snapshots,
      write: (work) => {
        saves++
        return store.snapshots.write(work)
      },
    },
  }
  const memory = await createMemoryEngine({ store: counting, embedder: seededEmbedder(), threshold: 40, name })
  for (let i = 0; i < 300; i++) {
    await memory.add(one(i))
    await memory.settled()
  }
  // 41 · 1.25^n = 300 for n = 9.
  expect(saves).toBeGreaterThanOrEqual(7)
  expect(saves).toBeLessThanOrEqual(12)
  await memory.close()
})

test('an import, which is one change for many trajectories, is saved as often as as many additions', async () => {
  const name = newName()
  const { memory } = await open(name)
  const session = memory.startImport({ accept: true })
  for (let i = 0; i < 300; i++) await session.push(`${JSON.stringify(one(i))}\n`)
  await session.finish()
  await memory.settled()
  await memory.close()
  const again = await open(name)
  await again.memory.settled()
  expect((await again.memory.stats()).bytes.index).toBeGreaterThan(0)
  expect(again.keysRead()).toBe(0)
  expect(await answers(again.memory)).toEqual(await exactAnswers(name))
  await again.memory.close()
})

const damage: [string, (rows: SnapshotRow[]) => SnapshotRow[]][] = [
  [
    'a byte that has changed',
    (rows) => rows.map((row) => (row.bytes ? { ...row, bytes: row.bytes.map((byte, i) => (i === 99 ? byte ^ 1 : byte)) } : row)),
  ],
  ['a part that is missing', (rows) => rows.filter(({ id }) => !id.startsWith('pairGraph'))],
  ['a part that is too short', (rows) => rows.map((row) => (row.bytes ? { ...row, bytes: row.bytes.slice(0, -1) } : row))],
  ['no list of its parts', (rows) => rows.filter(({ id }) => id !== 'list')],
  ['the vectors of another embedder', (rows) => rows.map((row) => (row.id === 'list' ? { ...row, embedder: 'another' } : row))],
  ['a revision that the store has not reached', (rows) => rows.map((row) => (row.id === 'list' ? { ...row, revision: 10_000 } : row))],
  ['a revision that the store has forgotten', (rows) => rows.map((row) => (row.id === 'list' ? { ...row, revision: -1 } : row))],
]

test.each(damage)('a saved index with %s is not used: the keys are read, and a new one is saved', async (_, spoil) => {
  const { name, opened } = await filled(60)
  await opened.memory.close()
  const store = await openIdbStore({ name })
  await store.snapshots.write(async (writer) => {
    const rows = spoil(await writer.rows('snapshots', { limit: 100 }))
    await writer.clear('snapshots')
    for (const row of rows) await writer.put('snapshots', row)
  })
  store.close()
  const again = await open(name)
  expect(await answers(again.memory)).toEqual(await exactAnswers(name))
  expect(again.keysRead()).toBe(60)
  await again.memory.settled()
  expect((await createSnapshotStore(again.store).state())?.revision).toBe(60)
  await again.memory.close()
})

test('one of two tabs saves the index; clearing removes it', async () => {
  const { name, opened } = await filled(60)
  const other = await open(name)
  for (let i = 60; i < 90; i++) await (i % 2 ? opened : other).memory.add(one(i))
  await Promise.all([opened.memory.settled(), other.memory.settled()])
  const saved = await createSnapshotStore(opened.store).state()
  expect(saved?.revision).toBeGreaterThan(60)
  await Promise.all([answers(opened.memory), answers(other.memory)])
  expect(await answers(other.memory)).toEqual(await exactAnswers(name))
  await other.memory.clear()
  await expect.poll(() => createSnapshotStore(opened.store).state()).toBeUndefined()
  expect(await opened.memory.retrieve({ goal: 'goal' }, { k: 3 })).toEqual([])
  await Promise.all([opened.memory.close(), other.memory.close()])
})
