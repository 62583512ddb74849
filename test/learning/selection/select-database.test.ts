import { describe, expect, test } from 'vitest'
import type { MemoryEngine } from '../../../src/memory/memory-engine.ts'
import { selectDatabase } from '../../../src/learning/selection/select-database.ts'
import type { SelectDatabaseOptions } from '../../../src/learning/selection/selection-options.ts'
import { memoryState, type SelectionState } from '../../../src/learning/selection/state-stores.ts'
import { memoryShelf } from '../../support/memory-shelf.ts'
import { trajectory } from '../../support/trajectories.ts'
import { attempt, GOALS, newDisk, SIZE, type Disk, type Setup } from './interruption.ts'

type Options = SelectDatabaseOptions<MemoryEngine>

const contents = async ({ shelf }: Disk): Promise<[string, string[]][]> =>
  Promise.all((await shelf.names()).map(async (name): Promise<[string, string[]]> => [name, await shelf.ids(name)]))

/** `member:index` of the tasks that the kept progress says are done. */
async function booked(state: SelectionState): Promise<string[]> {
  const kept = (await state.load()) as { segments: { outcomes: string }[][] } | undefined
  return Array.from({ length: SIZE }, (_, member) => member).flatMap((member) => {
    const done = (kept?.segments ?? []).map((stints) => stints[member]?.outcomes ?? '').join('').length
    return Array.from({ length: done }, (_, index) => `${member}:${index}`)
  })
}

describe('a selection that nothing interrupts', () => {
  test('runs every goal once with every database, and keeps no other databases than it names', async () => {
    const disk = newDisk()
    const { result, runs, events } = await attempt(disk)
    expect(runs.toSorted()).toEqual(Array.from({ length: SIZE }, (_, m) => GOALS.map((_goal, i) => `${m}:${i}`)).flat())
    expect(result?.table.map(({ segment, tasks }) => [segment, tasks])).toEqual(
      [1, 2, 1].flatMap((tasks, s) => [0, 1, 2].map(() => [s, tasks])),
    )
    expect(await disk.shelf.names()).toEqual(result?.databases.toSorted())
    expect(result?.databases).toContain(result?.best)
    expect(events.filter(({ type }) => type === 'replaced').length).toBe(result?.table.filter(({ replacedBy }) => replacedBy).length)
  })

  test('lets the worst give way to a copy of the best, which then goes on by itself', async () => {
    const shelf = memoryShelf()
    // The second member always succeeds and the third never; copies are members like others.
    const run: NonNullable<Options['run']> = async (memory, goal, { member, index }) => {
      const success = member === 1 || (member === 0 && index % 2 === 0)
      await memory.add(trajectory({ id: `${member}:${index}`, goal, success }))
      return { success }
    }
    const { best, databases, table } = await selectDatabase({
      name: 'pets',
      size: 3,
      firstSegment: 2,
      goals: ['a', 'b', 'c', 'd', 'e', 'f', 'g'],
      databases: shelf,
      state: memoryState(),
      run,
    })
    expect(best).toBe('pets/1')
    expect(databases).toEqual(['pets/0', 'pets/1', 'pets/2.2'])
    expect(
      table.filter(({ replacedBy }) => replacedBy).map(({ segment, database, replacedBy }) => [segment, database, replacedBy]),
    ).toEqual([
      [0, 'pets/2', 'pets/1'],
      [1, 'pets/2.1', 'pets/1'],
    ])
    expect(await shelf.ids('pets/2.2')).toEqual([...[0, 1, 2, 3, 4, 5].map((i) => `1:${i}`), '2:6'])
  })

  test('has the same table however many databases train at a time, and trains no more than were asked for', async () => {
    const one = await attempt(newDisk(), { concurrency: 1 })
    for (const concurrency of [2, 64]) expect((await attempt(newDisk(), { concurrency })).result).toEqual(one.result)

    let [now, most] = [0, 0]
    const run: NonNullable<Options['run']> = async () => {
      most = Math.max(most, ++now)
      await new Promise((resolve) => setTimeout(resolve))
      now--
      return { success: true }
    }
    await selectDatabase({ name: 'n', goals: GOALS, databases: memoryShelf(), state: memoryState(), concurrency: 2, run })
    expect(most).toBe(2)
  })

  test('begins every database as a copy of the seed, and leaves the seed as it was', async () => {
    const disk = newDisk()
    const seed = await disk.shelf.open('seed')
    await seed.add(trajectory({ id: 'known' }))
    const { result } = await attempt(disk, { seed: 'seed' })
    expect(await disk.shelf.ids('seed')).toEqual(['known'])
    for (const name of result?.databases ?? []) expect(await disk.shelf.ids(name)).toContain('known')
  })

  test('a listener that throws harms nothing', async () => {
    const seen: string[] = []
    const reported: unknown[] = []
    const report = (error: unknown): unknown => reported.push(error)
    process.on('uncaughtException', report)
    await selectDatabase({
      name: 'n',
      goals: ['a'],
      size: 1,
      databases: memoryShelf(),
      state: memoryState(),
      run: async () => ({ success: true }),
      onEvent: ({ type }) => {
        seen.push(type)
        throw new Error('listener')
      },
    })
    await new Promise((resolve) => setTimeout(resolve))
    process.off('uncaughtException', report)
    expect(seen).toEqual(['segment-start', 'task', 'segment-end'])
    expect(reported).toHaveLength(3)
  })
})

