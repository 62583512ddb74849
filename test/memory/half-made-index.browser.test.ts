/** An index that lacks something must never be taken for one that knows all there is. */
import { expect, test } from 'vitest'
import { createMemoryEngine, type MemoryEngine, type MemoryEngineOptions } from '../../src/memory/memory-engine.ts'
import { createSnapshotStore } from '../../src/memory/snapshot-store.ts'
import { openIdbStore } from '../../src/memory/store/idb-store.ts'
import { seededEmbedder } from '../support/seeded-embedder.ts'
import { step, trajectory } from '../support/trajectories.ts'
import { watchedStore } from '../support/watched-store.ts'

let made = 0
const newName = (): string => `half-made-${Date.now()}-${made++}`
const one = (i: number): string =>
  `${JSON.stringify(trajectory({ id: `t${i}`, goal: `goal ${i % 7} ${i}`, plan: `plan ${i}`, steps: [step(`seen ${i}`)] }))}\n`
const open = async (name: string, options: Partial<MemoryEngineOptions> = {}): Promise<MemoryEngine> =>
  createMemoryEngine({ store: await openIdbStore({ name }), embedder: seededEmbedder(), threshold: 10, name, ...options })
const fill = async (memory: MemoryEngine, from: number, to: number): Promise<void> => {
  const session = memory.startImport({ accept: true })
  for (let i = from; i < to; i++) await session.push(one(i))
  await session.finish()
}
const retrievable = async (memory: MemoryEngine): Promise<number> => {
  await memory.settled()
  return (await memory.stats()).retrievable
}

test('what was not embedded again yet when the index was saved is embedded at the next opening', async () => {
  const name = newName()
  const first = await open(name, { embedder: seededEmbedder(16, 'first') })
  await fill(first, 0, 100)
  await first.close()
  const working = seededEmbedder(16, 'second')
  let left = 2
  const embedder = {
    ...working,
    embed: (texts: readonly string[]) => (left-- > 0 ? working.embed(texts) : Promise.reject(new Error('no GPU'))),
  }
  const failing = await open(name, { embedder })
  expect(await retrievable(failing)).toBeLessThan(100)
  await failing.close()
  const again = await open(name, { embedder: working })
  expect(await retrievable(again)).toBe(100)
  await again.close()
})

test('closing in the middle of embedding again leaves the rest to the next opening', async () => {
  const name = newName()
  const first = await open(name, { embedder: seededEmbedder(16, 'first') })
  await fill(first, 0, 300)
  await first.close()
  const working = seededEmbedder(16, 'second')
  let batches = 0
  let reached: () => void = () => {}
  const some = new Promise<void>((resolve) => (reached = resolve))
  const embed = async (texts: readonly string[]): Promise<Float32Array[]> => {
    if (++batches === 8) reached()
    return batches > 8 ? new Promise(() => {}) : working.embed(texts)
  }
  const second = await open(name, { embedder: { ...working, embed } })
  await some
  await second.close()
  const again = await open(name, { embedder: working })
  expect(await retrievable(again)).toBe(300)
  await again.close()
})

test('vectors found damaged while the embedder was away are made again after the next opening, though the index was saved meanwhile', async () => {
  const name = newName()
  const first = await open(name)
  await fill(first, 0, 40)
  await first.settled()
  await first.close()
  const store = await openIdbStore({ name })
  await store.write((writer) => writer.delete('observations', 't5'))
  store.close()
  const working = seededEmbedder()
  let away = false
  const embedder = {
    ...working,
    embed: (texts: readonly string[]) => (away && texts.length > 3 ? Promise.reject(new Error('away')) : working.embed(texts)),
  }
  const second = await open(name, { embedder })
  away = true
  await second.retrieve({ goal: 'goal 5 5', plan: 'plan 5', observation: 'seen 5' }, { k: 3 })
  await second.settled()
  away = false
  await fill(second, 100, 116)
  await second.settled()
  await second.close()
  const again = await open(name)
  await again.retrieve({ goal: 'goal 5 5', plan: 'plan 5', observation: 'seen 5' }, { k: 3 })
  expect(await retrievable(again)).toBe(56)
  await again.close()
})

test('a page of keys that could not be read is read later, and nothing is saved without it', async () => {
  const name = newName()
  const first = await open(name, { index: 'exact' })
  await fill(first, 0, 1_100)
  await first.close()
  const store = await openIdbStore({ name })
  let pages = 0
  const flaky = watchedStore(store, (table) => {
    if (table === 'keys' && ++pages === 2) throw new Error('a read that failed once')
  })
  const warnings: string[] = []
  const second = await open(name, { store: flaky, onEvent: (event) => event.type === 'warning' && warnings.push(event.message) })
  expect(await retrievable(second)).toBe(1_100)
  expect(warnings).toEqual(['a read that failed once'])
  await second.close()
})

test('a memory that has become small keeps no saved index of what was deleted', async () => {
  const name = newName()
  const store = await openIdbStore({ name })
  const memory = await open(name, { store })
  await fill(memory, 0, 60)
  await memory.settled()
  expect(await createSnapshotStore(store).exists()).toBe(true)
  for (let i = 0; i < 58; i++) await memory.delete(`t${i}`)
  await memory.settled()
  expect(await createSnapshotStore(store).exists()).toBe(false)
  await memory.close()
})
