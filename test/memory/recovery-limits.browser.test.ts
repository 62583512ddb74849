import { expect, test } from 'vitest'
import { serveEmbedder } from '../../src/embedding/linked-embedder.ts'
import type { MemoryEvent } from '../../src/memory/open-memory.ts'
import { halting, missing, newName, openLossy, plain } from '../support/lost-workers.ts'
import { seededEmbedder } from '../support/seeded-embedder.ts'
import { trajectory } from '../support/trajectories.ts'

const query = { goal: 'open the door' }
const lost = (message: RegExp): object => ({ code: 'worker-lost', message: expect.stringMatching(message) as string })
const never = (): Promise<Worker> => new Promise(() => {})

test('a call that loses two workers rejects, and the next one is answered by a third', async () => {
  const [first, second] = [halting('before', 'add'), halting('after', 'add')]
  const { memory, kill, workers } = await openLossy([first.create, second.create])
  const adding = memory.add(trajectory())
  adding.catch(() => {})
  for (const { reached } of [first, second]) {
    await reached
    kill()
  }
  await expect(adding).rejects.toMatchObject(lost(/lost twice/))
  expect([await memory.has('one'), workers.length]).toEqual([true, 3])
  await memory.close()
})

test.each([
  ['whose script is gone', missing],
  ['that is ended at once', () => ended(0)],
  ['that is ended while it opens', () => halting('close', 'open').create()],
])('where the next worker is one %s the call rejects, and the next call tries again', async (_, second) => {
  const first = halting('before', 'count')
  const { memory, kill, events } = await openLossy([first.create, second])
  await memory.add(trajectory())
  const counting = memory.count()
  counting.catch(() => {})
  await first.reached
  kill()
  await expect(counting).rejects.toMatchObject(lost(/lost, and another one could not be opened.*next call tries again/s))
  expect(events).toContainEqual({ type: 'warning', message: expect.stringMatching(/could not be opened/) as string })
  expect(await memory.count()).toBe(1)
  await memory.close()
})

const ended = (after: number): Worker => {
  const worker = plain()
  setTimeout(() => worker.terminate(), after)
  return worker
}

test.each([0, 1, 5, 20, 50, 100, 200])('a worker that is ended %i ms after it was made lets nobody wait', async (after) => {
  const outcome = await openLossy([() => ended(after)]).then(
    async ({ memory }) => {
      const count = await memory.count()
      await memory.close()
      return count
    },
    (error: { code: string }) => error.code,
  )
  expect(['worker-lost', 0]).toContain(outcome)
})

test('what only RAM held is lost with its worker, and stays so', async () => {
  const { memory, kill, events, workers } = await openLossy([], { storage: 'memory' })
  await memory.add(trajectory())
  const waiting = memory.retrieve(query, { k: 1 })
  waiting.catch(() => {})
  kill()
  for (const call of [() => waiting, () => memory.count(), () => memory.add(trajectory({ id: 'two' }))])
    await expect(call()).rejects.toMatchObject(lost(/all that this memory held/))
  expect([workers.length, events.map(({ type }) => type)]).toEqual([1, expect.arrayContaining(['warning'])])
  await memory.close()
  await expect(memory.count()).rejects.toMatchObject({ code: 'memory-closed' })
})

test('a worker is replaced though nobody asks anything, and what others do is heard again', async () => {
  const name = newName()
  const { memory, kill, events } = await openLossy([], { name })
  const other = await openLossy([], { name })
  kill()
  await expect.poll(() => events, { timeout: 10_000 }).toContainEqual({ type: 'recovered', message: expect.any(String) as string })
  await other.memory.add(trajectory())
  await expect.poll(() => events, { timeout: 10_000 }).toContainEqual({ type: 'changed', ids: ['one'] })
  await Promise.all([memory.close(), other.memory.close()])
})

test('workers that die of themselves are not replaced for ever, but once somebody asks', async () => {
  const dying = (): Worker => ended(400)
  const { memory, workers, events } = await openLossy([plain, dying, dying, dying, dying, dying, plain])
  workers[0]?.terminate()
  const losses = (): number => events.filter(({ type }) => type === 'warning').length
  await expect.poll(losses, { timeout: 30_000 }).toBeGreaterThan(0)
  expect(workers.length).toBeLessThanOrEqual(4)
  const before = workers.length
  await memory.count().catch(() => {})
  expect(workers.length).toBeGreaterThan(before)
  await memory.close()
})

test('who aborts while a worker is being replaced waits no longer; of a write it is said that nothing is known', async () => {
  const first = halting('before', 'add')
  const { memory, kill } = await openLossy([first.create, never])
  const controller = new AbortController()
  const { signal } = controller
  const adding = memory.add(trajectory(), { signal })
  await first.reached
  kill()
  const [counting, deleting] = [memory.count({ signal }), memory.delete('one', { signal })]
  setTimeout(() => controller.abort(), 50)
  await expect(adding).rejects.toMatchObject(lost(/lost during add.*not known/s))
  await expect(counting).rejects.toMatchObject({ code: 'aborted' })
  await expect(deleting).rejects.toMatchObject({ code: 'aborted' })
  await memory.close()
})

test('a memory can be closed while its worker is being replaced', async () => {
  const { memory, kill } = await openLossy([plain, never])
  await memory.add(trajectory())
  kill()
  const counting = memory.count()
  counting.catch(() => {})
  await memory.close()
  await expect(counting).rejects.toMatchObject({ code: 'memory-closed' })
})

test('an embedder of the page serves the next worker as it served the first', async () => {
  const embedder = seededEmbedder(16, newName())
  const { memory, kill } = await openLossy([], { embedder, serveEmbedder })
  await memory.add(trajectory())
  kill()
  await memory.add(trajectory({ id: 'two', goal: 'something new' }))
  expect(embedder.calls.flat()).toContain('something new')
  expect(await memory.retrieve({ goal: 'something else' }, { k: 2 })).toHaveLength(2)
  await memory.close()
})

test('a loss of the embedder is none of the memory: its worker stays', async () => {
  const { memory, workers } = await openLossy([], {
    embedder: {
      id: newName(),
      dimensions: 16,
      embed: () => Promise.reject(Object.assign(new Error('gone'), { code: 'worker-lost' })),
    },
  })
  await expect(memory.add(trajectory())).rejects.toMatchObject({ code: 'embedder-failed' })
  expect([await memory.count(), workers.length]).toEqual([0, 1])
  await memory.close()
})

test('two handles hear of each other, each listener until it leaves, and one that throws harms nobody', async () => {
  const name = newName()
  const [one, other] = await Promise.all([openLossy([], { name }), openLossy([], { name })])
  const heard: MemoryEvent[] = []
  const thrown: unknown[] = []
  const onError = (event: ErrorEvent): void => {
    event.preventDefault()
    thrown.push(event.error)
  }
  addEventListener('error', onError)
  const leaveThrowing = other.memory.subscribe(() => {
    throw new Error('mine')
  })
  const leave = other.memory.subscribe((event) => heard.push(event))
  await one.memory.add(trajectory())
  await expect.poll(() => heard, { timeout: 10_000 }).toContainEqual({ type: 'changed', ids: ['one'] })
  expect(thrown.length).toBeGreaterThan(0)
  leaveThrowing()
  leave()
  leave()
  heard.length = 0
  await one.memory.add(trajectory({ id: 'two' }))
  await expect.poll(() => other.events, { timeout: 10_000 }).toContainEqual({ type: 'changed', ids: ['two'] })
  expect(heard).toEqual([])
  removeEventListener('error', onError)
  await Promise.all([one.memory.close(), other.memory.close()])
})
