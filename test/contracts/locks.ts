/** What locks must do, by whatever they are kept. Run by a test file for each way. */
import { describe, expect, test } from 'vitest'
import type { Locks } from '../../src/memory/locks.ts'

export function locksContract(name: string, create: () => Locks): void {
  describe(`${name} keep the contract of locks:`, () => {
    test('works of one name run one after another, in the order in which they came', async () => {
      const locks = create()
      const log: string[] = []
      const work = (id: string) => async () => {
        log.push(`${id} begins`)
        await turns(3)
        log.push(`${id} ends`)
        return id
      }
      const results = await Promise.all(['a', 'b', 'c'].map((id) => locks.exclusive('write', work(id))))
      expect(results).toEqual(['a', 'b', 'c'])
      expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
    })

    test('works of different names do not wait for each other', async () => {
      const locks = create()
      const held = hold(locks, 'write')
      await held.begun
      expect(await locks.exclusive('snapshot', async () => 'done')).toBe('done')
      held.release()
      await held.ended
    })

    test('work that fails passes its error on and frees the lock', async () => {
      const locks = create()
      const failing = locks.exclusive('write', () => Promise.reject(new Error('its own')))
      await expect(failing).rejects.toThrow('its own')
      expect(await locks.exclusive('write', async () => 'done')).toBe('done')
    })

    test('one who waits too long is told what to do, its work never runs, and those behind it have their turn', async () => {
      const locks = create()
      const held = hold(locks, 'write')
      await held.begun
      let ran = false
      const late = locks.exclusive('write', async () => void (ran = true), { timeout: 20 })
      const behind = locks.exclusive('write', async () => 'behind')
      await expect(late).rejects.toMatchObject({ code: 'memory-blocked', message: expect.stringMatching(/Close other tabs/) })
      held.release()
      expect(await behind).toBe('behind')
      expect(ran).toBe(false)
    })

    test('one who may wait for ever waits', async () => {
      const locks = create()
      const held = hold(locks, 'write')
      await held.begun
      const patient = locks.exclusive('write', async () => 'its turn', { timeout: Infinity })
      await Promise.race([patient, new Promise((resolve) => setTimeout(resolve, 50))])
      held.release()
      expect(await patient).toBe('its turn')
    })

    test('an abort ends the waiting, and not the work', async () => {
      const locks = create()
      const held = hold(locks, 'write')
      await held.begun
      const controller = new AbortController()
      let ran = false
      const waiting = locks.exclusive('write', async () => void (ran = true), { signal: controller.signal })
      controller.abort()
      await expect(waiting).rejects.toMatchObject({ code: 'aborted' })
      await expect(locks.exclusive('write', async () => {}, { signal: controller.signal })).rejects.toMatchObject({ code: 'aborted' })
      held.release()
      await held.ended
      expect(ran).toBe(false)

      const later = new AbortController()
      const working = locks.exclusive(
        'write',
        async () => {
          later.abort()
          await turns(3)
          return 'done'
        },
        { signal: later.signal, timeout: 20 },
      )
      expect(await working).toBe('done')
    })

    test('work that takes longer than others may wait is not ended', async () => {
      const locks = create()
      const working = locks.exclusive('write', () => new Promise((resolve) => setTimeout(() => resolve('done'), 60)), { timeout: 10 })
      expect(await working).toBe('done')
    })

    test('what is only tried runs where it is free, and else not at all', async () => {
      const locks = create()
      const held = hold(locks, 'snapshot')
      await held.begun
      let ran = false
      expect(await locks.ifFree('snapshot', async () => (ran = true))).toBeUndefined()
      expect(await locks.ifFree('write', async () => 'free')).toBe('free')
      held.release()
      await held.ended
      expect(ran).toBe(false)
      expect(await locks.ifFree('snapshot', async () => 'free again')).toBe('free again')
      await expect(locks.ifFree('snapshot', () => Promise.reject(new Error('its own')))).rejects.toThrow('its own')
    })
  })
}

/** Takes a lock and keeps it until told. */
export function hold(locks: Locks, what: string): { begun: Promise<void>; release(): void; ended: Promise<void> } {
  let begin: () => void = () => {}
  let release: () => void = () => {}
  const begun = new Promise<void>((resolve) => (begin = resolve))
  const released = new Promise<void>((resolve) => (release = resolve))
  const ended = locks.exclusive(what, () => {
    begin()
    return released
  })
  return { begun, release, ended }
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setTimeout(resolve, 0))
}
