import { afterEach, expect, test, vi } from 'vitest'
import { newLedger } from '../../../src/memory/curator.ts'
import { keyOf } from '../../../src/memory/key-of.ts'
import { openIdbStore } from '../../../src/memory/store/idb-store.ts'
import { packVectors } from '../../../src/util/packed-vectors.ts'
import { dumpStore } from '../../support/dump-store.ts'
import { trajectory } from '../../support/trajectories.ts'
import { DIMENSIONS, dumpDatabase, openVersion1, rowsOf1, type TablesOf1 } from '../../support/version-1.ts'

let made = 0
const newName = (): string => `migration-${Date.now()}-${made++}`
afterEach(() => void vi.restoreAllMocks())

const AT = '2026-01-02T00:00:00.000Z'
const meta = { id: 'meta', embedder: { id: 'e', dimensions: DIMENSIONS }, nextSeq: 7, revision: 4, changes: [{ revision: 4, ids: ['b'] }] }
const good = trajectory({ id: 'good', taskId: 'door' })
const pruned = trajectory({ id: 'pruned', goal: 'another' })
const failed = trajectory({ id: 'failed', success: false, steps: [] })

function wholeDatabase(): Required<TablesOf1> {
  const [first, second] = [rowsOf1(good, 1), rowsOf1(pruned, 2)]
  return {
    trajectories: [
      ...first.trajectories,
      { ...(second.trajectories[0] as object), status: 'pruned' },
      { id: 'failed', seq: 3, status: 'active', trajectory: failed },
    ],
    keys: [...first.keys, { ...(second.keys[0] as object), active: false }],
    stepVectors: [...first.stepVectors, ...second.stepVectors],
    ledger: [
      { id: 'good', retrievals: 4, successesWhenRetrieved: 3, decayed: { retrievals: 2, successes: 1 } },
      { id: 'pruned', retrievals: 5, successesWhenRetrieved: 1 },
    ],
    episodes: [
      {
        id: 5,
        at: AT,
        trajectoryId: 'good',
        success: true,
        shown: [
          { trajectoryId: 'pruned', phase: 'plan', step: 0 },
          { trajectoryId: 'other', phase: 'act', step: 1 },
          { trajectoryId: 'pruned', phase: 'act', step: 1 },
          { trajectoryId: 'pruned', phase: 'act', step: 2 },
        ],
      },
      { id: 6, at: AT, trajectoryId: null, success: false, shown: [] },
    ],
    meta: [meta],
  }
}

async function migrate(tables: TablesOf1): Promise<Record<string, unknown[]>> {
  const name = newName()
  const db = await openVersion1(name, tables)
  db.close()
  const store = await openIdbStore({ name })
  const dump = await dumpStore(store)
  store.close()
  const { version, tables: raw } = await dumpDatabase(name)
  expect(version).toBe(2)
  expect(Object.keys(raw).toSorted()).toEqual(Object.keys(dump).toSorted())
  return dump
}

