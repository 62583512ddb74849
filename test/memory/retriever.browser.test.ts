import { expect, test } from 'vitest'
import type { Exemplar, Trajectory } from '../../src/core/trajectory.ts'
import { createMemoryEngine } from '../../src/memory/memory-engine.ts'
import { openMemoryStore } from '../../src/memory/store/memory-store.ts'
import { randomUnitVector, seededRandom } from '../support/random.ts'
import { seededEmbedder } from '../support/seeded-embedder.ts'
import { step, trajectory } from '../support/trajectories.ts'
import { bruteForce } from './retriever.oracle.ts'

const COUNT = 1_500
const QUERIES = 60

/** Of the crowds' goals the first word is shared, and half of each vector with it: hundreds stand before all others. */
test.each([
  ['of no page', 40, () => undefined],
  ['in crowds of one source each', 5, (word: number) => (word < 4 ? `page ${word}` : undefined)],
])('of trajectories %s at least 99 in 100 exemplars that the graph finds are those of a brute-force search', async (_, count, sourceOf) => {
  const embedder = seededEmbedder(32)
  const memory = await createMemoryEngine({ store: openMemoryStore(), embedder, index: 'hnsw' })
  const random = seededRandom(11)
  const words = Array.from({ length: count }, (_word, i) => `word${i}`)
  const sentence = (): string => `${words[Math.floor(random() * count)] as string} ${Math.floor(random() * 1e6)}`
  const trajectories = Array.from({ length: COUNT }, (_one, i): Trajectory => {
    const goal = sentence()
    const source = sourceOf(Number(goal.slice(4, goal.indexOf(' '))))
    return trajectory({
      id: `${i}`,
      goal,
      provenance: { origin: '', model: '', rewardSource: 'user', pageText: source !== undefined, ...(source && { source }) },
      plan: sentence(),
      steps: [0, 1, 2, 3].map(() => step(sentence(), sentence())),
      taskId: `t${i % 20}`,
    })
  })
  for (const one of trajectories) await memory.add(one)
  for (let i = 0; i < COUNT; i += 10) await memory.delete(`${i}`)
  await memory.settled()
  expect((await memory.stats()).index.kind).toBe('hnsw')

  const left = trajectories.filter((_one, i) => i % 10 !== 0)
  const texts = new Map<string, Float32Array>()
  const learn = async (all: string[]): Promise<void> => {
    const vectors = await embedder.embed(all)
    all.forEach((text, i) => texts.set(text, vectors[i] as Float32Array))
  }
  for (const { goal, plan, steps } of left) await learn([goal, plan, ...steps.flatMap((s) => [s.observation, s.reasoning])])
  let [equal, all] = [0, 0]
  for (let i = 0; i < QUERIES; i++) {
    const [goal, plan, key] = [sentence(), sentence(), sentence()]
    await learn([goal, plan, key])
    for (const query of [{ goal }, { goal, plan, observation: key }, { goal, plan, reasoning: key }]) {
      const options = { k: 6, window: 1, excludeTask: `t${i % 20}` }
      const found = await memory.retrieve(query, options)
      const truth = bruteForce(left, (text) => texts.get(text) ?? randomUnitVector(random, 32), { query, ...options })
      expect(found).toHaveLength(6)
      all += truth.length
      equal += truth.filter((exemplar) => found.some((one) => same(one, exemplar))).length
    }
  }
  console.log(`hnsw: ${equal} of ${all} exemplars as by brute force (${((100 * equal) / all).toFixed(2)} %)`)
  expect(equal / all).toBeGreaterThanOrEqual(0.99)
})

function same(a: Exemplar, b: Exemplar): boolean {
  return a.trajectoryId === b.trajectoryId && a.stepIndex === b.stepIndex && JSON.stringify(a.steps) === JSON.stringify(b.steps)
}
