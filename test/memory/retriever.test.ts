import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { EpisodeRecord } from '../../src/core/memory.ts'
import type { Exemplar, Trajectory } from '../../src/core/trajectory.ts'
import { createMemoryEngine } from '../../src/memory/memory-engine.ts'
import { openMemoryStore } from '../../src/memory/store/memory-store.ts'
import type { TrajectoryStore } from '../../src/memory/store/trajectory-store.ts'
import { seededEmbedder } from '../support/seeded-embedder.ts'
import { step, trajectory } from '../support/trajectories.ts'
import { bruteForce, type OracleQuery } from './retriever.oracle.ts'

const text = fc.constantFrom('red box', 'red door', 'blue box', 'blue door', 'green key', '', 'red', 'a')
const task = fc.constantFrom('t1', 't2', 't3')
const source = fc.constantFrom('page a', 'page a', 'page a', 'page b', '')
const stored = fc.record(
  {
    goal: fc.oneof(
      fc.constantFrom('red box', 'red door', 'blue box', 'green key'),
      fc.nat(60).map((n) => `red ${n}`),
    ),
    plan: text,
    steps: fc.array(fc.tuple(text, text), { maxLength: 9 }),
    day: fc.integer({ min: 1, max: 4 }),
    success: fc.integer({ min: 0, max: 9 }).map((n) => n > 0),
    fate: fc.constantFrom('kept', 'kept', 'kept', 'deleted', 'pruned'),
    taskId: task,
    source,
  },
  { requiredKeys: ['goal', 'plan', 'steps', 'day', 'success', 'fate'] },
)
const request = fc
  .record({
    goal: text,
    plan: fc.option(text, { nil: undefined }),
    stepKey: fc.option(fc.tuple(fc.constantFrom('observation', 'reasoning'), text), { nil: undefined }),
    k: fc.nat(6),
    window: fc.constantFrom(0, 1, 2, 5, Infinity),
    excludeTask: fc.option(task, { nil: undefined }),
  })
  .map(({ goal, plan, stepKey, k, window, excludeTask }): OracleQuery => ({
    query: { goal, ...(plan !== undefined && { plan }), ...(stepKey && { [stepKey[0]]: stepKey[1] }) },
    k,
    window,
    excludeTask,
  }))

test('with the exact index every handle returns what a brute-force search of the active returns: ids, steps, order and scores', async () => {
  const embedder = seededEmbedder(6)
  const texts = new Map<string, Float32Array>()
  const vectorOf = (one: string): Float32Array => texts.get(one) as Float32Array
  const learn = async (all: string[]): Promise<void> => {
    const vectors = await embedder.embed(all)
    all.forEach((one, i) => texts.set(one, vectors[i] as Float32Array))
  }
  await fc.assert(
    fc.asyncProperty(
      fc.array(stored, { maxLength: 300, size: 'max' }),
      fc.array(request, { minLength: 1, maxLength: 8 }),
      async (records, requests) => {
        const store = openMemoryStore()
        const memory = await createMemoryEngine({ store, embedder, index: 'exact' })
        const other = await createMemoryEngine({ store, embedder, index: 'exact' })
        const trajectories = records.map(({ goal, plan, steps, day, success, taskId, source: of }, i): Trajectory =>
          trajectory({
            provenance: provenanceOf(i % 7 === 0 ? 'page a' : of, i % 7 > 0),
            id: `id-${(i * 37) % 307}`,
            goal,
            plan,
            steps: steps.map(([observation, reasoning], at) => step(observation, reasoning, `act ${at}`)),
            createdAt: `2026-01-0${day}T00:00:00Z`,
            success,
            ...(taskId !== undefined && { taskId }),
          }),
        )
        for (const one of trajectories) await memory.add(one)
        const withFate = (fate: string): Trajectory[] => trajectories.filter((_, i) => records[i]?.fate === fate)
        for (const { id } of withFate('deleted')) await memory.delete(id)
        const failed = (id: string): Omit<EpisodeRecord, 'store' | 'curation'> => ({
          trajectory: trajectory({ id, success: false }),
          shown: withFate('pruned').map(({ id }) => ({ trajectoryId: id, phase: 'act' as const, step: 0 })),
        })
        for (let i = 0; i < 3; i++)
          await memory.record({ ...failed(`failed-${i}`), store: false, curation: { threshold: 1, minRetrievals: 1 } })
        const left = withFate('kept')
        await learn(left.flatMap(({ goal, plan, steps }) => [goal, plan, ...steps.flatMap((s) => [s.observation, s.reasoning])]))
        for (const { query, k, window, excludeTask } of requests) {
          await learn(Object.values(query) as string[])
          const expected = bruteForce(left, vectorOf, { query, k, window, excludeTask })
          for (const handle of [memory, other])
            expect(await handle.retrieve(query, { k, window, ...(excludeTask !== undefined && { excludeTask }) })).toEqual(
              expected.map((exemplar) => ({ ...exemplar, ...roughly(exemplar) })),
            )
        }
      },
    ),
    { numRuns: 100 },
  )
})

/** Without a source of its own the text is its origin's. */
function provenanceOf(source: string | undefined, pageText: boolean): Trajectory['provenance'] {
  const provenance = { origin: 'page b', model: '', rewardSource: 'environment', pageText: pageText && source !== undefined } as const
  return source ? { ...provenance, source } : provenance
}

/** Sums may be rounded otherwise. */
function roughly({ score, scores }: Exemplar): object {
  const close = (value: number): unknown => expect.closeTo(value, 6)
  return { score: close(score), scores: Object.fromEntries(Object.entries(scores).map(([field, value]) => [field, close(value)])) }
}

