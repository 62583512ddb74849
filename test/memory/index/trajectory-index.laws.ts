/** What candidates must be, computed over plain arrays; and random histories of additions and removals to compare an index by. */
import fc from 'fast-check'
import { expect } from 'vitest'
import type { TrajectoryIndex } from '../../../src/memory/index/trajectory-index.ts'
import type { KeysRow } from '../../../src/memory/store/trajectory-store.ts'
import { dotPacked, packVectors } from '../../../src/util/packed-vectors.ts'
import { randomUnitVector, seededRandom } from '../../support/random.ts'

export const DIMENSIONS = 12

export interface Rows {
  row(number: number): KeysRow
  query(seed: number): Float32Array
}

/** Rows of which about every third shares its goal, every other its plan, every fifth its task, and most their source with others. */
export function rowsOf(seed: number, dimensions: number = DIMENSIONS): Rows {
  const vector = (name: number): Float32Array => randomUnitVector(seededRandom(seed * 1_000_003 + name), dimensions)
  const start = Date.parse('2026-01-01T00:00:00Z')
  return {
    query: (one) => vector(-1 - one),
    row(number) {
      const random = seededRandom(seed + 7 * number)
      const [goal, plan] = [random() < 0.3 ? number % 5 : number, random() < 0.5 ? 10_000 + (number % 7) : 20_000 + number]
      const createdAt = new Date(start + Math.floor(random() * 20) * 1_000).toISOString()
      const row: KeysRow = { id: `t${number}`, active: true, goalKey: `g${goal}`, planKey: `p${plan}`, createdAt }
      row.vectors = packVectors([vector(goal), vector(plan)])
      if (random() < 0.6) row.taskId = `task ${number % 5}`
      if (number % 4 > 0) row.source = `source ${number % 16 === 1 ? 1 : 0}`
      return row
    },
  }
}

interface Wanted {
  goal: Float32Array
  plan: Float32Array | undefined
  n: number
  excludeTask: string | undefined
  spread: boolean
}

/** Ids and similarities, best first. */
export function bruteForce(
  rows: Iterable<KeysRow>,
  { goal, plan, n, excludeTask, spread }: Wanted,
): { id: string; source: string | undefined; similarity: number }[] {
  const inOrder = Array.from(rows)
    .filter(({ taskId }) => excludeTask === undefined || taskId !== excludeTask)
    .map(({ id, createdAt, source, vectors }) => {
      if (!vectors) throw new Error('a row of these tests has vectors')
      const parts = [dotPacked(goal, vectors, 0), ...(plan ? [dotPacked(plan, vectors, 1)] : [])]
      return { id, createdAt, source, similarity: parts.reduce((sum, part) => sum + part, 0) / parts.length }
    })
    .sort((a, b) => b.similarity - a.similarity || b.createdAt.localeCompare(a.createdAt) || (a.id < b.id ? -1 : 1))
  const nearest = inOrder.slice(0, n)
  const most = nearest.find((one) => nearest.filter(({ source }) => source === one.source).length > Math.ceil(n / 2))?.source
  if (!spread || most === undefined) return nearest
  const others = inOrder.filter(({ source }) => source !== most).slice(0, Math.floor(n / 2))
  return inOrder.filter((one) => nearest.includes(one) || others.includes(one))
}

/** Where sums are rounded otherwise, equals may change places: similarities are compared, and that the same are found. */
export function expectSame(index: TrajectoryIndex, rows: ReadonlyMap<string, KeysRow>, wanted: Wanted): void {
  const truth = bruteForce(rows.values(), wanted)
  const found = index.candidates(wanted, wanted)
  expect(found).toHaveLength(truth.length)
  found.forEach(({ member, similarity }, i) => {
    const row = rows.get(member.id)
    expect(row && Date.parse(row.createdAt)).toBe(member.createdAt)
    expect([row?.taskId, row?.source]).toEqual([member.taskId, member.source])
    expect(similarity).toBeCloseTo((truth[i] as { similarity: number }).similarity, 6)
  })
  expect(new Set(found.map(({ member }) => member.id)).size).toBe(found.length)
}

export interface History {
  seed: number
  /** Rows added at first, by their numbers from 0. */
  start: number
  changes: { remove: boolean; which: number }[]
  queries: { n: number; plan: boolean; exclude: boolean; spread: boolean }[]
}

export const histories: fc.Arbitrary<History> = fc.record({
  seed: fc.nat(1_000),
  start: fc.nat(200),
  changes: fc.array(fc.record({ remove: fc.boolean(), which: fc.nat(299) }), { maxLength: 100 }),
  queries: fc.array(fc.record({ n: fc.nat(40), plan: fc.boolean(), exclude: fc.boolean(), spread: fc.boolean() }), {
    minLength: 1,
    maxLength: 6,
  }),
})

/** Plays the changes on index and map; one that is there is replaced, as the memory does it. */
export function play(index: TrajectoryIndex, rows: Map<string, KeysRow>, { history, source }: { history: History; source: Rows }): void {
  const add = (number: number): void => {
    const row = source.row(number)
    index.remove(row.id)
    index.add(row)
    rows.set(row.id, row)
  }
  for (let number = 0; number < history.start; number++) add(number)
  for (const { remove, which } of history.changes) {
    if (!remove) add(which)
    else {
      index.remove(`t${which}`)
      rows.delete(`t${which}`)
    }
  }
}

export function expectAll(
  index: TrajectoryIndex,
  rows: ReadonlyMap<string, KeysRow>,
  { history, source }: { history: History; source: Rows },
): void {
  expect(index.size).toBe(rows.size)
  expect(index.ids().toSorted()).toEqual(Array.from(rows.keys()).toSorted())
  history.queries.forEach(({ n, plan, exclude, spread }, i) => {
    const excludeTask = exclude ? `task ${i % 5}` : undefined
    expectSame(index, rows, { goal: source.query(i), plan: plan ? source.query(100 + i) : undefined, n, excludeTask, spread })
  })
}
