import { expect, test } from 'vitest'
import { createExactIndex } from '../../../src/memory/index/exact-index.ts'
import { createKeyIndex, type KeyIndex } from '../../../src/memory/index/key-index.ts'
import type { VectorIndex } from '../../../src/memory/index/vector-index.ts'

const east = Float32Array.of(1, 0)
const north = Float32Array.of(0, 1)
const ids = (index: KeyIndex, options: Parameters<KeyIndex['candidates']>[1]): string[] =>
  index.candidates([east], options).map(({ member }) => member.id)

test('texts whose vectors are equal tie, however many they are, and the newest come first', () => {
  const index = createKeyIndex(createExactIndex(2))
  for (let i = 0; i < 60; i++) index.add({ id: `${i}`, createdAt: (i * 23) % 60 }, { texts: [`text ${i}`], vectors: [east] })
  const newest = Array.from({ length: 60 }, (_, i) => i).toSorted((a, b) => ((b * 23) % 60) - ((a * 23) % 60))
  expect(ids(index, { n: 3 })).toEqual(newest.slice(0, 3).map(String))
})

test('candidates that an approximate index misses are found all the same', () => {
  const exact = createExactIndex(2)
  const forgetful: VectorIndex = { ...exact, size: 0, search: (query, n) => exact.search(query, n).slice(0, 3) }
  const index = createKeyIndex(forgetful)
  for (let i = 0; i < 40; i++) index.add({ id: `${i}`, createdAt: i }, { texts: [`text ${i}`], vectors: [i % 2 ? east : north] })
  expect(ids(index, { n: 20 })).toHaveLength(20)
  expect(ids(index, { n: 20 }).every((id) => Number(id) % 2 === 1)).toBe(true)
})

test('texts that contain the separator of keys are told apart', () => {
  const index = createKeyIndex(createExactIndex(4))
  const add = (id: string, texts: string[], vectors: Float32Array[]): void => index.add({ id, createdAt: 0 }, { texts, vectors })
  add('a', ['x1:', ''], [east, north])
  add('b', ['x', '1:'], [north, east])
  expect(index.candidates([east, north], { n: 2 }).map(({ similarity }) => similarity)).toEqual([1, 0])
})

test('a point lives as long as one of its trajectories', () => {
  const exact = createExactIndex(2)
  const index = createKeyIndex(exact)
  const key = { texts: ['same'], vectors: [east] }
  index.add({ id: '__proto__', createdAt: 1, taskId: 't' }, key)
  index.add({ id: 'b', createdAt: 2, taskId: 't' }, key)
  expect([exact.size, index.size]).toEqual([1, 2])
  index.remove('b')
  index.remove('b')
  index.remove('constructor')
  expect(ids(index, { n: 5 })).toEqual(['__proto__'])
  expect(ids(index, { n: 5, excludeTask: 't' })).toEqual([])
  index.remove('__proto__')
  expect([exact.size, index.size]).toEqual([0, 0])
})
