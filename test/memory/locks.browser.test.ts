import { afterEach, expect, test, vi } from 'vitest'
import { createLocks } from '../../src/memory/locks.ts'
import { hold, locksContract } from '../contracts/locks.ts'

let made = 0
const newName = (): string => `locks-${Date.now()}-${made++}`
afterEach(() => void vi.restoreAllMocks())

locksContract('locks of the browser', () => createLocks(newName()))
locksContract('locks of a handle alone', () => createLocks(undefined))

test('two handles of one memory exclude each other, those of two memories do not', async () => {
  const name = newName()
  const [one, two, other] = [createLocks(name), createLocks(name), createLocks(newName())]
  const held = hold(one, 'write')
  await held.begun
  expect((await navigator.locks.query()).held?.some((lock) => lock.name === `reprise/${name}/write`)).toBe(true)
  expect(await two.ifFree('write', async () => 'free')).toBeUndefined()
  await expect(two.exclusive('write', async () => 'mine', { timeout: 20 })).rejects.toMatchObject({ code: 'memory-blocked' })
  expect(await other.ifFree('write', async () => 'free')).toBe('free')
  const next = two.exclusive('write', async () => 'mine')
  held.release()
  expect(await next).toBe('mine')
})

test('handles without a name are strangers to each other', async () => {
  const held = hold(createLocks(undefined), 'write')
  await held.begun
  expect(await createLocks(undefined).ifFree('write', async () => 'free')).toBe('free')
  held.release()
  await held.ended
})

test('where there are no Web Locks, handles of one memory in one script still exclude each other', async () => {
  vi.spyOn(Navigator.prototype, 'locks', 'get').mockReturnValue(undefined as never)
  const name = newName()
  const [one, two] = [createLocks(name), createLocks(name)]
  const held = hold(one, 'write')
  await held.begun
  expect(await two.ifFree('write', async () => 'free')).toBeUndefined()
  const next = two.exclusive('write', async () => 'mine')
  held.release()
  expect(await next).toBe('mine')
  expect(await one.ifFree('write', async () => 'free')).toBe('free')
})

test('the lock of a worker that dies goes to the next in the queue', async () => {
  const name = newName()
  const worker = new Worker(new URL('./lock-holder.worker.ts', import.meta.url), { type: 'module' })
  await new Promise((resolve) => {
    worker.onmessage = resolve
    worker.postMessage(name)
  })
  const locks = createLocks(name)
  expect(await locks.ifFree('write', async () => 'free')).toBeUndefined()
  const next = locks.exclusive('write', async () => 'mine')
  worker.terminate()
  expect(await next).toBe('mine')
})