test('many trajectories of one goal do not hide those of another, and the newest of equals comes first', async () => {
  const memory = await createMemoryEngine({ store: openMemoryStore(), embedder: seededEmbedder(), index: 'exact' })
  for (let i = 0; i < 50; i++) {
    const minute = String((i * 7) % 50).padStart(2, '0')
    await memory.add(trajectory({ id: `same-${i}`, goal: 'red box', createdAt: `2026-01-01T00:${minute}:00Z` }))
  }
  await memory.add(trajectory({ id: 'other', goal: 'red door' }))
  const found = await memory.retrieve({ goal: 'red box' }, { k: 3 })
  expect(found.map(({ createdAt }) => createdAt.slice(14, 16))).toEqual(['49', '48', '47'])
})

test('there are k exemplars whenever k trajectories of other tasks exist, however many belong to the excluded one', async () => {
  const memory = await createMemoryEngine({ store: openMemoryStore(), embedder: seededEmbedder(), index: 'exact' })
  for (let i = 0; i < 120; i++) await memory.add(trajectory({ id: `mine-${i}`, goal: `red ${i}`, taskId: 'mine' }))
  for (let i = 0; i < 5; i++) await memory.add(trajectory({ id: `other-${i}`, goal: `blue ${i}`, taskId: `other-${i}` }))
  const found = await memory.retrieve({ goal: 'red 1', plan: 'p', reasoning: 'r' }, { k: 5, excludeTask: 'mine' })
  expect(found.map(({ trajectoryId }) => trajectoryId).toSorted()).toEqual(['other-0', 'other-1', 'other-2', 'other-3', 'other-4'])
})

test('a decision embeds only the texts of its query, in one batch', async () => {
  const embedder = seededEmbedder()
  const memory = await createMemoryEngine({ store: openMemoryStore(), embedder })
  await memory.add(trajectory())
  embedder.calls.length = 0
  await memory.retrieve({ goal: 'g' }, { k: 1 })
  await memory.retrieve({ goal: 'g', plan: 'p', observation: 'o' }, { k: 1 })
  await memory.retrieve({ goal: 'g', plan: 'p', reasoning: 'r' }, { k: 1 })
  await memory.retrieve({ goal: 'g' }, { k: 0 })
  expect(embedder.calls).toEqual([['g'], ['g', 'p', 'o'], ['g', 'p', 'r']])
})

test('what is returned can be changed without changing what comes next', async () => {
  const memory = await createMemoryEngine({ store: openMemoryStore(), embedder: seededEmbedder() })
  await memory.add(trajectory())
  const query = { goal: 'open', plan: 'p', observation: 'a key' }
  const [first] = await memory.retrieve(query, { k: 1 })
  const before = structuredClone(first)
  if (first?.steps[0]) first.steps[0].action = 'changed'
  expect((await memory.retrieve(query, { k: 1 }))[0]).toEqual(before)
})

test.each([
  [{ goal: 'g', observation: 'o', reasoning: 'r' }, { k: 1 }, /not both/],
  [{ goal: 1 }, { k: 1 }, /goal must be a string/],
  [{}, { k: 1 }, /goal/],
  [{ goal: 'g' }, { k: -1 }, /k must be at least 0/],
  [{ goal: 'g' }, { k: 1.5 }, /k must be a whole number/],
  [{ goal: 'g' }, {}, /k/],
  [{ goal: 'g' }, { k: 1, window: -1 }, /window/],
  [{ goal: 'g' }, { k: 1, windows: 2 }, /unknown fields: windows/],
  [{ goal: 'g', obsevation: 'o' }, { k: 1 }, /unknown fields: obsevation/],
])('the query %j with the options %j is refused by name', async (query, options, message) => {
  const memory = await createMemoryEngine({ store: openMemoryStore(), embedder: seededEmbedder() })
  const refused = memory.retrieve(query as never, options as never)
  await expect(refused).rejects.toMatchObject({ code: 'invalid-options' })
  await expect(refused).rejects.toThrow(message)
})

test('an abort while the embedder works rejects at once with aborted', async () => {
  const slow = { ...seededEmbedder(), embed: () => new Promise<never>(() => {}) }
  const store = openMemoryStore()
  await (await createMemoryEngine({ store, embedder: seededEmbedder() })).add(trajectory())
  const memory = await createMemoryEngine({ store, embedder: slow })
  const controller = new AbortController()
  const waiting = memory.retrieve({ goal: 'g' }, { k: 1, signal: controller.signal })
  controller.abort()
  await expect(waiting).rejects.toMatchObject({ code: 'aborted' })
})

test.each([1, 2])('a trajectory that is replaced just before read %i is shown as it is now, and not taken for damaged', async (moment) => {
  const store = openMemoryStore()
  let beforeRead = async (): Promise<void> => {}
  const watched: TrajectoryStore = { ...store, read: (work) => beforeRead().then(() => store.read(work)) }
  const memory = await createMemoryEngine({ store: watched, embedder: seededEmbedder() })
  await memory.add(trajectory({ id: 'a', steps: [step('old'), step('older')] }))
  const replacement = trajectory({ id: 'a', goal: 'another goal', steps: [step('new')] })
  let reads = 0
  beforeRead = async () => {
    if (++reads !== moment) return
    await memory.delete('a')
    await memory.record({ trajectory: replacement, shown: [], store: true, curation: false })
  }
  const [found] = await memory.retrieve({ goal: 'another goal', plan: 'p', observation: 'new' }, { k: 1 })
  expect(found).toMatchObject({ goal: 'another goal', steps: [step('new')], scores: { goal: expect.closeTo(1, 5) as number } })
  expect(await memory.stats()).toMatchObject({ retrievable: 1, corrupt: [] })
})