test('a store of version 1 is brought to version 2 with all it holds', async () => {
  const before = wholeDatabase()
  const after = await migrate(before)
  const bytes = [good, pruned, failed].map((one) => JSON.stringify(one).length) as [number, number, number]

  expect(after['trajectories']).toEqual([
    { id: 'failed', seq: 3, status: 'active', bytes: bytes[2], trajectory: failed },
    { id: 'good', seq: 1, status: 'active', bytes: bytes[0], trajectory: good },
    { id: 'pruned', seq: 2, status: 'pruned', bytes: bytes[1], trajectory: pruned },
  ])
  const keys = before.keys[0] as { goal: Float32Array; plan: Float32Array }
  const named = ({ id, goal, plan, createdAt }: typeof good): object => ({ id, goalKey: keyOf(goal), planKey: keyOf(plan), createdAt })
  expect(after['keys']).toEqual([
    { ...named(failed), active: false },
    { ...named(good), active: true, taskId: 'door', vectors: packVectors([keys.goal, keys.plan]), embedder: 'e' },
    { ...named(pruned), active: false },
  ])
  const steps = before.stepVectors[0] as Record<'observations' | 'reasonings', Float32Array>
  const packed = (all: Float32Array): object => packVectors([all.subarray(0, DIMENSIONS), all.subarray(DIMENSIONS)])
  expect(after['observations']).toEqual([{ id: 'good', ...packed(steps.observations) }])
  expect(after['reasonings']).toEqual([{ id: 'good', ...packed(steps.reasonings) }])
  expect(after['ledger']).toEqual([
    newLedger('failed', 3),
    { ...newLedger('good', 1), utility: 0.5, retrievals: 4, successesWhenRetrieved: 3, decayed: { retrievals: 2, successes: 1 } },
    { ...newLedger('pruned', 2), utility: 0.2, retrievals: 5, successesWhenRetrieved: 1 },
  ])
  const booked = { at: AT, pruned: [] }
  const shown = [
    { trajectoryId: 'pruned', share: 0.75, prompts: { plan: 1, act: 2 }, best: { phase: 'plan', step: 0 } },
    { trajectoryId: 'other', share: 0.25, prompts: { act: 1 }, best: { phase: 'act', step: 1 } },
  ]
  expect(after['episodes']).toEqual([
    { ...booked, id: 5, episode: 'good', goal: good.goal, stored: true, success: true, shown, shownIds: ['pruned', 'other'] },
    { ...booked, id: 6, episode: 'episode-6', goal: '', stored: false, success: false, shown: [], shownIds: [] },
  ])
  const sums = { trajectories: bytes[0] + bytes[1] + bytes[2], vectors: 6 * (DIMENSIONS * 2 + 4) }
  const { embedder, nextSeq, revision } = meta
  expect(after['meta']).toEqual([{ id: 'meta', embedder, nextSeq, revision, forgotten: revision, bytes: sums, pruned: 1 }])
  expect(after['changes']).toEqual([])
})

test('a migrated store answers by its new indexes', async () => {
  const name = newName()
  ;(await openVersion1(name, wholeDatabase())).close()
  const store = await openIdbStore({ name })
  const found = await store.read(async (reader) => [
    (await reader.by('seq', { order: 'descending', limit: 2 })).map(({ id }) => id),
    (await reader.by('utility', { order: 'ascending', limit: 2 })).map(({ id }) => id),
    (await reader.where('shown', 'pruned')).map(({ id }) => id),
    (await reader.where('episode', 'episode-6')).map(({ id }) => id),
  ])
  expect(found).toEqual([['failed', 'pruned'], ['pruned', 'good'], [5], [6]])
  store.close()
})

test('more rows than are read at once all come along', async () => {
  const all = Array.from({ length: 50 }, (_, i) => rowsOf1(trajectory({ id: `t${i}` }), i + 1))
  const after = await migrate({
    trajectories: all.flatMap((rows) => rows.trajectories),
    keys: all.flatMap((rows) => rows.keys),
    stepVectors: all.flatMap((rows) => rows.stepVectors),
    meta: [{ ...meta, nextSeq: 51 }],
  })
  for (const table of ['trajectories', 'keys', 'observations', 'reasonings', 'ledger']) expect(after[table]).toHaveLength(50)
  expect(after['keys']?.every((row) => typeof row === 'object' && row !== null && 'vectors' in row)).toBe(true)
})

test.each<[what: string, damage: (tables: Required<TablesOf1>) => void]>([
  ['there are no keys', (tables) => void tables.keys.shift()],
  ['its keys are of other texts', (tables) => Object.assign(tables.keys[0] as object, { planText: 'another' })],
  ['a key vector is too short', (tables) => Object.assign(tables.keys[0] as object, { goal: new Float32Array(3) })],
  ['a key vector is no vector', (tables) => Object.assign(tables.keys[0] as object, { plan: 'plan' })],
  ['a key vector is not finite', (tables) => Object.assign(tables.keys[0] as object, { goal: new Float32Array(DIMENSIONS).fill(NaN) })],
  ['there are no step vectors', (tables) => void tables.stepVectors.shift()],
  ['there are too few of them', (tables) => Object.assign(tables.stepVectors[0] as object, { reasonings: new Float32Array(DIMENSIONS) })],
  ['the embedder is not known', (tables) => void tables.meta.pop()],
])('where %s, the trajectory stays without vectors, to be embedded again', async (_, damage) => {
  const tables = wholeDatabase()
  damage(tables)
  const after = await migrate(tables)
  const { id, goal, plan, createdAt } = good
  expect(after['keys']?.[1]).toEqual({ id, active: true, goalKey: keyOf(goal), planKey: keyOf(plan), createdAt, taskId: 'door' })
  expect([after['observations'], after['reasonings']]).toEqual([[], []])
  expect(after['meta']).toEqual([expect.objectContaining({ nextSeq: 7, bytes: expect.objectContaining({ vectors: 0 }) })])
  expect(after['trajectories']).toHaveLength(3)
})

