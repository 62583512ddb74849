/** The database of runs: whole states, and whatever may be found in it. */
import { openDB } from 'idb'
import { expect, test } from 'vitest'
import { openCheckpoints } from '../../../../src/environments/page/run/checkpoint-store.ts'
import { openBucket } from '../../../support/storage-buckets.ts'
import { checkpoint, openDocument, putRow, rows, uniqueName } from './runs.ts'

test('what was saved is loaded as it was, on another connection too, until it is removed', async () => {
  const name = uniqueName()
  const store = await openCheckpoints({ name, clock: () => 5_000_000_000 })
  await store.save(checkpoint('a', { steps: 1 }))
  await store.save(checkpoint('a', { steps: 2, state: 'acting' }))
  await store.save(checkpoint('b'))
  store.close()
  const again = await openCheckpoints({ name, clock: () => 5_000_000_001 })
  expect(await again.load('a')).toEqual({
    id: 'a',
    checkpoint: checkpoint('a', { steps: 2, state: 'acting' }),
    savedAt: 5_000_000_000,
    resumes: 0,
  })
  expect(await again.load('none')).toBeUndefined()
  await again.remove('a')
  expect(await again.load('a')).toBeUndefined()
  expect(await again.load('b')).toBeDefined()
})

test('a run keeps count of how often it was taken up, and one that was taken up elsewhere is left alone', async () => {
  const store = await openCheckpoints({ name: uniqueName() })
  expect(await store.save(checkpoint('a'))).toBe(0)
  expect(await store.save(checkpoint('a', { steps: 2 }), 0)).toBe(0)
  await store.countResume('a')
  expect(await store.save(checkpoint('a', { steps: 9 }), 0)).toBe('elsewhere')
  expect((await store.load('a'))?.checkpoint.trajectory.steps).toHaveLength(2)
  expect(await store.save(checkpoint('a', { steps: 3 }))).toBe(1)
  await store.remove('a')
  expect(await store.save(checkpoint('a', { steps: 9 }), 1)).toBe('elsewhere')
  expect(await store.load('a')).toBeUndefined()
})

const whole = (id: string) => ({ id, checkpoint: checkpoint(id), savedAt: Date.now(), resumes: 0 })

test.each([
  ['nothing but an id', { id: 'a', savedAt: Date.now() }],
  ['a checkpoint of something else', { ...whole('a'), checkpoint: 'text' }],
  ['a trajectory that is none', { ...whole('a'), checkpoint: { ...checkpoint('a'), trajectory: { id: 'a' } } }],
  ['the trajectory of another id', { ...whole('a'), checkpoint: checkpoint('b') }],
  ['a state that there is not', { ...whole('a'), checkpoint: { ...checkpoint('a'), state: 'waiting' } }],
  ['a count below nothing', { ...whole('a'), resumes: -1 }],
  ['a budget that is none', { ...whole('a'), checkpoint: { ...checkpoint('a'), spent: { calls: -1 } } }],
])('a row with %s counts as none, is removed and reported', async (_, row) => {
  const name = uniqueName()
  const problems: string[] = []
  const store = await openCheckpoints({ name, onProblem: (problem) => problems.push(problem) })
  await putRow(name, row)
  expect(await store.load('a')).toBeUndefined()
  expect(await rows(name)).toEqual([])
  expect(problems).toEqual(['What was kept of a run was damaged, and was removed.'])
})

test('opening removes runs of more than a day ago, and what has no time', async () => {
  const name = uniqueName()
  const now = Date.now()
  ;(await openCheckpoints({ name })).close()
  const { id: _, savedAt: __, ...rest } = whole('x')
  for (const [id, savedAt] of Object.entries({ fresh: now - 86_000_000, old: now - 87_000_000, future: now + 87_000_000 }))
    await putRow(name, { ...rest, id, savedAt })
  await putRow(name, { id: 'timeless' })
  await putRow(name, { id: 'text', savedAt: 'yesterday' })
  await openCheckpoints({ name, clock: () => now })
  expect((await rows(name)).map(({ id }) => id)).toEqual(['fresh'])
})

test('a database of a newer version is left alone', async () => {
  const name = uniqueName()
  const newer = await openDB(name, 7, { upgrade: (db) => void db.createObjectStore('runs') })
  newer.close()
  await expect(openCheckpoints({ name })).rejects.toMatchObject({
    code: 'memory-blocked',
    message: expect.stringMatching(/newer version/) as string,
  })
  expect((await openDB(name)).version).toBe(7)
})

test('a database that another tab deletes is let go, and made again with the next save', async () => {
  const name = uniqueName()
  const store = await openCheckpoints({ name })
  await store.save(checkpoint('a'))
  await new Promise((resolve, reject) =>
    Object.assign(indexedDB.deleteDatabase(name), { onsuccess: resolve, onerror: reject, onblocked: reject }),
  )
  expect(await store.load('a')).toBeUndefined()
  await store.save(checkpoint('b'))
  expect(await store.load('b')).toBeDefined()
})

test('a browser that does not answer is not waited for', async () => {
  const name = uniqueName()
  const greedy = await openDB(name, 1)
  indexedDB.deleteDatabase(name) // waits for ever, and whoever opens it waits behind it
  await expect(openCheckpoints({ name, timeoutMs: 100 })).rejects.toMatchObject({
    code: 'memory-blocked',
    message: expect.stringMatching(/0\.1 s/) as string,
  })
  greedy.close()
})

test('a browser that forbids databases is told as such', async () => {
  const open = () => {
    throw new DOMException('denied', 'SecurityError')
  }
  await expect(openCheckpoints({ indexedDB: { open } as unknown as IDBFactory })).rejects.toMatchObject({
    code: 'memory-blocked',
    message: expect.stringMatching(/sandbox/) as string,
  })
})

test('want of room is told as such, and what was kept before is still there', async () => {
  const { indexedDB } = await openBucket({ quota: 200_000 })
  const store = await openCheckpoints({ indexedDB })
  await store.save(checkpoint('a'))
  const noise = Array.from(crypto.getRandomValues(new Uint8Array(60_000)), (byte) => byte.toString(36)).join('')
  await expect(store.save(checkpoint('a', { observation: noise.repeat(20) }))).rejects.toMatchObject({ code: 'memory-quota' })
  expect((await store.load('a'))?.checkpoint).toEqual(checkpoint('a'))
})

test('a page that goes away in the middle of a save leaves the state before it or the whole new one', async () => {
  const name = uniqueName()
  const large = 'x'.repeat(3_000_000)
  const here = await openCheckpoints({ name })
  for (const delay of [0, 0, 1, 2, 4, 8, 16, 32]) {
    await here.save(checkpoint('a', { observation: 'before' }))
    const page = await openDocument()
    const there = await page.api.openCheckpoints({ name })
    void there.save(checkpoint('a', { observation: large })).catch(() => {})
    await new Promise((resolve) => setTimeout(resolve, delay))
    page.leave()
    expect([large, 'before']).toContain((await here.load('a'))?.checkpoint.observation)
  }
})
