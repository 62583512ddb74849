/** Keeping a run while it goes on: what is left behind, and by whom. */
import { beforeEach, expect, test } from 'vitest'
import type { Checkpoint } from '../../../../src/core/checkpoint.ts'
import { createRunKeeper, type RunKeeperOptions } from '../../../../src/environments/page/run/run-keeper.ts'
import { resumeRun } from '../../../../src/environments/page/run/resume-run.ts'
import { scriptedEnvironment } from '../../../../src/testing/scripted-environment.ts'
import { checkpoint, heldElsewhere, isHeld, mark, putRow, rows, uniqueName } from './runs.ts'

beforeEach(() => sessionStorage.clear())

function keeping(options: RunKeeperOptions = {}) {
  const problems: string[] = []
  const database = uniqueName()
  const keeper = createRunKeeper({ database, onProblem: (problem) => problems.push(problem), ...options })
  const kept = async () => ((await rows(database)) as { checkpoint: Checkpoint }[]).map((row) => row.checkpoint)
  return { keeper, database, kept, problems, id: uniqueName('run') }
}

const leave = () => dispatchEvent(new PageTransitionEvent('pagehide'))
const comeBack = () => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))

test('a run is stored, named in the tab and held while it goes on, and nothing of it is left when it has ended', async () => {
  const { keeper, kept, id, problems } = keeping()
  await keeper.keep(checkpoint(id, { steps: 0 }))
  await keeper.keep(checkpoint(id, { steps: 1, state: 'acting' }))
  expect(await kept()).toEqual([checkpoint(id, { steps: 1, state: 'acting' })])
  expect(mark()).toBe(id)
  expect(await isHeld(id)).toBe(true)
  await keeper.keep(checkpoint(id, { steps: 1, state: 'ended' }))
  expect(await kept()).toEqual([])
  expect(mark()).toBeNull()
  expect(await isHeld(id)).toBe(false)
  expect(problems).toEqual([])
})

test('an end that nobody waits for is final at once: a page that is left right after it does not go on', async () => {
  const { keeper, id } = keeping()
  await keeper.keep(checkpoint(id))
  const saving = keeper.keep(checkpoint(id, { steps: 2 }))
  const ending = keeper.keep(checkpoint(id, { steps: 2, state: 'ended' }))
  expect(mark()).toBeNull()
  await Promise.all([saving, ending])
  expect(mark()).toBeNull()
})

test('one keeper keeps one run after the other', async () => {
  const { keeper, kept } = keeping()
  const [a, b] = [uniqueName('run'), uniqueName('run')]
  await keeper.keep(checkpoint(a))
  void keeper.keep(checkpoint(a, { state: 'ended' }))
  await keeper.keep(checkpoint(b))
  expect(await kept()).toEqual([checkpoint(b)])
  expect(mark()).toBe(b)
  await keeper.keep(checkpoint(a, { state: 'ended' }))
  expect(mark()).toBe(b)
  await keeper.release()
})

test('release removes what was kept, unless the page is being left', async () => {
  for (const left of [false, true]) {
    const { keeper, kept, id } = keeping()
    await keeper.keep(checkpoint(id))
    if (left) leave()
    await keeper.release()
    expect(await kept()).toHaveLength(left ? 1 : 0)
    expect(mark()).toBe(left ? id : null)
    expect(await isHeld(id)).toBe(false)
  }
})

test('what a page does while it is being left neither ends the run nor changes what was kept', async () => {
  const { keeper, kept, id } = keeping()
  await keeper.keep(checkpoint(id, { state: 'acting' }))
  leave()
  await keeper.keep(checkpoint(id, { steps: 7 }))
  await keeper.keep(checkpoint(id, { steps: 7, state: 'ended' }))
  expect(await kept()).toEqual([checkpoint(id, { state: 'acting' })])
  expect(mark()).toBe(id)
})

test('a page that comes back to life after another has taken its run up must not act any more, nor end the run', async () => {
  const { keeper, database, kept, id } = keeping()
  await keeper.keep(checkpoint(id))
  leave()
  await putRow(database, { id, checkpoint: checkpoint(id, { steps: 3 }), savedAt: Date.now(), resumes: 1 })
  comeBack()
  await expect(keeper.keep(checkpoint(id, { steps: 2, state: 'acting' }))).rejects.toMatchObject({ code: 'environment-failed' })
  await expect(keeper.keep(checkpoint(id, { steps: 2, state: 'acting' }))).rejects.toMatchObject({ code: 'environment-failed' })
  await keeper.keep(checkpoint(id, { steps: 2, state: 'ended' }))
  expect(await kept()).toEqual([checkpoint(id, { steps: 3 })])
  expect(mark()).toBe(id)
})

