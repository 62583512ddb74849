import { expect, test, vi } from 'vitest'
import { openLossy } from '../support/lost-workers.ts'
import { trajectory } from '../support/trajectories.ts'

// The page's one question is asked once for all tests of this file, so their order matters.
const asked = vi.spyOn(navigator.storage, 'persist')
const episode = { trajectory: trajectory({ id: 'episode' }), shown: [], store: false, curation: false as const }

test('the browser is not asked to keep anything before something is stored, nor where that is left to the page or to RAM', async () => {
  const [usual, own, ram] = await Promise.all([openLossy([]), openLossy([], { persist: false }), openLossy([], { storage: 'memory' })])
  await usual.memory.record(episode)
  await usual.memory.retrieve({ goal: 'open the door' }, { k: 1 })
  await own.memory.add(trajectory())
  await ram.memory.add(trajectory())
  expect(asked).not.toHaveBeenCalled()
  expect((await usual.memory.stats()).storage.persistence).toBeUndefined()
  await Promise.all([usual, own, ram].map(({ memory }) => memory.close()))
})

test('at the first thing stored it is asked, once for the whole page, and every handle tells the answer', async () => {
  const [one, other, ram] = await Promise.all([openLossy([]), openLossy([]), openLossy([], { storage: 'memory' })])
  let answer: (granted: boolean) => void = () => {}
  asked.mockImplementation(() => new Promise((resolve) => (answer = resolve)))
  await Promise.all([
    one.memory.record({ ...episode, store: true }),
    other.memory.add(trajectory()),
    other.memory.add(trajectory({ id: 'two' })),
  ])
  expect((await one.memory.stats()).storage.persistence).toBeUndefined() // nobody waited for it
  answer(false)
  await expect.poll(async () => (await one.memory.stats()).storage.persistence).toBe('refused')
  expect((await other.memory.stats()).storage).toMatchObject({ kind: 'indexeddb', persistence: 'refused', persisted: false })
  await ram.memory.add(trajectory())
  expect((await ram.memory.stats()).storage).toEqual({ kind: 'memory' })
  await other.memory.import(`${JSON.stringify(trajectory({ id: 'three' }))}\n`)
  expect(asked).toHaveBeenCalledTimes(1)
  await Promise.all([one, other, ram].map(({ memory }) => memory.close()))
})
