import { expect, test } from 'vitest'
import type { Embedder } from '../../src/core/embedder.ts'
import { createMemoryEngine, type MemoryEngine } from '../../src/memory/memory-engine.ts'
import type { MemoryEvent } from '../../src/memory/open-memory.ts'
import { openMemoryStore } from '../../src/memory/store/memory-store.ts'
import type { Tables } from '../../src/memory/store/trajectory-store.ts'
import type { PackedVectors } from '../../src/util/packed-vectors.ts'
import { collect } from '../support/collect.ts'
import { dumpStore } from '../support/dump-store.ts'
import { seededEmbedder } from '../support/seeded-embedder.ts'
import { trajectory } from '../support/trajectories.ts'

const answers: [string, (vectors: Float32Array[]) => unknown, RegExp][] = [
  ['too few vectors', (vectors) => vectors.slice(1), /returned 5 vectors for 6 texts/],
  ['too many vectors', (vectors) => [...vectors, ...vectors], /returned 12 vectors/],
  ['vectors of another length', (vectors) => vectors.map((vector) => vector.slice(1)), /15 numbers instead of 16/],
  ['NaN', (vectors) => vectors.map((vector) => vector.map(() => NaN)), /not finite/],
  ['infinite numbers', (vectors) => vectors.map((vector) => vector.map(() => Infinity)), /not finite/],
  ['zero vectors', (vectors) => vectors.map((vector) => vector.map(() => 0)), /of length 0.000 instead of 1/],
  ['plain arrays', (vectors) => vectors.map((vector) => Array.from(vector)), /Float32Array/],
  ['nothing', () => undefined, /no vectors/],
  [
    'an exception',
    () => {
      throw new TypeError('no GPU.')
    },
    /failed: TypeError: no GPU\. Nothing was stored\. Try again;/,
  ],
]

test.each(answers)('an embedder that returns %s is named, and nothing is stored', async (_, spoil, message) => {
  const store = openMemoryStore()
  const working = seededEmbedder()
  await (await createMemoryEngine({ store, embedder: working })).add(trajectory({ id: 'before' }))
  const before = await dumpStore(store)
  const embed = async (texts: readonly string[]): Promise<Float32Array[]> => spoil(await working.embed(texts)) as Float32Array[]
  const memory = await createMemoryEngine({ store, embedder: { id: working.id, dimensions: 16, embed } })
  const episode = { trajectory: trajectory({ id: 'new' }), shown: [{ trajectoryId: 'before', phase: 'act' as const, step: 0 }] }
  for (const call of [
    memory.add(trajectory({ id: 'new' })),
    memory.record({ ...episode, store: true, curation: false }),
    memory.retrieve({ goal: 'g' }, { k: 1 }),
  ])
    await expect(call).rejects.toMatchObject({ code: 'embedder-failed' })
  await expect(memory.add(trajectory({ id: 'new' }))).rejects.toThrow(message)
  expect(await dumpStore(store)).toEqual(before)
})

test.each([
  [{ goal: '', steps: [] }, /goal must be at least 1 characters long/],
  [{ goal: 'g' }, /steps/],
  [{ goal: 'g', steps: [{ observation: 'o', action: 'a' }] }, /steps\.0\.reasoning/],
  [{ goal: 'g', steps: [], reward: 2 }, /reward must be at most 1/],
  [{ goal: 'g', steps: [], id: '' }, /id must be at least 1/],
  [{ goal: 'g', steps: [], id: 'x'.repeat(257) }, /id must be at most 256/],
  [{ goal: 'g', steps: [], createdAt: 'yesterday' }, /createdAt/],
  [{ goal: 'g', steps: [], sucess: false }, /sucess/],
  [{ goal: 'g', steps: [], metadata: { f: () => 1 } }, /metadata/],
  [null, /the value must be an object/],
])('adding %j is refused, naming what is wrong', async (input, message) => {
  const memory = await createMemoryEngine({ store: openMemoryStore(), embedder: seededEmbedder() })
  const refused = memory.add(input as never)
  await expect(refused).rejects.toMatchObject({ code: 'invalid-options' })
  await expect(refused).rejects.toThrow(message)
  expect(await memory.count()).toBe(0)
})

