import { expect, test } from 'vitest'
import { callOf, covered } from '../../bench/memory/parts.ts'
import { both, tablesOf, type Measured } from '../../bench/memory/report.ts'
import type { Answer } from '../../bench/memory/oracle.ts'

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1)

test('median and 95th percentile, however the values are ordered', () => {
  expect(both(upTo(100).reverse())).toBe('51.0 / 96.0')
  expect(both([3])).toBe('3.00 / 3.00')
})

test('time that several requests share is counted once', () => {
  expect(covered([])).toBe(0)
  expect(
    covered([
      [5, 7],
      [0, 2],
      [1, 3],
      [1, 2],
    ]),
  ).toBe(5)
})

test('what no request was under way in was computing', () => {
  const requests = [
    { table: 'observations', began: 2, ended: 5 },
    { table: 'observations', began: 3, ended: 6 },
    { table: 'trajectories', began: 5, ended: 8 },
    { table: 'meta', began: 0, ended: 2 },
  ]
  expect(callOf(requests, 1, 11)).toEqual({ total: 10, steps: 4, records: 3, other: 1, computing: 3 })
})

test('an aim is met or missed by the largest size', () => {
  const link = { fresh: [1], known: [0.5] }
  const line = (table: string | undefined, start: string): string => table?.split('\n').find((one) => one.startsWith(`| ${start}`)) ?? ''
  const good = tablesOf({ sizes: [measured(1_000, {}), measured(10_000, {})], link })['aims']
  expect(good).not.toContain('missed')
  const slow = tablesOf({ sizes: [measured(1_000, {}), measured(10_000, { hot: 6, add: 10 })], link })['aims']
  expect(line(slow, 'retrieve, hot')).toContain('6.00 ms | **missed**')
  expect(line(slow, 'add, median')).toContain('5.00 | **missed**')
  expect(line(slow, 'add, p95')).toContain('met')
})

test('every table has a cell for every head', () => {
  const tables = tablesOf({ sizes: [measured(100, {}), measured(1_000, {})], link: { fresh: [1], known: [0.5] } })
  for (const [name, text] of Object.entries(tables)) {
    const lines = text.split('\n').filter((line) => line.startsWith('|'))
    expect(new Set(lines.map((line) => line.split(' | ').length)).size, name).toBe(1)
    expect(text, name).not.toContain('NaN')
  }
})

function measured(size: number, { hot = 2, add = 2 }): Measured {
  const answers: Answer[][] = [[{ id: 'a', step: 0 }]]
  const part = { page: 2, total: 1, steps: 0.1, records: 0.1, other: 0.1, computing: 0.7 }
  const phase = { cold: [4], hot: [hot], parts: { cold: [part], hot: [part] }, answers }
  const phases = { plan: answers, reason: answers, act: answers }
  const searches = Object.fromEntries(['exact goal', 'hnsw goal', 'exact pair', 'hnsw pair', 'raw pair'].map((name) => [name, [1]]))
  return {
    size,
    fresh: [{ open: 100, search: 200, loaded: 300, ready: 400 }],
    fill: {
      adds: [add],
      imported: { count: 10, ms: 10 },
      bytes: { trajectories: 1, vectors: 2, index: 3 },
      usage: 9,
      fork: 5,
      index: 'hnsw: many',
    },
    retrieve: { phases: { plan: phase, reason: phase, act: phase }, reopened: [50] },
    ram: { before: 1e6, after: 50e6, wasm: 16e6 },
    peers: {
      searches: { ...searches, 'mememo pair': [6] },
      builds: { exact: 1, hnsw: 1, raw: 1, mememo: 1 },
      recalls: { hnsw: 1, raw: 1, mememo: 1 },
      scans: [40],
      embedding: 0.01,
      answers: { float32: phases, int16: phases, int8: phases },
    },
    training: { longestGap: 10, idleGap: 5, longTasks: [], episodes: 1, seconds: 1 },
  }
}