test('damaged records, counts and bookings stop nothing, and a damaged record is kept as it is', async () => {
  const tables = wholeDatabase()
  const broken = { id: 'broken', seq: 4, status: 'active', trajectory: { id: 'broken', goal: 7, steps: 'none' }, extra: [1] }
  const empty = { id: 'empty' }
  tables.trajectories.push(broken, empty)
  tables.keys.push({ id: 'orphan' })
  tables.ledger = [{ id: 'good', retrievals: -1, successesWhenRetrieved: 'two' }, { id: 'orphan' }]
  tables.episodes.push({ id: 8 }, { id: 9, at: AT, success: true, trajectoryId: 'lost', shown: [null, { trajectoryId: 1 }] })
  const after = await migrate(tables)
  const byId = (table: string, id: unknown): unknown => after[table]?.find((row) => (row as { id: unknown }).id === id)
  expect(byId('trajectories', 'broken')).toEqual({ ...broken, bytes: JSON.stringify(broken.trajectory).length })
  expect(byId('trajectories', 'empty')).toEqual({ ...empty, bytes: 0 })
  expect(byId('keys', 'broken')).toMatchObject({ active: true, goalKey: keyOf('') })
  expect(byId('keys', 'empty')).toMatchObject({ active: false })
  expect(byId('ledger', 'good')).toEqual(newLedger('good', 1))
  expect([byId('keys', 'orphan'), byId('ledger', 'orphan'), byId('episodes', 8)]).toEqual([undefined, undefined, undefined])
  expect(byId('episodes', 9)).toMatchObject({ episode: 'lost', goal: '', shown: [] })
  expect(byId('keys', 'good')).toMatchObject({ embedder: 'e' })
  expect(after['meta']).toEqual([expect.objectContaining({ nextSeq: 10 })])
})

test('an empty store of version 1 becomes an empty one of version 2', async () => {
  expect(Object.values(await migrate({})).flat()).toEqual([])
})

test('a migration that fails in the middle leaves version 1 as it was, and works the next time', async () => {
  const name = newName()
  ;(await openVersion1(name, wholeDatabase())).close()
  const before = await dumpDatabase(name)
  const failing = vi.spyOn(IDBDatabase.prototype, 'deleteObjectStore').mockImplementation(() => {
    throw new Error('halfway')
  })
  await expect(openIdbStore({ name })).rejects.toMatchObject({ code: 'memory-blocked', message: expect.stringMatching(/halfway/) })
  failing.mockRestore()
  expect(await dumpDatabase(name)).toEqual(before)
  const store = await openIdbStore({ name })
  expect(await store.read((reader) => reader.count('trajectories'))).toBe(3)
  store.close()
})

test('an older tab that holds version 1 and does not let go keeps it, and one that does makes room', async () => {
  const name = newName()
  const older = await openVersion1(name, wholeDatabase())
  const refused = openIdbStore({ name, openTimeout: 200 })
  await expect(refused).rejects.toMatchObject({ code: 'memory-blocked', message: expect.stringMatching(/older version.*Close other tabs/) })
  older.close()
  expect((await dumpDatabase(name)).version).toBe(1)

  const polite = await openVersion1(name)
  polite.onversionchange = () => polite.close()
  const store = await openIdbStore({ name })
  expect(await store.read((reader) => reader.count('trajectories'))).toBe(3)
  store.close()
})
