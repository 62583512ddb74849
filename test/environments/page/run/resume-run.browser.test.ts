/** Taking a run up again: by the next document of the tab, by nobody else, and not for ever. */
import { beforeEach, expect, test } from 'vitest'
import { createAgent } from '../../../../src/agent/create-agent.ts'
import type { Checkpoint } from '../../../../src/core/checkpoint.ts'
import type { Environment } from '../../../../src/core/environment.ts'
import type { Trajectory } from '../../../../src/core/trajectory.ts'
import { openCheckpoints } from '../../../../src/environments/page/run/checkpoint-store.ts'
import { createRunKeeper } from '../../../../src/environments/page/run/run-keeper.ts'
import { resumeRun, type ResumingAgent } from '../../../../src/environments/page/run/resume-run.ts'
import { scriptedEnvironment, scriptedModel } from '../../../../src/testing/index.ts'
import { answers } from '../../../support/agent-setup.ts'
import { spyMemory } from '../../../support/spy-memory.ts'
import { checkpoint, heldElsewhere, isHeld, mark, openDocument, putRow, rows, uniqueName } from './runs.ts'

beforeEach(() => sessionStorage.clear())

const environment: Environment = { ...scriptedEnvironment([]), resume: () => 'the page again' }

/** An agent that ends each run at once. */
function finisher(work: () => Promise<unknown> = () => Promise.resolve()) {
  const resumed: Checkpoint[] = []
  const agent: ResumingAgent = {
    async resume(_, taken) {
      resumed.push(taken)
      await work()
      return { ...taken.trajectory, outcome: 'done', success: true }
    },
  }
  return { agent, resumed }
}

/** A run as a page that is gone has left it. */
async function abandoned(change: { savedAt?: number; resumes?: number; checkpoint?: Checkpoint } = {}) {
  const database = uniqueName()
  const id = uniqueName('run')
  const row = { id, checkpoint: checkpoint(id, { state: 'acting' }), savedAt: Date.now(), resumes: 0, ...change }
  ;(await openCheckpoints({ name: database })).close()
  await putRow(database, row)
  sessionStorage.setItem('reprise-run', id)
  return { id, database, place: { database }, row }
}

test('a tab in which nothing was under way has nothing to resume', async () => {
  const { agent, resumed } = finisher()
  expect(await resumeRun(agent, environment)).toBeUndefined()
  expect(resumed).toEqual([])
})

test('the next document of a tab goes on where the last one stood, and leaves nothing behind', async () => {
  const database = uniqueName()
  const id = uniqueName('run')
  const first = await openDocument()
  await first.api.createRunKeeper({ database }).keep(checkpoint(id, { steps: 2, state: 'acting' }))
  first.leave()
  const second = await openDocument()
  const { agent, resumed } = finisher(async () => expect(await isHeld(id)).toBe(true))
  const result = await second.api.resumeRun(agent, environment, { place: { database } })
  expect(result).toMatchObject({ status: 'continued', trajectory: { id, outcome: 'done' } })
  expect(resumed).toEqual([checkpoint(id, { steps: 2, state: 'acting' })])
  expect(await rows(database)).toEqual([])
  expect(mark()).toBeNull()
  await expect.poll(() => isHeld(id)).toBe(false)
  second.leave()
})

test('a run is taken up as often as its pages are loaded anew, each time where the last page stood', async () => {
  const { id, database, place } = await abandoned()
  for (const steps of [2, 3, 4]) {
    const page = await openDocument()
    const keeper = page.api.createRunKeeper({ database })
    const stopped = new Promise<void>((resolve) => {
      const agent: ResumingAgent = {
        async resume(_, taken) {
          expect(taken.trajectory.steps).toHaveLength(steps - 1)
          await keeper.keep(checkpoint(id, { steps, state: 'acting' }))
          resolve()
          return new Promise<Trajectory>(() => {})
        },
      }
      void page.api.resumeRun(agent, environment, { place })
    })
    await stopped
    page.leave()
  }
  expect(await rows(database)).toMatchObject([{ resumes: 3 }])
  const { agent, resumed } = finisher()
  expect(await resumeRun(agent, environment, { place, maxResumes: 3 })).toMatchObject({
    status: 'interrupted',
    reason: expect.stringMatching(/3 times/) as string,
  })
  expect(resumed).toEqual([])
})