/** Every point where it can be cut off; for the variants of the same thing every third. */
describe.each<Setup & { title: string; stride: number }>([
  { title: 'one database at a time', stride: 1 },
  { title: 'three at a time', concurrency: 3, stride: 3 },
  { title: 'from a seed', seed: 'seed', concurrency: 2, stride: 3 },
])('a selection that is cut off anywhere ($title)', ({ title: _title, stride, ...setup }) => {
  const disk = async (): Promise<Disk> => {
    const fresh = newDisk()
    if (setup.seed !== undefined) await (await fresh.shelf.open(setup.seed)).add(trajectory({ id: 'known' }))
    return fresh
  }

  test.each(['before', 'after', 'abort'] as const)('goes on to the same result (%s)', async (how) => {
    const whole = await disk()
    const { result, calls } = await attempt(whole, setup)
    expect(result?.table.some(({ replacedBy }) => replacedBy)).toBe(true)
    const expected = await contents(whole)
    let aborted = 0
    for (let at = 1; at <= calls; at += stride) {
      const torn = await disk()
      const first = await attempt(torn, setup, { at, how })
      const done = await booked(torn.state)
      if (how !== 'abort') expect(first.error).toBeInstanceOf(Error)
      else if (first.error === undefined) expect(first.result).toEqual(result)
      else expect(first.error).toMatchObject({ code: 'aborted' })
      aborted += first.error === undefined ? 0 : 1
      const second = await attempt(torn, setup)
      expect(second.error).toBeUndefined()
      expect(second.result).toEqual(result)
      expect(second.runs.filter((task) => done.includes(task))).toEqual([])
      expect([...new Set([...first.runs, ...second.runs])]).toHaveLength(SIZE * GOALS.length)
      expect(await contents(torn)).toEqual(expected)
    }
    expect(aborted).toBeGreaterThan(calls / stride / 2)
  })

  test('goes on after being cut off again and again', async () => {
    const whole = await attempt(await disk(), setup)
    const torn = await disk()
    let attempts = 0
    for (let at = 1; ; at++) {
      const { result } = await attempt(torn, setup, { at: 12 + (at % 7), how: at % 2 ? 'before' : 'after' })
      attempts++
      if (result) {
        expect(result).toEqual(whole.result)
        break
      }
      expect(attempts).toBeLessThan(200)
    }
    expect(attempts).toBeGreaterThan(3)
  })
})
