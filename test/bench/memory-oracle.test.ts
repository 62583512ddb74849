import { expect, test } from 'vitest'
import { idOf, queryAt, trajectoryAt } from '../../bench/memory/corpus.ts'
import { createOracle, rounded, shareOfEqual, type Stored } from '../../bench/memory/oracle.ts'
import { createVectors, DIMENSIONS } from '../../bench/memory/vectors.ts'
import { openMemoryStore } from '../../src/memory/store/memory-store.ts'
import { createMemoryEngine } from '../../src/memory/memory-engine.ts'
import { dot } from '../../src/util/vectors.ts'

/** `0.6 0.8` is a vector as it is written. */
const vectorOf = (text: string): Float32Array => Float32Array.from(text.split(' ').map(Number))

const stored = (id: string, { goal = '1 0', plan = '1 0', steps = ['1 0'], day = 1 } = {}): Stored => ({
  id,
  goal,
  plan,
  steps: steps.map((observation) => ({ observation, reasoning: '0 1' })),
  createdAt: `2026-01-${String(day).padStart(2, '0')}T00:00:00.000Z`,
})

test('the oracle ranks by the goal, and by the mean of goal and plan where there is a plan', () => {
  const oracle = createOracle([stored('a', { goal: '1 0', plan: '0 1' }), stored('b', { goal: '0.8 0.6', plan: '0.8 0.6' })], { vectorOf })
  expect(oracle.answer({ goal: '1 0' }, 2).map(({ id }) => id)).toEqual(['a', 'b'])
  expect(oracle.answer({ goal: '1 0', plan: '1 0' }, 2).map(({ id }) => id)).toEqual(['b', 'a'])
})

test('the oracle adds the best step, names it, and takes the first of equal ones', () => {
  const oracle = createOracle([stored('a', { steps: ['0 1', '0.6 0.8'] }), stored('b', { steps: ['0 1', '1 0', '1 0'] })], { vectorOf })
  expect(oracle.answer({ goal: '1 0', plan: '1 0', observation: '1 0' }, 2)).toEqual([
    { id: 'b', step: 1 },
    { id: 'a', step: 1 },
  ])
  expect(oracle.answer({ goal: '1 0', plan: '1 0', reasoning: '0 1' }, 1)).toEqual([{ id: 'a', step: 0 }])
})

test('among scores that are equal in hundredths the oracle takes the newer, then the higher, then the smaller id', () => {
  const near = { goal: '0.999 0.0447' }
  const oracle = createOracle(
    [stored('a', { day: 1 }), stored('b', { ...near, day: 2 }), stored('d', { day: 1 }), stored('c', { ...near, day: 1 })],
    {
      vectorOf,
    },
  )
  expect(oracle.answer({ goal: '1 0' }, 4).map(({ id }) => id)).toEqual(['b', 'a', 'd', 'c'])
})

test('only the candidates of the trajectory score are reranked by their steps: six times k and ten', () => {
  const many = Array.from({ length: 16 }, (_, i) => stored(`t${i}`, { steps: ['0 1'] }))
  const far = stored('far', { goal: '0.98 0.199', plan: '0.98 0.199', steps: ['1 0'] })
  const query = { goal: '1 0', plan: '1 0', observation: '1 0' }
  expect(createOracle([...many, far], { vectorOf }).answer(query, 1)[0]?.id).not.toBe('far')
  expect(createOracle([...many.slice(1), far], { vectorOf }).answer(query, 1)[0]?.id).toBe('far')
})

test('equal is what has the same trajectory and step at the same rank', () => {
  const expected = [
    [
      { id: 'a', step: 1 },
      { id: 'b', step: 2 },
    ],
    [
      { id: 'c', step: null },
      { id: 'd', step: null },
    ],
  ]
  expect(shareOfEqual(expected, expected)).toBe(1)
  expect(shareOfEqual(expected, [[{ id: 'a', step: 0 }], expected[1] ?? []])).toBe(0.5)
  expect(shareOfEqual(expected, [expected[0] ?? [], [...(expected[1] ?? [])].reverse()])).toBe(0.5)
})

test('a vector kept as whole numbers is off by half a unit of its scale at most', () => {
  const vector = createVectors()('goal k1 t2 #3 some words')
  const largest = Math.max(...vector.map(Math.abs))
  for (const steps of [127, 32_767]) {
    const errors = rounded(vector, steps).map((value, i) => Math.abs(value - (vector[i] ?? NaN)))
    expect(Math.max(...errors)).toBeLessThanOrEqual((largest / steps) * 0.5001 + 1e-7)
  }
})

test('vectors are units, the same for the same text, nearest within a topic, then within a kind', () => {
  const [vector, again] = [createVectors(), createVectors()]
  const texts = ['goal k1 t2 #a', 'goal k1 t2 #b', 'goal k1 t3 #c', 'goal k2 t2 #d']
  const [a, b, c, d] = texts.map(vector) as [Float32Array, Float32Array, Float32Array, Float32Array]
  expect(a).toHaveLength(DIMENSIONS)
  expect(dot(a, a)).toBeCloseTo(1, 5)
  expect(again('goal k1 t2 #a')).toEqual(a)
  expect(dot(a, b)).toBeGreaterThan(0.5)
  expect(dot(a, b)).toBeGreaterThan(dot(a, c) + 0.1)
  expect(dot(a, c)).toBeGreaterThan(dot(a, d) + 0.1)
})

test('the engine, with an exact index, answers as the oracle does', async () => {
  const vector = createVectors()
  const embedder = { id: 'bench/test', dimensions: DIMENSIONS, embed: async (texts: readonly string[]) => texts.map(vector) }
  const engine = await createMemoryEngine({ store: openMemoryStore(), embedder, index: 'exact' })
  const trajectories = Array.from({ length: 60 }, (_, i) => trajectoryAt(i))
  for (const trajectory of trajectories) await engine.add(trajectory)
  const oracle = createOracle(trajectories, { vectorOf: vector })
  for (const phase of ['plan', 'reason', 'act'] as const)
    for (let i = 0; i < 10; i++) {
      const query = queryAt(phase, i)
      const given = await engine.retrieve(query, { k: 3, window: Infinity })
      expect(given.map(({ trajectoryId, stepIndex }) => ({ id: trajectoryId, step: stepIndex }))).toEqual(oracle.answer(query, 3))
    }
  await engine.close()
})

test('ids sort as their numbers do, and each trajectory is newer than the one before', () => {
  expect([9, 10, 9_999, 10_000].map(idOf).toSorted()).toEqual([9, 10, 9_999, 10_000].map(idOf))
  expect(trajectoryAt(11).createdAt > trajectoryAt(10).createdAt).toBe(true)
  expect(trajectoryAt(7)).toEqual(trajectoryAt(7))
})