test.each([
  ['kept too long ago', { savedAt: Date.now() - 600_100 }, {}, /away for too long/],
  ['kept in the future', { savedAt: Date.now() + 700_000 }, {}, /away for too long/],
  ['taken up too often', { resumes: 20 }, {}, /20 times/],
  ['of another origin', { checkpoint: checkpoint('x', { origin: 'https://other.example' }) }, {}, /another origin/],
  ['that the page wants to end', {}, { decide: 'end' as const }, /page ended the run/],
  ['that had ended', { checkpoint: checkpoint('x', { state: 'ended' }) }, {}, /had ended already/],
])('a run %s is interrupted and told with what was done', async (_, change, options, reason) => {
  const id = uniqueName('run')
  const moved =
    'checkpoint' in change && change.checkpoint
      ? { checkpoint: { ...change.checkpoint, trajectory: { ...change.checkpoint.trajectory, id } }, id }
      : change
  const { place, database, row } = await abandoned(moved)
  sessionStorage.setItem('reprise-run', row.id)
  const { agent, resumed } = finisher()
  expect(await resumeRun(agent, environment, { place, ...options })).toEqual({
    status: 'interrupted',
    reason: expect.stringMatching(reason) as string,
    trajectory: row.checkpoint.trajectory,
  })
  expect(resumed).toEqual([])
  expect(await rows(database)).toEqual([])
  expect(mark()).toBeNull()
  expect(await isHeld(row.id)).toBe(false)
  expect(await resumeRun(agent, environment, { place })).toBeUndefined()
})

test('a run of which nothing can be read is interrupted, too', async () => {
  const { place, database, id } = await abandoned()
  await putRow(database, { id, savedAt: Date.now(), checkpoint: 'nonsense' })
  const { agent } = finisher()
  expect(await resumeRun(agent, environment, { place })).toEqual({
    status: 'interrupted',
    reason: 'What was kept of the run is gone, or was damaged.',
  })
  expect(await rows(database)).toEqual([])
  sessionStorage.setItem('reprise-run', 'nobody')
  expect(await resumeRun(agent, environment, { place })).toMatchObject({ status: 'interrupted' })
  sessionStorage.setItem('reprise-run', '__proto__')
  const open = () => {
    throw new DOMException('denied', 'SecurityError')
  }
  const broken = { ...place, indexedDB: { open } as unknown as IDBFactory }
  expect(await resumeRun(agent, environment, { place: broken })).toMatchObject({
    status: 'interrupted',
    reason: expect.stringMatching(/IndexedDB/) as string,
  })
  expect(mark()).toBeNull()
})

test('a duplicated tab leaves the run to the tab that has it', async () => {
  const { id, place, database, row } = await abandoned()
  let free: (value?: unknown) => void = () => {}
  await heldElsewhere(id, new Promise((resolve) => (free = resolve)))
  const { agent, resumed } = finisher()
  expect(await resumeRun(agent, environment, { place, waitMs: 50 })).toEqual({
    status: 'interrupted',
    reason: 'The run goes on in another tab.',
    trajectory: row.checkpoint.trajectory,
  })
  expect(resumed).toEqual([])
  expect(await rows(database)).toEqual([row])
  expect(await isHeld(id)).toBe(true)
  expect(mark()).toBeNull()
  free()
})

test('a page that is still on its way out is waited for', async () => {
  const { id, place } = await abandoned()
  await heldElsewhere(id, new Promise((resolve) => setTimeout(resolve, 200)))
  const { agent } = finisher()
  expect(await resumeRun(agent, environment, { place })).toMatchObject({ status: 'continued' })
})

