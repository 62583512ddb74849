import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { IndexMode } from '../../../src/memory/index/adaptive-index.ts'
import { loadHnswLibrary } from '../../../src/memory/index/hnsw-library.ts'
import { createTrajectoryIndex, type TrajectoryIndex } from '../../../src/memory/index/trajectory-index.ts'
import type { KeysRow } from '../../../src/memory/store/trajectory-store.ts'
import { seededRandom } from '../../support/random.ts'
import { DIMENSIONS, expectAll, histories, play, rowsOf, type History, type Rows } from './trajectory-index.laws.ts'

const create = ({ mode = 'hnsw', dimensions = DIMENSIONS }: { mode?: IndexMode; dimensions?: number } = {}): TrajectoryIndex =>
  createTrajectoryIndex({ dimensions, mode, loadLibrary: loadHnswLibrary })
type Snapshot = Record<string, Uint8Array<ArrayBuffer>>
const copyOf = (parts: Snapshot): Snapshot => structuredClone(parts)
const QUERIES: History['queries'] = [
  { n: 28, plan: true, exclude: true, spread: true },
  { n: 28, plan: false, exclude: true, spread: false },
  { n: 10, plan: true, exclude: false, spread: true },
  { n: 400, plan: false, exclude: false, spread: true },
]

interface Made {
  index: TrajectoryIndex
  rows: Map<string, KeysRow>
  source: Rows
}

/** With graphs that hold all but the last additions. */
async function fill(count: number, { seed = 1, later = 0 } = {}): Promise<Made> {
  const [index, rows, source] = [create(), new Map<string, KeysRow>(), rowsOf(seed)]
  const history: History = { seed, start: count, changes: [], queries: [] }
  play(index, rows, { history, source })
  await index.settled()
  play(index, rows, { history: { ...history, start: 0, changes: added(count, count + later) }, source })
  return { index, rows, source }
}

function added(from: number, to: number): History['changes'] {
  return Array.from({ length: to - from }, (_, i) => ({ remove: false, which: from + i }))
}

test('after any history of up to 300 trajectories the candidates are those of brute force, before and after graphs took over', async () => {
  await fc.assert(
    fc.asyncProperty(histories, histories, async (history, later) => {
      const [index, rows, source] = [create(), new Map<string, KeysRow>(), rowsOf(history.seed)]
      play(index, rows, { history, source })
      expectAll(index, rows, { history, source })
      await index.settled()
      if (rows.size > 0) expect(index.state().kind).toBe('hnsw')
      expectAll(index, rows, { history, source })
      play(index, rows, { history: { ...later, start: 0 }, source })
      expectAll(index, rows, { history, source })
      await index.settled()
      expectAll(index, rows, { history, source })
      index.dispose()
    }),
    { numRuns: 12 },
  )
})

test('cleared it is exact again, says so, and builds graphs anew when it has been released', async () => {
  const kinds: string[] = []
  const source = rowsOf(6)
  const index = createTrajectoryIndex({
    dimensions: DIMENSIONS,
    mode: 'auto',
    threshold: 40,
    loadLibrary: loadHnswLibrary,
    onChange: ({ kind }) => kinds.push(kind),
  })
  const addAll = (): void => {
    for (let number = 0; number < 80; number++) index.add(source.row(number))
  }
  addAll()
  await index.settled()
  index.hold()
  index.clear()
  addAll()
  await index.settled()
  expect([kinds, index.state().kind, index.snapshot()]).toEqual([['hnsw', 'exact'], 'exact', undefined])
  index.release()
  await index.settled()
  expect(kinds).toEqual(['hnsw', 'exact', 'hnsw'])
})

