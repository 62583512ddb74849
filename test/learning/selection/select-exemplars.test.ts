import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Trajectory } from '../../../src/core/trajectory.ts'
import type { TrajectoryListing } from '../../../src/memory/open-memory.ts'
import { selectExemplars, type ExemplarRow, type ExemplarSource } from '../../../src/learning/selection/select-exemplars.ts'
import { memoryShelf, type MemoryShelf } from '../../support/memory-shelf.ts'
import { trajectory } from '../../support/trajectories.ts'

/** An episode of a database: how often its prompts showed which trajectory, and whether it succeeded. */
interface Episode {
  shown: number[]
  success: boolean
}

const CURATION = false
const IDS = [0, 1, 2, 3, 4, 5]
const taskOf = (id: number): string => `task ${id % 3}`

/** Six trajectories of three tasks, the same in every database, and what became of them there. */
async function fill(shelf: MemoryShelf, histories: readonly Episode[][]): Promise<string[]> {
  const names = histories.map((_, i) => `db/${i}`)
  for (const [i, episodes] of histories.entries()) {
    const memory = await shelf.open(names[i] ?? '')
    for (const id of IDS) await memory.add(trajectory({ id: String(id), goal: `goal ${id}`, taskId: taskOf(id) }))
    for (const [at, { shown, success }] of episodes.entries())
      await memory.record({
        trajectory: trajectory({ id: `episode ${at}`, success }),
        shown: shown.map((id) => ({ trajectoryId: String(id), phase: 'act', step: 0 })),
        store: false,
        curation: CURATION,
      })
    await memory.close()
  }
  return names
}

/** Q by its definition; `null` where no episode was shown it. */
function qualityOf(episodes: readonly Episode[], id: number): number | null {
  const shares = episodes.map(({ shown, success }) => ({
    f: shown.filter((one) => one === id).length / (shown.length || 1),
    o: success ? 1 : 0,
  }))
  const sum = shares.reduce((total, { f }) => total + f, 0)
  return sum === 0 ? null : shares.reduce((total, { f, o }) => total + o * f, 0) / sum
}

const worth = (quality: number | null): number => quality ?? 1e-12

const episodes = fc.array(fc.record({ shown: fc.array(fc.constantFrom(...IDS), { minLength: 1, maxLength: 4 }), success: fc.boolean() }), {
  maxLength: 5,
})

test('for each task the trajectory of the highest Q over all databases is chosen', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(episodes, { minLength: 1, maxLength: 3 }), async (histories) => {
      const shelf = memoryShelf()
      const names = await fill(shelf, histories)
      const { table, stored } = await selectExemplars({ names, databases: shelf, target: await shelf.open('target') })
      expect(table.map(({ task }) => task)).toEqual(['task 0', 'task 1', 'task 2'])
      expect(stored).toBe(3)
      for (const row of table) {
        const all = IDS.filter((id) => taskOf(id) === row.task).flatMap((id) => histories.map((history) => qualityOf(history, id)))
        const own = qualityOf(histories[names.indexOf(row.database)] ?? [], Number(row.trajectory))
        expect(worth(own)).toBeCloseTo(Math.max(...all.map(worth)), 9)
        expect(row.quality === null ? null : Math.round(row.quality * 1e9)).toBe(own === null ? null : Math.round(own * 1e9))
        expect([taskOf(Number(row.trajectory)), row.candidates]).toEqual([row.task, 2 * histories.length])
      }
      expect(await shelf.ids('target')).toEqual(table.map(({ trajectory: id }) => id).toSorted())
    }),
    { numRuns: 15 },
  )
})

const listing = (fields: Partial<TrajectoryListing> & { id: string; createdAt?: string }): TrajectoryListing => ({
  trajectory: trajectory({ id: fields.id, createdAt: fields.createdAt ?? '2026-01-01T00:00:00Z' }),
  status: 'active',
  retrievals: 0,
  successes: 0,
  utility: 1,
  quality: null,
  feedback: [],
  ...fields,
})

/** A database that lists what it is told, in pages of two. */
function listed(listings: readonly TrajectoryListing[]): ExemplarSource {
  return {
    async list({ status, cursor = '0' } = {}) {
      const from = Number(cursor)
      const matching = listings.filter((one) => status === undefined || one.status === status)
      return { items: matching.slice(from, from + 2), ...(matching.length > from + 2 && { next: String(from + 2) }) }
    },
    get: async (id) => listings.find(({ trajectory }) => trajectory.id === id) ?? null,
    close: async () => {},
  }
}

const chosenOf = async (...databases: TrajectoryListing[][]): Promise<ExemplarRow | undefined> => {
  const target = await memoryShelf().open('target')
  const names = databases.map((_, i) => String(i))
  const { table } = await selectExemplars({ names, databases: { open: (name) => listed(databases[Number(name)] ?? []) }, target })
  return table[0]
}