test('of two runs in one tab the first is kept, and the second told not to be', async () => {
  const first = keeping()
  const second = keeping()
  await first.keeper.keep(checkpoint(first.id))
  await second.keeper.keep(checkpoint(second.id))
  await second.keeper.keep(checkpoint(second.id, { steps: 2 }))
  expect(mark()).toBe(first.id)
  expect(second.problems).toEqual([expect.stringMatching(/another run of this tab/) as string])
  expect(await first.kept()).toHaveLength(1)
  await first.keeper.release()
})

test('a new run takes the place of one that nobody took up', async () => {
  const { keeper, database, kept, id } = keeping()
  await keeper.keep(checkpoint(id))
  await putRow(database, { id: 'forgotten', checkpoint: checkpoint('forgotten'), savedAt: Date.now(), resumes: 0 })
  await keeper.release()
  sessionStorage.setItem('reprise-run', 'forgotten')
  await keeper.keep(checkpoint(id))
  expect(await kept()).toEqual([checkpoint(id)])
  expect(mark()).toBe(id)
  await keeper.release()
})

test('a run that another tab holds is not kept by this one', async () => {
  const { keeper, kept, id, problems } = keeping()
  let free: (value?: unknown) => void = () => {}
  await heldElsewhere(id, new Promise((resolve) => (free = resolve)))
  await keeper.keep(checkpoint(id))
  expect(problems).toEqual([expect.stringMatching(/another tab holds it/) as string])
  expect(await kept()).toEqual([])
  free()
})

const denied = () => {
  throw new DOMException('denied', 'SecurityError')
}
const refused = () => Promise.reject(new DOMException('denied', 'SecurityError'))
const storage = (broken: Partial<Storage>) =>
  ({ getItem: () => null, setItem: () => {}, removeItem: () => {}, ...broken }) as unknown as Storage

test.each<[string, RunKeeperOptions, RegExp]>([
  ['no session storage', { storage: null }, /no session storage/],
  ['a session storage that throws', { storage: storage({ getItem: denied, setItem: denied, removeItem: denied }) }, /denied/],
  [
    'a full session storage',
    {
      storage: storage({
        setItem: () => {
          throw new DOMException('full', 'QuotaExceededError')
        },
      }),
    },
    /full/,
  ],
  ['no locks', { locks: null }, /no Web Locks/],
  ['locks that are refused', { locks: { request: refused } as unknown as LockManager }, /denied/],
  ['no IndexedDB', { indexedDB: null }, /no IndexedDB/],
  ['an IndexedDB that throws', { indexedDB: { open: denied } as unknown as IDBFactory }, /IndexedDB .*sandbox/],
])('with %s the run goes on unkept, and why is told once', async (_, options, reason) => {
  const { keeper, kept, id, problems } = keeping(options)
  for (const steps of [0, 1, 2]) await keeper.keep(checkpoint(id, { steps }))
  await keeper.keep(checkpoint(id, { state: 'ended' }))
  await keeper.release()
  expect(problems).toEqual([expect.stringMatching(reason) as string])
  expect(problems[0]).toMatch(/^The run cannot be taken up after the page is loaded anew: /)
  expect(await kept()).toEqual([])
  expect(await isHeld(id)).toBe(false)
  const never = { resume: () => Promise.reject(new Error('must not be called')) }
  expect(await resumeRun(never, { ...scriptedEnvironment([]), resume: () => '' }, { place: options })).toBeUndefined()
})

test('where a later state cannot be kept, the earlier one is not left behind to be taken up', async () => {
  let fails = false
  const setItem = (key: string, value: string) => (fails ? denied() : sessionStorage.setItem(key, value))
  const { keeper, kept, id, problems } = keeping({
    storage: storage({ getItem: (key) => sessionStorage.getItem(key), setItem, removeItem: (key) => sessionStorage.removeItem(key) }),
  })
  await keeper.keep(checkpoint(id))
  expect(await kept()).toHaveLength(1)
  fails = true
  await keeper.keep(checkpoint(id, { steps: 2 }))
  expect(await kept()).toEqual([])
  expect(mark()).toBeNull()
  fails = false
  await keeper.keep(checkpoint(id, { steps: 3 }))
  expect(await kept()).toEqual([])
  expect(problems).toHaveLength(1)
})
