import { expect, test } from 'vitest'
import { RepriseError } from '../../../src/core/errors.ts'
import type { JsonValue } from '../../../src/core/json.ts'
import type { MemoryEngine } from '../../../src/memory/memory-engine.ts'
import { discardSelection } from '../../../src/learning/selection/discard-selection.ts'
import { selectDatabase } from '../../../src/learning/selection/select-database.ts'
import type { SelectionEvent } from '../../../src/learning/selection/selection-events.ts'
import type { SelectDatabaseOptions } from '../../../src/learning/selection/selection-options.ts'
import { memoryState } from '../../../src/learning/selection/state-stores.ts'
import { scriptedEnvironment, scriptedModel } from '../../../src/testing/index.ts'
import { createAgent } from '../../../src/agent/create-agent.ts'
import { memoryShelf } from '../../support/memory-shelf.ts'
import { trajectory } from '../../support/trajectories.ts'

type Options = SelectDatabaseOptions<MemoryEngine>

const GOALS = ['a', 'b', 'c']
const always = async (): Promise<{ success: boolean }> => ({ success: true })
const options = (given: Partial<Options> = {}): Options =>
  ({
    name: 'test',
    goals: GOALS,
    size: 2,
    firstSegment: 1,
    databases: memoryShelf(),
    state: memoryState(),
    run: always,
    ...given,
  }) as Options

test('with an agent and an environment for each goal, episodes are trained and stored', async () => {
  const databases = memoryShelf()
  const environments: string[] = []
  const { best, table } = await selectDatabase({
    name: 'test',
    goals: GOALS,
    size: 2,
    firstSegment: 1,
    databases,
    state: memoryState(),
    createAgent: (memory) => createAgent({ memory, model: scriptedModel(() => 'go'), maxSteps: 2 }),
    createEnvironment: (goal, { member, index }) => {
      environments.push(`${member}:${index}:${goal}`)
      return scriptedEnvironment([{ observation: 'there', done: true, success: goal !== 'b' }])
    },
  })
  expect(environments.toSorted()).toEqual(['0:0:a', '0:1:b', '0:2:c', '1:0:a', '1:1:b', '1:2:c'])
  expect(table.map(({ rate }) => rate)).toEqual([1, 1, 0.5, 0.5])
  const memory = await databases.open(best)
  expect((await memory.list({ status: 'active' })).items.map(({ trajectory: { goal } }) => goal).toSorted()).toEqual(['a', 'c'])
})

test.each(['environment-failed', 'model-output'] as const)(
  'a task that breaks with %s counts as no success, and the others go on',
  async (code) => {
    const events: SelectionEvent[] = []
    const run: NonNullable<Options['run']> = async (_memory, goal) => {
      if (goal === 'b') throw new RepriseError(code, 'broke')
      return { success: true }
    }
    const { table } = await selectDatabase(options({ run, onEvent: (event) => events.push(event) }))
    expect(table.map(({ tasks, successes, errors }) => [tasks, successes, errors])).toEqual([
      [1, 1, 0],
      [1, 1, 0],
      [2, 1, 1],
      [2, 1, 1],
    ])
    expect(events.filter((event) => event.type === 'task' && event.error?.code === code)).toHaveLength(2)
  },
)

test('an environment that cannot be made is a fault of its task alone', async () => {
  const { table } = await selectDatabase({
    name: 'test',
    goals: GOALS,
    size: 1,
    databases: memoryShelf(),
    state: memoryState(),
    createAgent: (memory) => createAgent({ memory, model: scriptedModel(() => 'go') }),
    createEnvironment: () => {
      throw new Error('no such place')
    },
  })
  expect(table.map(({ tasks, errors }) => [tasks, errors])).toEqual([[3, 3]])
})

test('what would break every task ends the selection with its error, books nothing for it, and is made up for by the next call', async () => {
  const state = memoryState()
  const databases = memoryShelf()
  const runs: string[] = []
  let down = true
  const run: NonNullable<Options['run']> = async (_memory, goal, { member }) => {
    if (goal === 'b' && down) throw new RepriseError('model-unavailable', 'no network')
    runs.push(`${member}${goal}`)
    return { success: true }
  }
  await expect(selectDatabase(options({ state, databases, run }))).rejects.toMatchObject({ code: 'model-unavailable' })
  down = false
  const { table } = await selectDatabase(options({ state, databases, run }))
  expect(runs).toEqual(['0a', '1a', '0b', '0c', '1b', '1c'])
  expect(table.every(({ rate }) => rate === 1)).toBe(true)
})

test('when one database fails, the tasks of the others are told to stop and waited for', async () => {
  const ended: string[] = []
  const run: NonNullable<Options['run']> = async (_memory, _goal, { member, signal }) => {
    if (member === 0) throw new RepriseError('model-unavailable', 'no network')
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    ended.push(`member ${member}`)
    throw signal.reason
  }
  await expect(selectDatabase(options({ concurrency: 2, run }))).rejects.toMatchObject({ code: 'model-unavailable' })
  expect(ended).toEqual(['member 1'])
})

test('a task that had finished when the signal fired is booked', async () => {
  const controller = new AbortController()
  const state = memoryState()
  const databases = memoryShelf()
  const goals: string[] = []
  const run: NonNullable<Options['run']> = async (_memory, goal) => {
    goals.push(goal)
    controller.abort()
    return { success: true }
  }
  await expect(selectDatabase(options({ size: 1, state, databases, run, signal: controller.signal }))).rejects.toMatchObject({
    code: 'aborted',
  })
  await selectDatabase(options({ size: 1, state, databases, run }))
  expect(goals).toEqual(GOALS)
})