test.each<[string, TrajectoryListing[], string]>([
  ['the higher Q first', [listing({ id: 'a', quality: 0.5, retrievals: 9 }), listing({ id: 'b', quality: 0.6, retrievals: 1 })], 'b'],
  ['any Q above 0 before one that is not known', [listing({ id: 'a' }), listing({ id: 'b', quality: 0.01, retrievals: 1 })], 'b'],
  ['one that is not known before a Q of 0', [listing({ id: 'a', quality: 0, retrievals: 4 }), listing({ id: 'b' })], 'b'],
  [
    'of equal Q the one retrieved more often',
    [listing({ id: 'a', quality: 1, retrievals: 2 }), listing({ id: 'b', quality: 1, retrievals: 3 })],
    'b',
  ],
  [
    'then the newer, whatever its time zone',
    [listing({ id: 'a', createdAt: '2026-01-01T01:30:00+02:00' }), listing({ id: 'b', createdAt: '2026-01-01T00:00:00Z' })],
    'b',
  ],
  ['then the lower id', [listing({ id: 'b' }), listing({ id: 'a' })], 'a'],
])('the order is: %s', async (_title, listings, id) => {
  expect((await chosenOf(listings))?.trajectory).toBe(id)
  expect((await chosenOf(listings.toReversed()))?.trajectory).toBe(id)
})

test('among equal copies the database named first is named, and all pages of all databases count', async () => {
  const same = ['a', 'b', 'c'].map((id) => listing({ id, quality: 1, retrievals: 1 }))
  expect(await chosenOf(same, same)).toMatchObject({ trajectory: 'a', database: '0', candidates: 6 })
})

test('what cannot be retrieved is not chosen, and leaves its task without a row', async () => {
  const statuses = ['failed', 'pruned', 'retired', 'superseded', 'quarantined'] as const
  const rest = statuses.map((status) => listing({ id: status, status, quality: 1, retrievals: 9 }))
  expect(await chosenOf([...rest, listing({ id: 'b', quality: 0, retrievals: 1 })])).toMatchObject({ trajectory: 'b', candidates: 1 })
  expect(await chosenOf(rest)).toBeUndefined()
})

test('tasks are told apart by their id, or by the goal where there is none', async () => {
  const shelf = memoryShelf()
  const memory = await shelf.open('db')
  const add = (fields: Partial<Trajectory>): Promise<Trajectory> => memory.add(trajectory(fields))
  await add({ id: '1', goal: 'x', taskId: 'one' })
  await add({ id: '2', goal: 'y', taskId: 'one' })
  await add({ id: '3', goal: 'one' })
  await add({ id: '4', goal: 'one', createdAt: '2026-02-01T00:00:00Z' })
  const { table } = await selectExemplars({ names: ['db'], databases: shelf, target: await shelf.open('target') })
  expect(table.map(({ task, trajectory: id, candidates }) => [task, id, candidates])).toEqual([
    ['one', '1', 2],
    ['one', '4', 2],
  ])
})

test('what is chosen is stored as it is, provenance and all, and can be retrieved', async () => {
  const shelf = memoryShelf()
  const whole = trajectory({
    id: 'own',
    taskId: 'task',
    metadata: { note: 1 },
    provenance: { origin: 'https://elsewhere.example', model: 'm', rewardSource: 'verifier', pageText: true },
  })
  await (await shelf.open('db')).add(whole)
  const target = await shelf.open('target')
  await selectExemplars({ names: ['db'], databases: shelf, target })
  expect((await target.get('own'))?.trajectory).toEqual(whole)
  expect(await target.retrieve({ goal: whole.goal }, { k: 1 })).toHaveLength(1)
})

test('a call that was aborted keeps what it stored, and the next one stores the rest', async () => {
  const shelf = memoryShelf()
  const names = await fill(shelf, [[], []])
  const target = await shelf.open('target')
  const controller = new AbortController()
  const onEvent = ({ type }: { type: string }): void => {
    if (type === 'chosen') controller.abort()
  }
  const first = selectExemplars({ names, databases: shelf, target, signal: controller.signal, onEvent })
  await expect(first).rejects.toMatchObject({ code: 'aborted' })
  expect(await target.count()).toBe(1)

  const told: string[] = []
  const { table, stored } = await selectExemplars({
    names,
    databases: shelf,
    target,
    onEvent: (event) => told.push(event.type === 'chosen' ? `${event.done}/${event.total} ${event.stored ? 'new' : 'there'}` : event.type),
  })
  expect([table.length, stored, await target.count()]).toEqual([3, 2, 3])
  expect(told).toEqual(['read', 'read', '1/3 there', '2/3 new', '3/3 new'])
  expect((await selectExemplars({ names, databases: shelf, target })).stored).toBe(0)
})

test.each<[Record<string, unknown>, RegExp]>([
  [{ names: [] }, /names/],
  [{ target: {} }, /target must be an object with add, has/],
  [{ databases: {} }, /databases must be an object with open/],
])('wrong options are refused by name: %j', async (given, message) => {
  const options = { names: ['a'], databases: memoryShelf(), target: await memoryShelf().open('target'), ...given }
  await expect(selectExemplars(options)).rejects.toMatchObject({
    code: 'invalid-options',
    message: expect.stringMatching(message) as string,
  })
})
