/** What the agent is shown at each decision, in both modes, is what a brute-force search by the same rules finds. */
import { expect, test } from 'vitest'
import { createAgent } from '../../src/agent/create-agent.ts'
import type { AgentEvent } from '../../src/core/events.ts'
import type { MemoryQuery } from '../../src/core/memory.ts'
import type { Trajectory } from '../../src/core/trajectory.ts'
import { createMemoryEngine } from '../../src/memory/memory-engine.ts'
import { openMemoryStore } from '../../src/memory/store/memory-store.ts'
import { scriptedEnvironment, scriptedModel } from '../../src/testing/index.ts'
import { bruteForce } from '../memory/retriever.oracle.ts'
import { createRandom } from '../../src/embedded/random.ts'
import { seededEmbedder } from '../support/seeded-embedder.ts'
import { step, trajectory } from '../support/trajectories.ts'

const random = createRandom(5)
const WORDS = ['red', 'blue', 'box', 'door', 'key', 'lamp']
const phrase = (): string => `${random.pick(WORDS)} ${random.pick(WORDS)}`

const trajectories: Trajectory[] = Array.from({ length: 80 }, (_, i) =>
  trajectory({
    id: `id-${i}`,
    goal: phrase(),
    plan: phrase(),
    steps: Array.from({ length: i % 8 }, (_one, at) => step(phrase(), phrase(), `act ${at}`)),
    createdAt: `2026-01-01T00:00:${String(i % 60).padStart(2, '0')}Z`,
    success: i % 9 !== 0,
    taskId: `task ${i % 5}`,
  }),
)

test.each(['per-decision', 'per-step'] as const)('%s', async (retrieval) => {
  const embedder = seededEmbedder(8)
  const memory = await createMemoryEngine({ store: openMemoryStore(), embedder, index: 'exact' })
  for (const one of trajectories) await memory.add(one)
  const environment = scriptedEnvironment(['blue key', 'red lamp', { observation: 'end', done: true }], {
    observation: 'red door',
    taskId: () => 'task 2',
  })
  const events: AgentEvent[] = []
  const agent = createAgent({
    model: scriptedModel(() => phrase()),
    memory,
    k: 4,
    window: 2,
    retrieval,
    onEvent: (event) => events.push(event),
  })
  const { goal, plan, steps } = await agent.run(environment, 'blue box')

  const perStep = steps.flatMap(({ observation, reasoning }): MemoryQuery[] => {
    const first = { goal, plan, observation }
    return retrieval === 'per-step' ? [first] : [first, { goal, plan, reasoning }]
  })
  const texts = [
    goal,
    plan,
    ...steps.flatMap((s) => [s.observation, s.reasoning]),
    ...trajectories.flatMap((t) => [t.goal, t.plan, ...t.steps.flatMap((s) => [s.observation, s.reasoning])]),
  ]
  const vectors = await embedder.embed(texts)
  const vectorOf = (text: string): Float32Array => vectors[texts.indexOf(text)] as Float32Array
  const expected = [{ goal }, ...perStep].map((query) =>
    bruteForce(trajectories, vectorOf, { query, k: 4, window: 2, excludeTask: 'task 2' }),
  )
  expect(events.flatMap((event) => (event.type === 'retrieved' ? [event.exemplars] : []))).toEqual(expected)
  expect(expected.every((exemplars) => exemplars.length === 4)).toBe(true)
})