test('a task that never hears of the abort is left behind', async () => {
  const controller = new AbortController()
  const run = (): Promise<never> => {
    controller.abort()
    return new Promise(() => {})
  }
  await expect(selectDatabase(options({ run, signal: controller.signal }))).rejects.toMatchObject({ code: 'aborted' })
})

test('a memory that opens only after the abort is closed', async () => {
  const controller = new AbortController()
  const shelf = memoryShelf()
  let close: () => void = () => {}
  const closed = new Promise<void>((resolve) => (close = resolve))
  const databases = {
    ...shelf,
    open: async (name: string) => {
      controller.abort()
      await new Promise((resolve) => setTimeout(resolve))
      const memory = await shelf.open(name)
      return { ...memory, close: () => memory.close().then(close) }
    },
  }
  await expect(selectDatabase(options({ databases, signal: controller.signal }))).rejects.toMatchObject({ code: 'aborted' })
  await closed
})

test.each<[Partial<Options>, RegExp]>([
  [{ goals: ['a', 'c', 'b'] }, /begun with other options: its goals were others/],
  [{ goals: ['a', 'b'] }, /it had 3 goals, not 2/],
  [{ size: 4 }, /size was 2, not 4/],
  [{ firstSegment: 2 }, /firstSegment was 1, not 2/],
  [{ seed: { fork: async () => {} } }, /begun without a seed/],
])('other options under the same name are refused: %j', async (change, message) => {
  const state = memoryState()
  const databases = memoryShelf()
  await selectDatabase(options({ state, databases }))
  const before = await state.load()
  const again = selectDatabase(options({ state, databases, run: () => Promise.reject(new Error('ran')), ...change } as Partial<Options>))
  await expect(again).rejects.toMatchObject({ code: 'invalid-options', message: expect.stringMatching(message) as string })
  expect(await state.load()).toEqual(before)
})

test('a finished selection tells its result again, and runs and opens nothing', async () => {
  const state = memoryState()
  const result = await selectDatabase(options({ state }))
  const refuse = (): never => {
    throw new Error('touched')
  }
  expect(await selectDatabase(options({ state, run: refuse, databases: { open: refuse, delete: refuse } }))).toEqual(result)
})

test('a database that holds something of another origin is never trained, copied over or deleted', async () => {
  const databases = memoryShelf()
  await (await databases.open('test/1')).add(trajectory({ id: 'mine' }))
  await expect(selectDatabase(options({ databases }))).rejects.toMatchObject({
    code: 'invalid-options',
    message: /"test\/1" with 1 traject/,
  })
  expect(await databases.ids('test/1')).toEqual(['mine'])

  const later = memoryShelf()
  await (await later.open('test/1.1')).add(trajectory({ id: 'mine' }))
  const run: NonNullable<Options['run']> = async (_memory, _goal, { member }) => ({ success: member === 0 })
  const state = memoryState()
  await expect(selectDatabase(options({ databases: later, run, state }))).rejects.toMatchObject({ message: /"test\/1\.1" with 1 traject/ })
  expect(await later.ids('test/1.1')).toEqual(['mine'])
  await later.delete('test/1.1')
  expect((await selectDatabase(options({ databases: later, run, state }))).databases).toEqual(['test/0', 'test/1.1'])
})

test.each<[JsonValue, string]>([
  ['text', 'memory-corrupt'],
  [{ format: 'reprise-selection', version: 2 }, 'memory-corrupt'],
])('progress that cannot be read is refused and left alone: %j', async (value, code) => {
  const state = memoryState(value)
  await expect(selectDatabase(options({ state }))).rejects.toMatchObject({ code })
  expect(await state.load()).toEqual(value)
})

test('the state of another selection is refused', async () => {
  const state = memoryState()
  await selectDatabase(options({ state }))
  await expect(selectDatabase(options({ state, name: 'other' }))).rejects.toMatchObject({
    code: 'invalid-options',
    message: /"test", not of "other"/,
  })
})

test.each<[Record<string, unknown>, RegExp]>([
  [{ goals: [] }, /goals/],
  [{ size: 0 }, /size/],
  [{ firstSegment: 1.5 }, /firstSegment/],
  [{ name: '' }, /name/],
  [{ databases: { open: () => {} } }, /databases must be an object with open, delete/],
  [{ run: undefined }, /give either run/],
  [{ createAgent: () => {} }, /give either run/],
  [{ firstSegmant: 3 }, /unknown fields: firstSegmant/],
])('wrong options are refused by name: %j', async (given, message) => {
  await expect(selectDatabase(options(given as Partial<Options>))).rejects.toMatchObject({ code: 'invalid-options', message })
})

test('a run that does not say whether it succeeded is refused', async () => {
  await expect(selectDatabase(options({ run: (async () => ({})) as never }))).rejects.toMatchObject({
    code: 'invalid-options',
    message: /success/,
  })
})

test('an unfinished selection can be discarded: its databases are deleted but for those to keep, and the name is free again', async () => {
  const databases = memoryShelf()
  const state = memoryState()
  const run: NonNullable<Options['run']> = async (memory, goal, { member, index }) => {
    if (goal === 'c') throw new RepriseError('model-unavailable', 'no network')
    await memory.add(trajectory({ id: `${member}:${index}` }))
    return { success: member === 0 }
  }
  await expect(selectDatabase(options({ databases, state, run }))).rejects.toMatchObject({ code: 'model-unavailable' })
  expect(await databases.names()).toEqual(['test/0', 'test/1.1'])
  await discardSelection({ name: 'test', databases, state, keep: ['test/0'] })
  expect(await databases.names()).toEqual(['test/0'])
  await discardSelection({ name: 'test', databases, state })
  await databases.delete('test/0')
  expect((await selectDatabase(options({ databases, state }))).databases).toEqual(['test/0', 'test/1'])
})
