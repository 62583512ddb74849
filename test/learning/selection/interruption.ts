/** A selection whose every dealing with the outside can be cut off, before or after it had its effect. */
import type { MemoryEngine } from '../../../src/memory/memory-engine.ts'
import { selectDatabase, type DatabaseSelection } from '../../../src/learning/selection/select-database.ts'
import { memoryState, type SelectionState } from '../../../src/learning/selection/state-stores.ts'
import type { SelectionEvent } from '../../../src/learning/selection/selection-events.ts'
import type { TaskContext } from '../../../src/learning/selection/train-member.ts'
import { contentHash } from '../../../src/util/hash.ts'
import { memoryShelf, type MemoryShelf } from '../../support/memory-shelf.ts'
import { trajectory } from '../../support/trajectories.ts'

export const GOALS = ['a', 'b', 'c', 'd']
export const SIZE = 3

/** What outlives an interruption. */
export interface Disk {
  shelf: MemoryShelf
  state: SelectionState
}

export const newDisk = (): Disk => ({ shelf: memoryShelf(), state: memoryState() })

/** Where a selection is cut off, counted in calls; and how: it dies before or after the effect, or its signal fires before. */
export interface Cut {
  at: number
  how: 'before' | 'after' | 'abort'
}

export interface Attempt {
  result?: DatabaseSelection
  error?: unknown
  /** Calls to the outside. */
  calls: number
  /** `member:index` of every task that was run. */
  runs: string[]
  events: SelectionEvent[]
}

/** What does not change from one attempt to the next. */
export interface Setup {
  seed?: string
  concurrency?: number
}

/** Selects on a disk, cut off or not. Whether a task succeeds depends on the member and on all that its memory holds of other tasks. */
export async function attempt(disk: Disk, setup: Setup = {}, cut?: Cut): Promise<Attempt> {
  const controller = new AbortController()
  const told: Attempt = { calls: 0, runs: [], events: [] }
  let dead = false
  const through = async <T>(work: () => Promise<T>): Promise<T> => {
    if (dead) throw new Error('dead')
    const here = ++told.calls === cut?.at
    if (here && cut?.how === 'abort') controller.abort()
    if (here && cut?.how === 'before') dead = true
    if (dead) throw new Error('cut')
    const result = await work()
    if (here && cut?.how === 'after') dead = true
    if (dead) throw new Error('cut')
    return result
  }
  const wrapped = (memory: MemoryEngine): MemoryEngine => ({
    ...memory,
    fork: (name, options) => through(() => memory.fork(name, options)),
    count: (options) => through(() => memory.count(options)),
    close: () => through(() => memory.close()),
  })
  const run = (memory: MemoryEngine, goal: string, { member, index }: TaskContext): Promise<{ success: boolean }> =>
    through(async () => {
      told.runs.push(`${member}:${index}`)
      return runTask(memory, { goal, member, index })
    })
  const seed = setup.seed === undefined ? undefined : wrapped(await disk.shelf.open(setup.seed))
  try {
    told.result = await selectDatabase({
      name: 'test',
      goals: GOALS,
      size: SIZE,
      firstSegment: 1,
      concurrency: setup.concurrency ?? 1,
      ...(seed && { seed }),
      databases: {
        open: (name) => through(async () => wrapped(await disk.shelf.open(name))),
        delete: (name) => through(() => disk.shelf.delete(name)),
      },
      state: { load: () => through(() => disk.state.load()), save: (value) => through(() => disk.state.save(value)) },
      run,
      signal: controller.signal,
      onEvent: (event) => told.events.push(event),
    })
  } catch (error) {
    told.error = error
  }
  return told
}

async function runTask(memory: MemoryEngine, task: { goal: string; member: number; index: number }): Promise<{ success: boolean }> {
  const { items } = await memory.list({ limit: 1000 })
  const others = items.map(({ trajectory: { id } }) => id).filter((id) => id !== idOf(task))
  const success = Number.parseInt(contentHash(JSON.stringify([task.member, task.index, others.toSorted()])).slice(-3), 36) % 2 === 0
  await memory.add(trajectory({ id: idOf(task), goal: task.goal, success }))
  return { success }
}

function idOf({ member, index }: { member: number; index: number }): string {
  return `${member}:${index}`
}
