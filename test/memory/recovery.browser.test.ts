import { expect, test } from 'vitest'
import type { OpenMemory } from '../../src/memory/open-memory.ts'
import { collect } from '../support/collect.ts'
import { halting, newName, openLossy, plain, type Lossy } from '../support/lost-workers.ts'
import { step, trajectory } from '../support/trajectories.ts'

const query = { goal: 'open the door', plan: 'find the key', observation: 'a key' }
const added = { goal: 'new', plan: '', steps: [step('new')] }
const episode = {
  trajectory: trajectory({ id: 'new', steps: [step('new')] }),
  shown: [{ trajectoryId: 'old', phase: 'act' as const, step: 0 }],
  store: true,
  curation: false as const,
}

/** A memory that holds `old`, and `foreign` in quarantine. */
const prepared = async (factories: readonly (() => Worker)[], name = newName()): Promise<Lossy> => {
  const { memory } = await openLossy([], { name })
  await memory.add(trajectory({ id: 'old' }))
  await memory.import(`${JSON.stringify(trajectory({ id: 'foreign' }))}\n`)
  await memory.close()
  return openLossy(factories, { name })
}
const stored = async (memory: OpenMemory): Promise<string[]> =>
  (await memory.list()).items.map(({ trajectory: { id }, status }) => `${id} ${status}`).toSorted()
const unchanged = ['foreign quarantined', 'old active']

const reads: [method: string, ask: (memory: OpenMemory) => unknown, answer: unknown][] = [
  ['retrieve', (memory) => memory.retrieve(query, { k: 1 }), [{ trajectoryId: 'old' }]],
  ['has', (memory) => memory.has('old'), true],
  ['get', (memory) => memory.get('old'), { status: 'active' }],
  ['list', stored, unchanged],
  ['episodes', (memory) => memory.episodes(), { items: [] }],
  ['count', (memory) => memory.count(), 2],
  ['stats', (memory) => memory.stats({ perTrajectory: true }), { count: 2, retrievable: 1, trajectories: [{}, {}] }],
  ['exportPart', async (memory) => (await collect(memory.export())).length, 4],
]

test.each(reads)('%s is answered by the next worker where the first is ended in the middle of it', async (method, ask, answer) => {
  const { create, reached } = halting('before', method)
  const { memory, kill, events, workers } = await prepared([create])
  const asked = ask(memory)
  await reached
  kill()
  expect({ answer: await asked }).toMatchObject({ answer })
  expect([workers.length, await stored(memory)]).toEqual([2, unchanged])
  expect(events.filter(({ type }) => type === 'recovered')).toHaveLength(1)
  await memory.close()
})

interface Write {
  method: string
  ask(memory: OpenMemory): Promise<unknown>
  answer: unknown
  /** Where the worker had done it before it was lost, and that makes a difference. */
  answerAgain?: unknown
  left(memory: OpenMemory): Promise<unknown>
  expected: unknown
}
const writes: Write[] = [
  { method: 'add', ask: (memory) => memory.add(added), answer: { goal: 'new' }, left: (memory) => memory.count(), expected: 3 },
  {
    method: 'record',
    ask: (memory) => memory.record(episode),
    answer: { stored: true, pruned: [] },
    left: async (memory) => [await memory.count(), (await memory.get('old'))?.retrievals],
    expected: [3, 1],
  },
  {
    method: 'feedback',
    ask: (memory) => memory.feedback('old', { value: 0.5, source: 'user' }),
    answer: { feedback: [{ value: 0.5 }] },
    left: async (memory) => (await memory.get('old'))?.feedback.length,
    expected: 1,
  },
  {
    method: 'accept',
    ask: (memory) => memory.accept('foreign'),
    answer: ['foreign'],
    answerAgain: [],
    left: stored,
    expected: ['foreign active', 'old active'],
  },
  {
    method: 'curate',
    ask: (memory) => memory.curate({ threshold: 0.3, minRetrievals: 5 }),
    answer: [],
    left: stored,
    expected: unchanged,
  },
  {
    method: 'delete',
    ask: (memory) => memory.delete('old'),
    answer: true,
    answerAgain: false,
    left: stored,
    expected: ['foreign quarantined'],
  },
  { method: 'clear', ask: (memory) => memory.clear(), answer: undefined, left: stored, expected: [] },
]
const lostWrites = writes.flatMap((write) => (['before', 'after'] as const).map((how) => ({ ...write, how })))