describe('a snapshot', () => {
  test('brings everything back, with graphs, and what is done then is as if it had been there all the time', async () => {
    const { index, rows, source } = await fill(300, { later: 20 })
    for (let number = 0; number < 120; number++) {
      index.remove(`t${number}`)
      rows.delete(`t${number}`)
    }
    const parts = index.snapshot() as Snapshot
    const again = create()
    expect(await again.restore(copyOf(parts))).toBe(true)
    expect(again.state().kind).toBe('exact')
    const check = { history: { seed: 1, start: 0, changes: [], queries: QUERIES }, source }
    expectAll(again, rows, check)
    const changes = [...added(320, 420), ...added(150, 200), ...Array.from({ length: 100 }, (_, i) => ({ remove: true, which: 200 + i }))]
    play(again, rows, { history: { ...check.history, changes }, source })
    expectAll(again, rows, check)
    await again.settled()
    expect(again.state()).toEqual({ kind: 'hnsw', reason: 'asked for' })
    expectAll(again, rows, check)
    const third = create()
    expect(await third.restore(again.snapshot() as Snapshot)).toBe(true)
    await third.settled()
    play(third, rows, { history: { ...check.history, changes: added(0, 60) }, source })
    await third.settled()
    expectAll(third, rows, check)
  })

  test('of thousands comes back, searched by the graphs that were saved', async () => {
    const { index, rows, source } = await fill(2_500)
    const again = create()
    again.hold()
    expect(await again.restore(index.snapshot() as Snapshot)).toBe(true)
    await again.settled()
    expect(again.state().kind).toBe('hnsw')
    const wanted = { goal: source.query(1), plan: source.query(2) }
    expect(again.candidates(wanted, { n: 28 })).toEqual(index.candidates(wanted, { n: 28 }))
    expect(again.size).toBe(rows.size)
  })

  test('of an index from which all were removed leaves it empty, and new ones come in', async () => {
    const { index, rows, source } = await fill(30)
    for (const id of rows.keys()) index.remove(id)
    const again = create()
    expect(await again.restore(index.snapshot() as Snapshot)).toBe(true)
    expect(again.size).toBe(0)
    again.add(source.row(5))
    await again.settled()
    expect(again.candidates({ goal: source.query(1) }, { n: 3 }).map(({ member }) => member.id)).toEqual(['t5'])
  })

  test('is not made before there is a graph', async () => {
    const [index, source] = [create(), rowsOf(4)]
    expect(index.snapshot()).toBeUndefined()
    index.add(source.row(0))
    expect(index.snapshot()).toBeUndefined()
    await index.settled()
    expect(index.snapshot()).toBeDefined()
  })

  test('of other dimensions, or into an index that is not empty, is refused', async () => {
    const { index } = await fill(20)
    const parts = index.snapshot() as Snapshot
    const other = create({ dimensions: 8 })
    expect([await other.restore(parts), other.size]).toEqual([false, 0])
    expect([await index.restore(parts), index.size]).toEqual([false, 20])
  })

  test('is taken in by an index that wants no graph, without one', async () => {
    const { index, rows, source } = await fill(50)
    const exact = create({ mode: 'exact' })
    expect(await exact.restore(index.snapshot() as Snapshot)).toBe(true)
    await exact.settled()
    expect(exact.state()).toEqual({ kind: 'exact', reason: 'asked for' })
    expectAll(exact, rows, { history: { seed: 1, start: 0, changes: [], queries: QUERIES }, source })
  })

  test('whose bytes are damaged is refused, or does no harm', async () => {
    const { index, source } = await fill(200)
    for (let i = 0; i < 40; i++) index.remove(`t${i}`)
    const parts = index.snapshot() as Snapshot
    const random = seededRandom(8)
    let refused = 0
    for (let round = 0; round < 150; round++) {
      const damaged = copyOf(parts)
      const name = Object.keys(parts)[round % 5] as string
      const bytes = damaged[name] as Uint8Array<ArrayBuffer>
      if (round % 4 === 0) damaged[name] = bytes.slice(0, Math.floor(random() * bytes.length))
      else
        for (let i = 0; i < 4; i++)
          bytes[Math.floor(random() * Math.min(bytes.length, round % 2 ? bytes.length : 600))] = Math.floor(random() * 256)
      const again = create()
      const taken = await again.restore(damaged)
      if (!taken) {
        refused++
        expect(again.size).toBe(0)
      }
      await again.settled()
      if (taken && again.size > 0) expect(again.state()).toEqual({ kind: 'hnsw', reason: 'asked for' })
      again.candidates({ goal: source.query(1), plan: source.query(2) }, { n: 28 })
      again.add(source.row(500 + round))
      expect(again.candidates({ goal: source.query(1) }, { n: 400 }).map(({ member }) => member.id)).toContain(`t${500 + round}`)
      again.dispose()
    }
    expect(refused).toBeGreaterThan(40)
    const absent = create()
    expect(await absent.restore({})).toBe(false)
    expect(await absent.restore(parts)).toBe(true)
  })
})