test('two calls in one page take a run up once, and none disturbs a run that this page is in the middle of', async () => {
  const { id, place, database } = await abandoned()
  const { agent, resumed } = finisher()
  const results = await Promise.all([resumeRun(agent, environment, { place }), resumeRun(agent, environment, { place })])
  expect(results).toEqual([expect.objectContaining({ status: 'continued' }), undefined])
  expect(resumed).toHaveLength(1)
  const keeper = createRunKeeper({ database })
  await keeper.keep(checkpoint(id))
  expect(await resumeRun(agent, environment, { place })).toBeUndefined()
  expect(await rows(database)).toHaveLength(1)
  expect(mark()).toBe(id)
  await keeper.release()
})

test('an agent that fails has ended the run; one that fails because the page is being left has not', async () => {
  for (const left of [false, true]) {
    const { id, place, database } = await abandoned()
    const { agent } = finisher(() => {
      if (left) dispatchEvent(new PageTransitionEvent('pagehide'))
      return Promise.reject(new Error('the model broke'))
    })
    await expect(resumeRun(agent, environment, { place })).rejects.toThrow('the model broke')
    expect(await rows(database)).toHaveLength(left ? 1 : 0)
    expect(mark()).toBe(left ? id : null)
    expect(await isHeld(id)).toBe(false)
  }
})

test('an abort while the other page is waited for leaves the run for later', async () => {
  const { id, place, database } = await abandoned()
  await heldElsewhere(id, new Promise((resolve) => setTimeout(resolve, 300)))
  const controller = new AbortController()
  const { agent } = finisher()
  const waiting = resumeRun(agent, environment, { place, signal: controller.signal })
  controller.abort()
  await expect(waiting).rejects.toMatchObject({ code: 'aborted' })
  expect(await rows(database)).toHaveLength(1)
  expect(mark()).toBe(id)
  expect(await resumeRun(agent, environment, { place })).toMatchObject({ status: 'continued' })
})

test('what cannot resume is told before anything is touched', async () => {
  const { place, database } = await abandoned()
  const { agent } = finisher()
  await expect(resumeRun(agent, scriptedEnvironment([]), { place })).rejects.toMatchObject({ code: 'invalid-options' })
  await expect(resumeRun(agent, environment, { place, maxResumes: -1 })).rejects.toMatchObject({ code: 'invalid-options' })
  expect(await rows(database)).toHaveLength(1)
})

test('an episode of a real agent goes on in the next document, learns, and is gone from the database', async () => {
  const database = uniqueName()
  const leaving = new AbortController()
  const world = (keep: (state: Checkpoint) => Promise<void>): Environment => ({
    ...scriptedEnvironment(() => ({ observation: 'outside', done: true, success: true }), { observation: 'a room' }),
    checkpoint: keep,
    resume: () => 'the room again',
  })
  const memory = spyMemory()
  const page = await openDocument()
  const first = page.api.createRunKeeper({ database })
  const kept = new Promise<void>((resolve) => {
    const keep = async (state: Checkpoint): Promise<void> => {
      if (state.state === 'ended') return // its page is gone by then
      await first.keep(state)
      if (state.state === 'acting') return (resolve(), new Promise(() => {}))
    }
    const agent = createAgent({ model: scriptedModel(answers), memory })
    agent.train(world(keep), 'Get out', { signal: leaving.signal }).catch(() => {})
  })
  await kept
  page.leave()
  leaving.abort()
  const keeper = createRunKeeper({ database })
  const agent = createAgent({ model: scriptedModel(['thought 2', 'action 2']), memory })
  const resumed = await resumeRun(
    agent,
    world((state) => keeper.keep(state)),
    { place: { database } },
  )
  expect(resumed).toMatchObject({
    status: 'continued',
    trajectory: {
      success: true,
      outcome: 'outside',
      steps: [{ action: 'action 1' }, { observation: 'the room again', action: 'action 2' }],
    },
  })
  expect(await rows(database)).toEqual([])
  expect(mark()).toBeNull()
})
