import { expect, test, vi } from 'vitest'
import { openLossy } from '../support/lost-workers.ts'
import { trajectory } from '../support/trajectories.ts'

test('a page whose storage is persistent already is not asked again, and an import counts as storing', async () => {
  const asked = vi.spyOn(navigator.storage, 'persist')
  vi.spyOn(navigator.storage, 'persisted').mockResolvedValue(true)
  const { memory } = await openLossy([])
  await memory.import(`${JSON.stringify(trajectory())}\n`)
  await expect.poll(async () => (await memory.stats()).storage.persistence).toBe('granted')
  expect(asked).not.toHaveBeenCalled()
  await memory.close()
})