test('records, rules and ids of the wrong kind are refused, naming what is wrong', async () => {
  const memory = await createMemoryEngine({ store: openMemoryStore(), embedder: seededEmbedder() })
  const episode = { trajectory: trajectory(), shown: [], store: true, curation: { threshold: 0.3, minRetrievals: 5 } }
  const refusals: [Promise<unknown>, RegExp][] = [
    [memory.record({ ...episode, shown: [{ trajectoryId: 'a' }] } as never), /shown\.0\.phase/],
    [memory.record({ ...episode, trajectory: { ...trajectory(), id: 3 } } as never), /trajectory\.id/],
    [memory.record({ ...episode, curation: { threshold: 3, minRetrievals: 5 } }), /curation/],
    [memory.curate({ threshold: 0.3, minRetrievals: 0 }), /minRetrievals must be at least 1/],
    [memory.get(undefined as never), /id/],
    [memory.delete({} as never), /id/],
    [memory.list({ limit: 0 }), /limit must be at least 1/],
    [memory.list({ limt: 5 } as never), /unknown fields: limt/],
    [memory.curate({ threshold: 0.3, minRetrievals: 5, min: 1 } as never), /unknown fields: min/],
    [memory.export({ sgnal: 1 } as never).next(), /unknown fields: sgnal/],
  ]
  for (const [refused, message] of refusals) {
    await expect(refused).rejects.toMatchObject({ code: 'invalid-options' })
    await expect(refused).rejects.toThrow(message)
  }
  expect(await memory.count()).toBe(0)
})

test('an abort while the embedder works stores nothing, and later writes are not held up', async () => {
  const sound = seededEmbedder()
  let hang = true
  const embedder: Embedder = { ...sound, embed: (texts) => (hang ? new Promise(() => {}) : sound.embed(texts)) }
  const memory = await createMemoryEngine({ store: openMemoryStore(), embedder })
  const controller = new AbortController()
  const adding = memory.add(trajectory(), { signal: controller.signal })
  const recording = memory.record({ trajectory: trajectory(), shown: [], store: true, curation: false }, { signal: controller.signal })
  setTimeout(() => controller.abort())
  await expect(adding).rejects.toMatchObject({ code: 'aborted' })
  await expect(recording).rejects.toMatchObject({ code: 'aborted' })
  hang = false
  await memory.add(trajectory({ id: 'later' }))
  expect(await memory.count()).toBe(1)
})

type Damage = [string, keyof Tables, (row: never) => object | undefined]
const sound = async (table: keyof Tables, damage: Damage[2]): Promise<{ memory: MemoryEngine; events: MemoryEvent[] }> => {
  const store = openMemoryStore()
  const embedder = seededEmbedder()
  const first = await createMemoryEngine({ store, embedder })
  for (const id of ['a', 'b', 'c'])
    await first.add(trajectory({ id, createdAt: id === 'b' ? '2026-02-01T00:00:00Z' : '2026-01-01T00:00:00Z' }))
  await store.write(async (writer) => {
    const row = damage((await writer.get(table, 'b')) as never)
    await (row ? writer.put(table, row as never) : writer.delete(table, 'b'))
  })
  const events: MemoryEvent[] = []
  return { memory: await createMemoryEngine({ store, embedder, onEvent: (event) => events.push(event) }), events }
}
const query = { goal: 'open the door', plan: 'p', observation: 'a key' }

