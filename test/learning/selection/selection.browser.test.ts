/** Selection as a page runs it: real workers, real IndexedDB, the embedded text world, and agents that learn from their exemplars. */
import { openDB } from 'idb'
import { expect, test } from 'vitest'
import type { Decision, Policy, Situation } from '../../../src/core/policy.ts'
import { createTextWorld } from '../../../src/embedded/index.ts'
import { createAgent, deleteMemory, hashEmbedder, openMemory, type OpenMemory } from '../../../src/index.ts'
import {
  discardSelection,
  formatTable,
  indexedDbState,
  selectDatabase,
  selectExemplars,
  type SelectDatabaseOptions,
  type SelectionEvent,
} from '../../../src/presets/learning.ts'
import { seededRandom } from '../../support/random.ts'
import { inspect } from '../../../src/security/untrusted.ts'

type Options = SelectDatabaseOptions<OpenMemory>

const embedder = hashEmbedder({ dimensions: 64 })
const world = createTextWorld({ seed: 5, families: ['desk'], keys: 4, first: 4, second: 3 })
const goals = world.goals(10, { seed: 1 })
const databases = { open: (name: string): Promise<OpenMemory> => openMemory({ name, embedder, persist: false }), delete: deleteMemory }

/** Does what an exemplar did where that can be done now, and else what chance says. */
function imitator(seed: number): Policy {
  const random = seededRandom(seed)
  const decision = (text: string, { exemplars }: Situation): Decision => ({
    text,
    model: 'imitator',
    usage: { inputTokens: 0, outputTokens: 0 },
    shown: inspect(exemplars).map(({ trajectoryId }) => trajectoryId),
  })
  return {
    plan: async (situation) => decision(`see ${situation.goal}`, situation),
    reason: async (situation) => decision(`think of ${inspect(situation.observation)}`, situation),
    act: async (situation) => {
      const options = Array.isArray(situation.actions) ? (situation.actions as string[]) : []
      const tried = inspect(situation.history).map(({ action }) => action)
      const known = inspect(situation.exemplars).flatMap(({ steps }) => steps.map(({ action }) => action))
      const untried = options.filter((action) => !tried.includes(action))
      const chosen = known.find((action) => untried.includes(action)) ?? untried[Math.floor(random() * untried.length)]
      return decision(chosen ?? 'wait', situation)
    },
  }
}

function optionsFor(name: string, given: Partial<Options> = {}): Options {
  let agents = 0
  return {
    name,
    databases,
    goals,
    size: 3,
    firstSegment: 2,
    concurrency: 2,
    createAgent: (memory: OpenMemory) => createAgent({ memory, policy: imitator(++agents), maxSteps: 5 }),
    createEnvironment: () => world.environment({ seed: 1, taskId: (goal) => goal }),
    ...given,
  } as Options
}

test('databases are selected, the progress survives an abort, and the best exemplars make a new memory', async () => {
  const tasks: string[] = []
  const controller = new AbortController()
  const book = (event: SelectionEvent): void => {
    if (event.type === 'task') tasks.push(`${event.member}:${event.index}`)
    if (tasks.length === 14) controller.abort()
  }
  await expect(selectDatabase(optionsFor('tabs', { signal: controller.signal, onEvent: book }))).rejects.toMatchObject({ code: 'aborted' })
  const events: SelectionEvent[] = []
  const onEvent = (event: SelectionEvent): void => {
    book(event)
    events.push(event)
  }
  const { best, databases: names, table } = await selectDatabase(optionsFor('tabs', { onEvent }))
  expect(events[0]).toMatchObject({ type: 'resumed', done: expect.any(Number), total: 3 * goals.length })
  expect(tasks.toSorted()).toEqual([0, 1, 2].flatMap((member) => goals.map((_, index) => `${member}:${index}`)).toSorted())
  expect(table.map(({ tasks: count }) => count)).toEqual([2, 2, 2, 4, 4, 4, 4, 4, 4])
  expect(table.some(({ replacedBy }) => replacedBy)).toBe(true)
  expect(names).toContain(best)

  const present = (await indexedDB.databases()).map(({ name = '' }) => name).filter((name) => name.startsWith('reprise/tabs/'))
  expect(present.toSorted()).toEqual(names.map((name) => `reprise/${name}`).toSorted())
  const target = await databases.open('tabs-best')
  const chosen = await selectExemplars({ names, databases, target })
  expect(chosen.table.length).toBeGreaterThan(goals.length / 3)
  expect(await target.count()).toBe(chosen.table.length)
  expect((await target.list({ limit: 1000 })).items.map(({ trajectory: { id } }) => id).toSorted()).toEqual(
    chosen.table.map(({ trajectory: id }) => id).toSorted(),
  )
  expect(formatTable(chosen.table).split('\n')).toHaveLength(chosen.table.length + 3)

  await discardSelection({ name: 'tabs', databases })
  expect(await indexedDbState('tabs').load()).toBeUndefined()
  expect((await indexedDB.databases()).some(({ name }) => name?.startsWith('reprise/tabs/'))).toBe(false)
  await target.close()
  await deleteMemory('tabs-best')
})

test('a selection that runs already is not begun a second time', async () => {
  const controller = new AbortController()
  let second: Promise<unknown> = Promise.resolve()
  const run = async (): Promise<{ success: boolean }> => {
    second = selectDatabase(optionsFor('twice')).catch((error: unknown) => error)
    await second
    controller.abort()
    return { success: true }
  }
  const given = { name: 'twice', databases, goals, size: 1, signal: controller.signal, run }
  await expect(selectDatabase(given)).rejects.toMatchObject({ code: 'aborted' })
  expect(await second).toMatchObject({ code: 'memory-blocked' })
  await discardSelection({ name: 'twice', databases })
})

test('progress in IndexedDB is one record under the name, replaced as a whole and forgotten with null', async () => {
  const state = indexedDbState('one')
  expect(await state.load()).toBeUndefined()
  await state.save({ a: 1 })
  await state.save({ b: [2] })
  await indexedDbState('two').save('other')
  expect(await indexedDbState('one').load()).toEqual({ b: [2] })
  await state.save(null)
  const database = await openDB('reprise-selection')
  const keys = await database.getAllKeys('progress')
  database.close()
  expect(keys).toContain('two')
  expect(keys).not.toContain('one')
  await indexedDbState('two').save(null)
  expect(await indexedDbState('two').load()).toBeUndefined()
})

test('where the database of the progress cannot be opened, that is said', async () => {
  const newer = await openDB('reprise-selection', 9)
  newer.close()
  await expect(indexedDbState('one').load()).rejects.toMatchObject({ code: 'memory-blocked' })
  await new Promise((resolve) => (indexedDB.deleteDatabase('reprise-selection').onsuccess = resolve))
})