test.each(lostWrites)('$method is carried out once where its worker is ended $how it was', async ({ how, method, ask, ...write }) => {
  const { create, reached } = halting(how, method)
  const name = newName()
  const { memory, kill, workers } = await prepared([create], name)
  const asked = ask(memory)
  await reached
  kill()
  const answer = how === 'after' && 'answerAgain' in write ? write.answerAgain : write.answer
  expect({ answer: await asked }).toMatchObject({ answer })
  expect(await write.left(memory)).toEqual(write.expected)
  await memory.close()
  const later = await openLossy([], { name })
  expect([await write.left(later.memory), workers.length]).toEqual([write.expected, 2])
  await later.memory.close()
})

test.each(['before', 'after'] as const)('a fork whose worker is ended %s it was made is whole, or said to be there', async (how) => {
  const { create, reached } = halting(how, 'fork')
  const { memory, kill } = await prepared([create])
  const name = newName()
  const forking = memory.fork(name)
  await reached
  kill()
  if (how === 'before') await forking
  else await expect(forking).rejects.toMatchObject({ code: 'worker-lost', message: expect.stringMatching(/it is the fork/) })
  const fork = await openLossy([], { name })
  expect(await stored(fork.memory)).toEqual(unchanged)
  await Promise.all([memory.close(), fork.memory.close()])
})

test.each(['close', 'throw'] as const)('a worker that ends by itself (%s) is replaced as one that was ended', async (how) => {
  const { create } = halting(how, 'add')
  const { memory, events } = await prepared([create])
  expect(await memory.add(added)).toMatchObject({ goal: 'new' })
  expect(await memory.count()).toBe(3)
  expect(events).toContainEqual({ type: 'recovered', message: expect.stringMatching(/started again/) })
  await memory.close()
})

test('all calls under way are repeated, of whatever kind', async () => {
  const { create, reached } = halting('before', 'add')
  const { memory, kill } = await prepared([create])
  const calls = Promise.all([
    memory.add(trajectory({ id: 'a' })),
    memory.add(trajectory({ id: 'b' })),
    memory.delete('foreign'),
    memory.record(episode),
    memory.retrieve(query, { k: 1 }),
  ])
  await reached
  kill()
  expect(await calls).toMatchObject([{ id: 'a' }, { id: 'b' }, expect.any(Boolean), { stored: true }, [{}]])
  expect(await stored(memory)).toEqual(['a active', 'b active', 'new active', 'old active'])
  await memory.close()
})

test('what was acknowledged is there after ten workers were ended at any moment, and nothing else is', async () => {
  const { memory, kill, workers } = await openLossy([plain])
  const acknowledged: string[] = []
  let going = true
  const writing = (async () => {
    for (let i = 0; going; i++) acknowledged.push((await memory.add(trajectory({ id: `t${i}`, goal: `goal ${i}` }))).id)
  })()
  for (let round = 1; round <= 10; round++) {
    const wanted = acknowledged.length + 3
    while (acknowledged.length < wanted) await new Promise((resolve) => setTimeout(resolve, round))
    kill()
  }
  going = false
  await writing
  const { count, retrievable, corrupt } = await memory.stats()
  expect([count, retrievable, corrupt, workers.length]).toEqual([acknowledged.length, acknowledged.length, [], 11])
  for (const id of acknowledged) expect(await memory.has(id)).toBe(true)
  await memory.close()
})
