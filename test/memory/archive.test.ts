import { expect, test } from 'vitest'
import { createMemoryEngine, type MemoryEngine } from '../../src/memory/memory-engine.ts'
import { openMemoryStore } from '../../src/memory/store/memory-store.ts'
import type { ListOptions } from '../../src/memory/open-memory.ts'
import { collect } from '../support/collect.ts'
import { seededEmbedder } from '../support/seeded-embedder.ts'
import { step, trajectory } from '../support/trajectories.ts'

const filled = async (count: number): Promise<MemoryEngine> => {
  const memory = await createMemoryEngine({ store: openMemoryStore(), embedder: seededEmbedder() })
  for (let i = 0; i < count; i++)
    await memory.add(trajectory({ id: `${i}`, goal: i % 3 === 0 ? 'Fizz' : 'other', steps: [step(`seen ${i}`)] }))
  return memory
}
const pages = async (memory: MemoryEngine, options: ListOptions): Promise<string[][]> => {
  const all: string[][] = []
  for (let cursor: number | undefined; ;) {
    const { items, next } = await memory.list({ ...options, ...(cursor !== undefined && { cursor }) })
    all.push(items.map(({ trajectory: { id } }) => id))
    if (next === undefined) return all
    cursor = next
  }
}

test('pages come newest first, and together hold each trajectory once', async () => {
  const memory = await filled(150)
  const all = await pages(memory, { limit: 40 })
  expect(all.map((page) => page.length)).toEqual([40, 40, 40, 30])
  expect(all.flat()).toEqual(Array.from({ length: 150 }, (_, i) => `${149 - i}`))
})

test('a search finds text of any field in any case, over pages that hold nothing', async () => {
  const memory = await filled(200)
  expect((await pages(memory, { search: 'fIZZ', limit: 50 })).flat()).toHaveLength(67)
  expect((await pages(memory, { search: 'seen 3', limit: 5 })).flat()).toEqual([
    '39',
    '38',
    '37',
    '36',
    '35',
    '34',
    '33',
    '32',
    '31',
    '30',
    '3',
  ])
  expect((await pages(memory, { search: 'SEEN 0' })).flat()).toEqual(['0'])
  expect(await memory.list({ search: 'nowhere' })).toEqual({ items: [] })
})

test('a status filter separates what was pruned, with its counts', async () => {
  const memory = await filled(3)
  for (let i = 0; i < 5; i++) {
    const shown = [{ trajectoryId: '1', phase: 'act' as const, step: i }]
    await memory.record({
      trajectory: trajectory({ id: 'e', success: i === 0 }),
      shown,
      store: false,
      curation: { threshold: 0.3, minRetrievals: 5 },
    })
  }
  expect((await pages(memory, { status: 'active' })).flat()).toEqual(['2', '0'])
  expect((await memory.list({ status: 'pruned' })).items).toMatchObject([{ status: 'pruned', retrievals: 5, successes: 1, utility: 0.2 }])
})

test('an export is a header and one line per trajectory, oldest first, and reads them as they were', async () => {
  const memory = await filled(140)
  await memory.add(trajectory({ id: 'odd', goal: 'line\nbreak \ud800', metadata: { n: [1, null] } }))
  const lines = await collect(memory.export())
  expect(lines.every((line) => line.endsWith('\n') && !line.slice(0, -1).includes('\n'))).toBe(true)
  const [header, ...records] = lines.map((line): unknown => JSON.parse(line))
  expect(header).toEqual({ format: 'reprise-trajectories', version: 1, count: 141, embedder: 'seeded-16' })
  expect(records).toHaveLength(141)
  expect(records[140]).toEqual((await memory.get('odd'))?.trajectory)
  expect(records[0]).toEqual((await memory.get('0'))?.trajectory)
})

test('an export of an empty memory is its header', async () => {
  expect(await collect((await filled(0)).export())).toHaveLength(1)
})
