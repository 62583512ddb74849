import { expect, test } from 'vitest'
import type { Trajectory } from '../../src/core/trajectory.ts'
import { createArchive, statusOf, type Archive } from '../../src/memory/archive.ts'
import { credit, newLedger, withFeedback } from '../../src/memory/curator.ts'
import { summarize } from '../../src/memory/ledger.ts'
import type { EpisodeListOptions, ListOptions, TrajectoryStatus } from '../../src/memory/open-memory.ts'
import { openMemoryStore } from '../../src/memory/store/memory-store.ts'
import type { EpisodeRow, LedgerRow, TrajectoryRow, TrajectoryStore } from '../../src/memory/store/trajectory-store.ts'
import { step, trajectory } from '../support/trajectories.ts'

interface Opened {
  archive: Archive
  store: TrajectoryStore
  damaged: string[]
}

const rowOf = (seq: number, fields: Partial<TrajectoryRow> = {}, of: Partial<Trajectory> = {}): TrajectoryRow => ({
  id: `${seq}`,
  seq,
  status: 'active',
  bytes: 1,
  trajectory: trajectory({ id: `${seq}`, goal: seq % 3 === 0 ? 'Fizz' : 'other', steps: [step(`seen ${seq}`)], ...of }),
  ...fields,
})

async function opened(rows: readonly TrajectoryRow[], ledgers: readonly LedgerRow[] = []): Promise<Opened> {
  const store = openMemoryStore()
  await store.write(async (writer) => {
    for (const row of rows) await writer.put('trajectories', row)
    for (const row of rows) await writer.put('ledger', newLedger(row.id, row.seq))
    for (const row of ledgers) await writer.put('ledger', row)
  })
  const damaged: string[] = []
  return { store, damaged, archive: createArchive({ store, onDamaged: (id) => damaged.push(id) }) }
}

const filled = (count: number): Promise<Opened> => opened(Array.from({ length: count }, (_, i) => rowOf(i)))

async function pages({ archive }: Opened, options: ListOptions = {}): Promise<string[][]> {
  const all: string[][] = []
  for (let cursor: string | undefined; ;) {
    const { items, next } = await archive.list({ ...options, ...(cursor !== undefined && { cursor }) })
    all.push(items.map(({ trajectory: { id } }) => id))
    if (next === undefined) return all
    cursor = next
  }
}
const names = (from: number, to: number): string[] =>
  Array.from({ length: Math.abs(to - from) + 1 }, (_, i) => `${from < to ? from + i : from - i}`)

test('pages come newest first, or oldest first, and together hold each trajectory once', async () => {
  const of = await filled(150)
  expect((await pages(of, { limit: 40 })).map((page) => page.length)).toEqual([40, 40, 40, 30])
  expect((await pages(of, { limit: 40 })).flat()).toEqual(names(149, 0))
  expect((await pages(of, { limit: 50, order: 'oldest' })).flat()).toEqual(names(0, 149))
  expect((await pages(of)).map((page) => page.length)).toEqual([50, 50, 50, 0])
  expect(await pages(of, { limit: 1000 })).toEqual([names(149, 0)])
})

test('by utility the least helpful come first, and the older first among equals', async () => {
  const failed = { success: false, share: 1 }
  const known = (id: number, episodes: number, successes: number): LedgerRow => {
    let row = newLedger(`${id}`, id)
    for (let i = 0; i < episodes; i++) row = credit(row, { ...failed, success: i < successes })
    return row
  }
  const of = await opened(
    Array.from({ length: 8 }, (_, i) => rowOf(i)),
    [known(6, 3, 0), known(2, 3, 1), known(4, 4, 1), known(3, 3, 0), known(7, 7, 1)],
  )
  const order = ['3', '6', '7', '4', '2', '0', '1', '5']
  for (const limit of [1, 2, 3, 8, 9]) expect((await pages(of, { limit, order: 'utility' })).flat()).toEqual(order)
})

test('an order by utility skips counts whose trajectory is gone', async () => {
  const of = await opened([rowOf(1), rowOf(3)], [newLedger('2', 2)])
  expect((await pages(of, { order: 'utility', limit: 1 })).flat()).toEqual(['1', '3'])
})

