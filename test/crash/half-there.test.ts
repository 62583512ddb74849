/** What judges the stores after a crash is itself put to the test: on a sound store, and on one that was broken in each way. */
import { expect, test } from 'vitest'
import { createMemoryEngine } from '../../src/memory/memory-engine.ts'
import { openMemoryStore } from '../../src/memory/store/memory-store.ts'
import { dumpStore } from '../support/dump-store.ts'
import { seededEmbedder } from '../support/seeded-embedder.ts'
import { trajectory } from '../support/trajectories.ts'
import { halfThere } from './half-there.ts'
import { judgeBookings, judgeFork, judgeTrajectories } from './judge.ts'
import type { Dump, Step } from './page-api.ts'
import { withSizes } from './with-sizes.ts'

const DIMENSIONS = 8
const CURATION = { threshold: 0.3, minRetrievals: 1 }
const stored = ['a', 'b', 'c', 'newer'].map((id) => trajectory({ id, goal: `goal ${id}`, ...(id === 'newer' && { supersedes: 'c' }) }))
const episode = trajectory({ id: 'episode', goal: 'goal of the episode', success: false })
const record = {
  kind: 'record',
  episode: { trajectory: episode, shown: [{ trajectoryId: 'b', phase: 'act', step: 0 }], store: true, curation: CURATION },
} satisfies Step

async function soundStore(): Promise<Dump> {
  const store = openMemoryStore()
  const memory = await createMemoryEngine({ store, embedder: seededEmbedder(DIMENSIONS) })
  for (const one of stored) await memory.add(one)
  await memory.record(record.episode)
  await memory.delete('a')
  return { version: 2, tables: withSizes(await dumpStore(store)) }
}

const flaws = (dump: Dump): string[] => halfThere(dump, { dimensions: DIMENSIONS, embedded: true })
const without = (dump: Dump, table: string, id: unknown): Dump => ({
  ...dump,
  tables: { ...dump.tables, [table]: (dump.tables[table] ?? []).filter((row) => row['id'] !== id) },
})
const changed = (dump: Dump, table: string, fields: object): Dump => ({
  ...dump,
  tables: { ...dump.tables, [table]: (dump.tables[table] ?? []).map((row, i) => (i === 0 ? { ...row, ...fields } : row)) },
})

test('a store to which trajectories were added, replaced, booked and deleted is whole', async () => {
  expect(flaws(await soundStore())).toEqual([])
})

test('a trajectory without any one of its rows is half there, and so are its rows without it', async () => {
  const dump = await soundStore()
  for (const table of ['keys', 'ledger', 'observations', 'reasonings', 'trajectories'])
    expect(flaws(without(dump, table, 'b')), table).toContainEqual(expect.stringMatching(/^b: /))
})

test.each([
  ['keys that say otherwise', 'keys', { active: false }],
  ['keys without vectors', 'keys', { vectors: undefined }],
  ['vectors of another size', 'observations', { values: { bytes: 2 } }],
  ['counts of another trajectory', 'ledger', { seq: 99 }],
  ['one replaced by nobody', 'trajectories', { supersededBy: 'nobody' }],
  ['one whose replacement was forgotten', 'trajectories', { replaces: 'b' }],
  ['sums that do not fit', 'meta', { bytes: { trajectories: 1, vectors: 1 } }],
  ['a number that will be given twice', 'meta', { nextSeq: 2 }],
  ['a change that was not counted', 'meta', { revision: 2 }],
])('%s: seen', async (_, table, fields) => {
  expect(flaws(changed(await soundStore(), table, fields))).not.toEqual([])
})

test('a change of which nobody knows any more is seen', async () => {
  expect(flaws(without(await soundStore(), 'changes', 2))).toEqual(['changes: number 2 is missing'])
})

const known = new Map(stored.map((one) => [one.id, one]))
const steps: Step[] = [{ kind: 'delete', id: 'a' }, record]
const asked = (acknowledged: number[]) => ({ steps, acknowledged: new Map(acknowledged.map((i) => [i, null])), progress: new Map() })

test('what was acknowledged and is not so is lost; what was not acknowledged may be either way', async () => {
  const dump = await soundStore()
  const sound = { lost: [], half: [], wrong: [] }
  expect(judgeTrajectories(known, asked([0, 1]), dump)).toEqual({ ...sound, unknown: { done: 0, undone: 0 } })
  expect(judgeTrajectories(known, asked([]), dump)).toEqual({ ...sound, unknown: { done: 2, undone: 0 } })
  expect(judgeTrajectories(known, asked([0, 1]), without(dump, 'trajectories', 'episode'))).toMatchObject({
    lost: ['episode: acknowledged, and not there'],
  })
  expect(judgeTrajectories(known, asked([1]), without(dump, 'trajectories', 'b'))).toMatchObject({
    lost: ['b: acknowledged, and not there'],
  })
  const back = { ...dump.tables['trajectories']?.[0], id: 'a', trajectory: stored[0] }
  const undead = { ...dump, tables: { ...dump.tables, trajectories: [...(dump.tables['trajectories'] ?? []), back] } }
  expect(judgeTrajectories(known, asked([0, 1]), undead)).toMatchObject({ lost: ['a: its deletion was acknowledged, and it is there'] })
  expect(judgeTrajectories(new Map(), asked([0, 1]), dump).wrong).toHaveLength(3)
  expect(judgeTrajectories(known, asked([0, 1]), changed(dump, 'trajectories', { trajectory: episode })).half).toHaveLength(1)
})

test('an episode is booked with its trajectory and its counts, or not at all', async () => {
  const dump = await soundStore()
  expect(judgeBookings(asked([0, 1]), dump)).toMatchObject({ lost: [], half: [], wrong: [] })
  const unbooked = { ...dump, tables: { ...dump.tables, episodes: [] } }
  expect(judgeBookings(asked([0, 1]), unbooked)).toMatchObject({ lost: [expect.stringMatching(/^episode/)] })
  expect(judgeBookings(asked([]), unbooked).half).toHaveLength(2)
})

test('a fork is its source or nothing', async () => {
  const source = await soundStore()
  const part = without(source, 'ledger', 'b')
  expect(judgeFork(source, source, true)).toMatchObject({ lost: [], half: [] })
  expect(judgeFork(source, null, false)).toMatchObject({ lost: [], half: [] })
  expect(judgeFork(source, changed(part, 'meta', { unfinished: true }), false)).toMatchObject({ lost: [], half: [] })
  expect(judgeFork(source, part, false).half).toHaveLength(1)
  expect(judgeFork(source, null, true).lost).toHaveLength(1)
})