const damagedRecords: Damage[] = [
  ['a record of another shape', 'trajectories', () => ({ id: 'b', seq: 2, status: 'active', bytes: 1, trajectory: { goal: 3 } })],
  ['a record under another id', 'trajectories', (row: Tables['trajectories']) => ({ ...row, trajectory: trajectory({ id: 'x' }) })],
  ['no record', 'trajectories', () => undefined],
]

test.each(damagedRecords)(
  'with %s the other trajectories still come, k of them, and stats names the damaged one',
  async (_, table, damage) => {
    const { memory } = await sound(table, damage)
    const found = await memory.retrieve(query, { k: 2 })
    expect(found.map(({ trajectoryId }) => trajectoryId)).toEqual(['a', 'c'])
    const { corrupt, retrievable } = await memory.stats()
    expect(retrievable).toBe(2)
    expect(corrupt).toMatchObject([{ id: 'b', message: expect.stringContaining('The stored trajectory b is damaged') }])
    await memory.delete('b')
    expect((await memory.stats()).corrupt).toEqual([])
    await memory.add(trajectory({ id: 'b' }))
    expect(await memory.retrieve({ goal: 'open the door' }, { k: 5 })).toHaveLength(3)
  },
)

const other = (length: number): PackedVectors => ({ values: new Int16Array(length), scales: new Float32Array(1) })
const damagedVectors: Damage[] = [
  [
    'a record with a step too few',
    'trajectories',
    (row: Tables['trajectories']) => ({ ...row, trajectory: { ...row.trajectory, steps: [] } }),
  ],
  ['no vectors of observations', 'observations', () => undefined],
  ['vectors of observations of another length', 'observations', () => ({ id: 'b', ...other(3) })],
  ['no keys', 'keys', () => undefined],
  ['key vectors of another length', 'keys', (row: Tables['keys']) => ({ ...row, vectors: other(3) })],
  [
    'scales that are not finite',
    'keys',
    (row: Tables['keys']) => ({ ...row, vectors: { ...row.vectors, scales: Float32Array.of(NaN, 1) } }),
  ],
  ['keys of another shape', 'keys', () => ({ id: 'b', active: 'yes' })],
  ['keys of another embedder', 'keys', (row: Tables['keys']) => ({ ...row, embedder: 'another' })],
  [
    'keys without vectors',
    'keys',
    (row: Tables['keys']) => Object.fromEntries(Object.entries(row).filter(([field]) => field !== 'vectors')),
  ],
]

test.each(damagedVectors)('with %s searches go on without, until they have been made again', async (_, table, damage) => {
  const { memory, events } = await sound(table, damage)
  const found = await memory.retrieve(query, { k: 2 })
  expect(found).toHaveLength(2)
  await memory.settled()
  await memory.retrieve(query, { k: 3 })
  await memory.settled()
  expect((await memory.retrieve(query, { k: 3 })).map(({ trajectoryId }) => trajectoryId).toSorted()).toEqual(['a', 'b', 'c'])
  expect(events.filter(({ type }) => type === 'rebuilding')).toEqual([
    { type: 'rebuilding', done: 0, total: 1 },
    { type: 'rebuilding', done: 1, total: 1 },
  ])
  expect(await memory.stats()).toMatchObject({ retrievable: 3, corrupt: [] })
})

test('a damaged record is refused by get with memory-corrupt, and left out of lists and exports', async () => {
  const store = openMemoryStore()
  const memory = await createMemoryEngine({ store, embedder: seededEmbedder() })
  for (const id of ['a', 'b']) await memory.add(trajectory({ id }))
  await store.write((writer) =>
    writer.put('trajectories', { id: 'a', seq: 1, status: 'active', bytes: 1, trajectory: { id: 'a' } as never }),
  )
  await expect(memory.get('a')).rejects.toMatchObject({ code: 'memory-corrupt', message: expect.stringContaining('trajectory a') })
  expect((await memory.list()).items.map(({ trajectory: { id } }) => id)).toEqual(['b'])
  expect((await collect(memory.export())).slice(1, -1).map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(['b'])
})
