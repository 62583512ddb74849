import { expect, test } from 'vitest'
import { RepriseError } from '../../../src/core/errors.ts'
import type { ImportProgress } from '../../../src/memory/open-memory.ts'
import { createImportSession, type ImportSession } from '../../../src/memory/transfer/import-session.ts'
import { step, trajectory } from '../../support/trajectories.ts'
import { emptyShelf, type Shelf } from './import-into.ts'

const lines = (count: number, first = 0): string =>
  Array.from({ length: count }, (_, i) => `${JSON.stringify(trajectory({ id: `${first + i}` }))}\n`).join('')
const sessionInto = (shelf: Shelf, accept = false): ImportSession => createImportSession({ store: shelf.store, accept })

test('10,000 lines come in with progress after each chunk, in batches of at most 32', async () => {
  const shelf = emptyShelf()
  const session = sessionInto(shelf, true)
  const file = new TextEncoder().encode(lines(10_000))
  const seen: ImportProgress[] = []
  for (let at = 0; at < file.length; at += 256_000) seen.push(await session.push(file.slice(at, at + 256_000)))
  await session.endFile()
  expect(await session.finish()).toMatchObject({ lines: 10_000, imported: 10_000, invalid: 0 })
  for (const [i, { imported, lines: looked }] of seen.entries()) {
    expect(imported).toBeGreaterThan(seen[i - 1]?.imported ?? 0)
    expect(looked - imported).toBeLessThan(32)
    expect(imported).toBeLessThan(10_001)
  }
  expect(Math.max(...shelf.batches.map(({ size }) => size))).toBe(32)
  expect(shelf.batches.every(({ accept }) => accept)).toBe(true)
})

test('an import that is aborted in the middle keeps and counts the batches stored, and stores no other', async () => {
  const shelf = emptyShelf()
  const stop = new AbortController()
  const session = createImportSession({
    accept: false,
    store: async (items, options) => {
      const stored = await shelf.store(items, options)
      if (shelf.kept.size >= 4800) stop.abort()
      return stored
    },
  })
  await session.push(lines(2000), { signal: stop.signal })
  const kept = /aborted.*4800 trajectories were imported before and are kept/s
  await expect(session.push(lines(8000, 2000), { signal: stop.signal })).rejects.toMatchObject({
    code: 'aborted',
    message: expect.stringMatching(kept),
  })
  await expect(session.push(lines(1))).rejects.toMatchObject({ code: 'aborted' })
  await expect(session.endFile()).rejects.toMatchObject({ code: 'aborted' })
  expect(await session.finish()).toMatchObject({ imported: 4800, skipped: 0 })
  expect(shelf.kept.size).toBe(4800)
})

test('a signal that has fired before a call stops it before anything is read', async () => {
  const shelf = emptyShelf()
  const session = sessionInto(shelf)
  await expect(session.push(lines(100), { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' })
  expect(await session.finish()).toMatchObject({ lines: 0, imported: 0 })
  expect(shelf.batches).toEqual([])
})

test('where a batch cannot be stored its error comes through, with what was stored before, and the rest is left', async () => {
  const shelf = emptyShelf()
  const session = createImportSession({
    accept: false,
    store: (items, options) => {
      if (shelf.batches.length === 2) throw new RepriseError('memory-quota', 'The browser has no room left.')
      return shelf.store(items, options)
    },
  })
  await expect(session.push(lines(100))).rejects.toMatchObject({
    code: 'memory-quota',
    message: expect.stringMatching(/^The browser has no room left\. .*64 trajectories were imported/),
  })
  await expect(session.push(lines(100))).rejects.toMatchObject({ code: 'memory-quota' })
  expect(await session.finish()).toMatchObject({ imported: 64 })
  expect(shelf.batches).toHaveLength(2)
})

test('importing the same again stores nothing twice', async () => {
  const shelf = emptyShelf()
  const once = async (text: string): Promise<ImportProgress> => {
    const session = sessionInto(shelf)
    await session.push(text)
    return session.finish()
  }
  expect(await once(lines(50))).toMatchObject({ imported: 50, skipped: 0 })
  expect(await once(lines(60))).toMatchObject({ imported: 10, skipped: 50, invalid: 0 })
  expect(await once(lines(60))).toMatchObject({ imported: 0, skipped: 60, invalid: 0 })
})

test('calls that are not waited for are carried out in their order', async () => {
  const shelf = emptyShelf()
  const session = sessionInto(shelf)
  const text = lines(200)
  const calls = [session.push(text.slice(0, 9999)), session.push(text.slice(9999)), session.endFile(), session.push('x'), session.finish()]
  expect(await Promise.all(calls)).toHaveLength(5)
  expect(Array.from(shelf.kept.keys())).toEqual(Array.from({ length: 200 }, (_, i) => `${i}`))
  expect(await calls[4]).toMatchObject({ imported: 200, invalid: 1, problems: [{ file: 1, line: 1 }] })
})

test('batches of long trajectories are smaller', async () => {
  const shelf = emptyShelf()
  const session = sessionInto(shelf)
  for (let i = 0; i < 12; i++)
    await session.push(`${JSON.stringify(trajectory({ id: `${i}`, steps: [step('x'.repeat(900_000)), step('y'.repeat(900_000))] }))}\n`)
  expect(await session.finish()).toMatchObject({ imported: 12 })
  expect(Math.max(...shelf.batches.map(({ size }) => size))).toBeLessThan(4)
})

test('a chunk may be reused by its owner once the call has settled', async () => {
  const shelf = emptyShelf()
  const session = sessionInto(shelf)
  const file = new TextEncoder().encode(lines(20))
  const chunk = new Uint8Array(1000)
  for (let at = 0; at < file.length; at += chunk.length) {
    const part = file.subarray(at, at + chunk.length)
    chunk.set(part)
    await session.push(chunk.subarray(0, part.length))
    chunk.fill(0)
  }
  expect(await session.finish()).toMatchObject({ imported: 20, invalid: 0 })
})

test('text and bytes may be mixed, and a character may be split between two texts', async () => {
  const shelf = emptyShelf()
  const session = sessionInto(shelf)
  const text = JSON.stringify(trajectory({ goal: '🗝' }))
  const half = text.indexOf('🗝') + 1
  await session.push(text.slice(0, half))
  await session.push(text.slice(half))
  await session.push(new TextEncoder().encode(`\n${JSON.stringify(trajectory({ id: 'two' }))}`))
  expect(await session.finish()).toMatchObject({ imported: 2 })
  expect(shelf.kept.get('one')?.goal).toBe('🗝')
})

test('what is no chunk is refused, and a finished import takes nothing more', async () => {
  const wrong = sessionInto(emptyShelf())
  await expect(wrong.push(7 as never)).rejects.toMatchObject({ code: 'invalid-options' })
  const session = sessionInto(emptyShelf())
  await session.push(lines(1))
  const result = await session.finish()
  await expect(session.push(lines(1))).rejects.toMatchObject({ code: 'invalid-options', message: expect.stringContaining('finished') })
  expect(await session.finish()).toEqual(result)
})