test('a search finds text of any field in any case, over pages that hold nothing', async () => {
  const of = await filled(200)
  expect((await pages(of, { search: 'fIZZ', limit: 50 })).flat()).toHaveLength(67)
  expect((await pages(of, { search: 'seen 3', limit: 5 })).flat()).toEqual([...names(39, 30), '3'])
  expect((await pages(of, { search: 'SEEN 0' })).flat()).toEqual(['0'])
  expect((await pages(of, { search: 'fizz', order: 'utility', limit: 7 })).flat()).toHaveLength(67)
  expect(await of.archive.list({ search: 'nowhere' })).toEqual({ items: [] })
})

test.each<[TrajectoryStatus, Partial<TrajectoryRow>, Partial<Trajectory>]>([
  ['active', {}, {}],
  ['failed', {}, { success: false }],
  ['pruned', { status: 'pruned' }, {}],
  ['retired', { status: 'retired' }, {}],
  ['superseded', { supersededBy: 'x' }, {}],
  ['superseded', { supersededBy: 'x', status: 'retired' }, {}],
  ['failed', { supersededBy: 'x', status: 'pruned' }, { success: false }],
  ['quarantined', { supersededBy: 'x', status: 'quarantined' }, { success: false }],
])('a trajectory is %s where its row says %o and it %o', (status, fields, of) => {
  expect(statusOf(rowOf(1, fields, of))).toBe(status)
})

test('a filter by status separates them, and goes with a search', async () => {
  const of = await opened([
    rowOf(0),
    rowOf(1, { status: 'pruned' }),
    rowOf(2, { supersededBy: '0' }),
    rowOf(3, { status: 'quarantined' }),
    rowOf(4, {}, { success: false }),
    rowOf(5, { status: 'retired' }),
    rowOf(6, { status: 'quarantined' }),
  ])
  const ids = async (status: TrajectoryStatus): Promise<string[]> => (await pages(of, { status, limit: 1 })).flat()
  expect(await Promise.all((['active', 'pruned', 'superseded', 'failed', 'retired', 'quarantined'] as const).map(ids))).toEqual([
    ['0'],
    ['1'],
    ['2'],
    ['4'],
    ['5'],
    ['6', '3'],
  ])
  expect((await pages(of, { status: 'quarantined', search: 'seen 3' })).flat()).toEqual(['3'])
  expect((await of.archive.list({ status: 'superseded' })).items).toMatchObject([{ status: 'superseded', supersededBy: '0' }])
})

test('a listing tells counts, utility, quality and verdicts', async () => {
  const verdict = { id: 'v', at: '2026-01-01T00:00:00Z', value: -0.5, source: 'user' as const, note: 'too slow' }
  const shown = credit(credit(newLedger('1', 1), { success: true, share: 0.75 }), { success: false, share: 0.25 })
  const { archive } = await opened([rowOf(1), rowOf(2)], [withFeedback(shown, verdict)])
  const listing = { status: 'active', retrievals: 2, successes: 1, utility: 1.5 / 4, quality: 0.75, feedback: [verdict] }
  expect(await archive.get('1')).toEqual({ trajectory: rowOf(1).trajectory, ...listing })
  const { items } = await archive.list({})
  expect(items[0]).toEqual({
    trajectory: rowOf(2).trajectory,
    status: 'active',
    retrievals: 0,
    successes: 0,
    utility: 1,
    quality: null,
    feedback: [],
  })
  expect(items[1]).toMatchObject(listing)
  expect(await archive.get('3')).toBeNull()
})

test('counts that are missing or damaged are as none, and cost no trajectory', async () => {
  const of = await opened([rowOf(1), rowOf(2)], [{ ...newLedger('2', 2), retrievals: -3 }])
  await of.store.write((writer) => writer.delete('ledger', '1'))
  expect((await of.archive.list({})).items).toMatchObject([
    { trajectory: { id: '2' }, retrievals: 0, utility: 1 },
    { trajectory: { id: '1' }, retrievals: 0, utility: 1 },
  ])
  expect(of.damaged).toEqual([])
})

test('a damaged record is left out of pages, told of, and refused when it is asked for', async () => {
  const of = await opened([rowOf(1), rowOf(2, { trajectory: { id: '2' } as never }), rowOf(3)])
  expect(await pages(of, { limit: 2 })).toEqual([['3', '1'], []])
  expect((await pages(of, { order: 'utility' })).flat()).toEqual(['1', '3'])
  expect(new Set(of.damaged)).toEqual(new Set(['2']))
  await expect(of.archive.get('2')).rejects.toMatchObject({ code: 'memory-corrupt' })
})

