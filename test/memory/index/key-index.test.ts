import { expect, test } from 'vitest'
import { createAdaptiveIndex, type AdaptiveIndex } from '../../../src/memory/index/adaptive-index.ts'
import { createKeyIndex, type KeyIndex, type Member } from '../../../src/memory/index/key-index.ts'
import { createVectorColumn } from '../../../src/memory/index/vector-column.ts'
import { packVectors } from '../../../src/util/packed-vectors.ts'

const east = Float32Array.of(1, 0)
const north = Float32Array.of(0, 1)
const ids = (keys: KeyIndex, options: Parameters<KeyIndex['candidates']>[1]): string[] =>
  keys.candidates([east], options).map(({ member }) => member.id)

/** The higher the number, the farther from the east. */
const slanting = (number: number): Float32Array => Float32Array.of(Math.cos(number / 100 + 0.1), Math.sin(number / 100 + 0.1))
/** Finds no more than three. */
const few = (index: AdaptiveIndex): AdaptiveIndex => ({ ...index, search: (...given) => index.search(...given).slice(0, 3) })

interface Made {
  index: AdaptiveIndex
  keys: KeyIndex
  /** Returns what removes it again. */
  add(member: Member, name: string, vector: Float32Array): () => void
}

function create(change: (index: AdaptiveIndex) => AdaptiveIndex = (index) => index): Made {
  const columns = [createVectorColumn(2)]
  const index = createAdaptiveIndex({ columns, mode: 'exact', loadLibrary: () => Promise.reject(new Error('not asked for')) })
  const keys = createKeyIndex(change(index), columns)
  return {
    index,
    keys,
    add(member, name, vector) {
      const slots = columns.map((column) => column.acquire(name, packVectors([vector]), 0))
      keys.add(member, slots)
      return () => keys.remove(member, slots)
    },
  }
}

test('texts whose vectors are equal tie, however many they are, and the newest come first', () => {
  const made = create()
  for (let i = 0; i < 60; i++) made.add({ id: `${i}`, createdAt: (i * 23) % 60 }, `text ${i}`, east)
  const newest = Array.from({ length: 60 }, (_, i) => i).toSorted((a, b) => ((b * 23) % 60) - ((a * 23) % 60))
  expect(ids(made.keys, { n: 3 })).toEqual(newest.slice(0, 3).map(String))
})

test('candidates that an approximate index misses are found all the same', () => {
  const made = create(few)
  for (let i = 0; i < 40; i++) made.add({ id: `${i}`, createdAt: i }, `text ${i}`, i % 2 ? east : north)
  expect(ids(made.keys, { n: 20 })).toHaveLength(20)
  expect(ids(made.keys, { n: 20 }).every((id) => Number(id) % 2 === 1)).toBe(true)
})

test('a task with more trajectories than are fetched at first hides none of the others', () => {
  const made = create()
  for (let i = 0; i < 200; i++) made.add({ id: `own ${i}`, createdAt: i, taskId: 'own' }, `text ${i % 50}`, east)
  for (let i = 0; i < 30; i++) made.add({ id: `other ${i}`, createdAt: i, taskId: 'other' }, `other text ${i}`, north)
  const found = ids(made.keys, { n: 30, excludeTask: 'own' })
  expect(found).toHaveLength(30)
  expect(found.every((id) => id.startsWith('other'))).toBe(true)
  expect(ids(made.keys, { n: 30 }).every((id) => id.startsWith('own'))).toBe(true)
})

test('behind a crowd of one source the best of the others come too, half as many, also where an approximate index misses them', () => {
  for (const change of [(index: AdaptiveIndex) => index, few]) {
    const made = create(change)
    for (let i = 0; i < 90; i++) made.add({ id: `page ${i}`, createdAt: i, source: 'page' }, `text ${i}`, east)
    for (const [i, name] of ['b', 'a', 'c', 'd'].entries()) made.add({ id: name, createdAt: i, taskId: name }, name, slanting(i))
    made.add({ id: 'shared', createdAt: 0 }, 'text 3', east)
    const page = Array.from({ length: 6 }, (_, i) => `page ${89 - i}`)
    expect(ids(made.keys, { n: 6 })).toEqual(page)
    expect(ids(made.keys, { n: 6, spread: true })).toEqual([...page, 'shared', 'b', 'a'])
    expect(ids(made.keys, { n: 7, spread: true, excludeTask: 'b' })).toEqual([...page, 'page 83', 'shared', 'a', 'c'])
    for (let i = 0; i < 400; i++) made.add({ id: `more ${i}`, createdAt: i }, `more ${i}`, north)
    expect(ids(made.keys, { n: 6, spread: true })).toEqual([...page, 'shared', 'b', 'a'])
  }
})

test('where all are of one source nothing is looked for behind it', () => {
  const searched: number[] = []
  const counting = (index: AdaptiveIndex): AdaptiveIndex => ({
    ...index,
    search: (query, n, allowed) => {
      searched.push(n)
      return index.search(query, n, allowed)
    },
  })
  const made = create(counting)
  for (let i = 0; i < 90; i++) made.add({ id: `${i}`, createdAt: i, source: 'page' }, `text ${i}`, slanting(i))
  expect(ids(made.keys, { n: 6, spread: true })).toEqual(['0', '1', '2', '3', '4', '5'])
  expect(searched).toHaveLength(1)
})

test('a point lives as long as one of its trajectories', () => {
  const made = create()
  const removeFirst = made.add({ id: '__proto__', createdAt: 1, taskId: 't' }, 'same', east)
  const removeSecond = made.add({ id: 'b', createdAt: 2, taskId: 't' }, 'same', east)
  expect(made.index.size).toBe(1)
  removeSecond()
  expect(ids(made.keys, { n: 5 })).toEqual(['__proto__'])
  expect(ids(made.keys, { n: 5, excludeTask: 't' })).toEqual([])
  removeFirst()
  removeFirst()
  expect(made.index.size).toBe(0)
  expect(ids(made.keys, { n: 5 })).toEqual([])
})