test('ids that are names of built-in properties are ids like any others', async () => {
  const ids = ['__proto__', 'constructor', 'toString', '../..']
  const of = await opened(ids.map((id, seq) => rowOf(seq, { id }, { id })))
  expect((await pages(of, { order: 'oldest', limit: 3 })).flat()).toEqual(ids)
  for (const id of ids) expect((await of.archive.get(id))?.trajectory.id).toBe(id)
  expect(await of.archive.get('valueOf')).toBeNull()
})

test.each<[ListOptions['order'], string]>([
  ['newest', 'x'],
  ['newest', ''],
  ['oldest', '1:2'],
  ['utility', '5'],
  ['utility', '1:'],
  ['utility', 'NaN:2'],
])('in the order %s the cursor %o is refused', async (order = 'newest', cursor) => {
  const { archive } = await filled(2)
  await expect(archive.list({ order, cursor })).rejects.toMatchObject({
    code: 'invalid-options',
    message: expect.stringContaining('cursor'),
  })
})

test('a rare search that is aborted stops reading', async () => {
  const of = await filled(640)
  const controller = new AbortController()
  let reads = 0
  const store: TrajectoryStore = {
    ...of.store,
    read: (work) => {
      if (++reads === 3) controller.abort()
      return of.store.read(work)
    },
  }
  const archive = createArchive({ store, onDamaged: () => {} })
  await expect(archive.list({ search: 'nowhere' }, controller.signal)).rejects.toMatchObject({ code: 'aborted' })
  expect(reads).toBe(3)
})

const episodeOf = (id: number, shown: readonly string[]): EpisodeRow => {
  const summaries = summarize(
    shown.map((trajectoryId, i) => ({ trajectoryId, phase: 'act' as const, step: i, score: i, scores: { goal: 0.5 } })),
  )
  const ids = summaries.map(({ trajectoryId }) => trajectoryId)
  const at = '2026-01-01T00:00:00.000Z'
  return { id, episode: `e${id}`, at, goal: `goal ${id}`, stored: id % 2 === 0, success: true, pruned: [], shown: summaries, shownIds: ids }
}

async function episodePages({ archive }: Opened, options: EpisodeListOptions): Promise<string[][]> {
  const all: string[][] = []
  for (let cursor: number | undefined; ;) {
    const { items, next } = await archive.episodes({ ...options, ...(cursor !== undefined && { cursor }) })
    all.push(items.map(({ id }) => id))
    if (next === undefined) return all
    cursor = next
  }
}

test('episodes come newest first, and those that were shown a trajectory can be asked for', async () => {
  const of = await filled(1)
  const shown = (id: number): string[] => (id % 9 === 0 ? ['a', 'b', 'a', 'a'] : ['b'])
  await of.store.write(async (writer) => {
    for (let id = 3; id <= 300; id += 3) await writer.put('episodes', episodeOf(id, shown(id)))
  })
  const all = Array.from({ length: 100 }, (_, i) => `e${300 - 3 * i}`)
  expect(await episodePages(of, { limit: 40 })).toEqual([all.slice(0, 40), all.slice(40, 80), all.slice(80)])
  expect((await episodePages(of, {})).flat()).toEqual(all)
  const withA = Array.from({ length: 33 }, (_, i) => `e${297 - 9 * i}`)
  expect((await episodePages(of, { trajectoryId: 'a', limit: 10 })).flat()).toEqual(withA)
  expect(await episodePages(of, { trajectoryId: '__proto__' })).toEqual([[]])
  expect((await of.archive.episodes({ limit: 2 })).items[1]).toEqual({
    id: 'e297',
    at: '2026-01-01T00:00:00.000Z',
    goal: 'goal 297',
    success: true,
    stored: false,
    shown: [
      { trajectoryId: 'a', share: 0.75, prompts: { act: 3 }, best: { phase: 'act', step: 3, score: 3, scores: { goal: 0.5 } } },
      { trajectoryId: 'b', share: 0.25, prompts: { act: 1 }, best: { phase: 'act', step: 1, score: 1, scores: { goal: 0.5 } } },
    ],
  })
})

test('a damaged episode is left out, and those after it still come', async () => {
  const of = await filled(0)
  await of.store.write(async (writer) => {
    for (const id of [1, 2, 3]) await writer.put('episodes', episodeOf(id, ['a']))
    await writer.put('episodes', { ...episodeOf(2, ['a']), goal: 3 as never })
  })
  expect(await episodePages(of, { limit: 1 })).toEqual([['e3'], [], ['e1'], []])
})
