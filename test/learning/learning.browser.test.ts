/**
 * The main job, end to end: real model, real memory worker, real IndexedDB. In several worlds an agent with an empty memory
 * trains on 60 goals; the memory is closed and opened again; then fresh goals are run with it and without.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAgent, hashEmbedder, openMemory, type Agent, type OpenMemory } from '../../src/index.ts'
import {
  createTextWorld,
  deriveSeed,
  embeddedModel,
  simulateExplorer,
  simulateIdeal,
  TEXT_WORLD_STEPS,
  type EmbeddedModel,
  type TextWorld,
} from '../../src/presets/embedded.ts'
import { shareOf, show } from './statistics.ts'

const WORLDS = [11, 12, 13, 14]
const GOALS = 60
const FRESH = 20

interface Result {
  learned: boolean[]
  withMemory: boolean[]
  without: boolean[]
  explorer: boolean[]
  ideal: boolean[]
  idealFresh: boolean[]
}

const results: Result[] = []
let model: EmbeddedModel

const successes = (attempts: readonly { success: boolean }[]): boolean[] => attempts.map(({ success }) => success)

async function run(
  agent: Agent,
  world: TextWorld,
  goals: readonly string[],
  { seed, learn }: { seed: number; learn: boolean },
): Promise<boolean[]> {
  const outcomes: boolean[] = []
  for (const [i, goal] of goals.entries()) {
    const environment = world.environment({ seed: deriveSeed(seed, i) })
    outcomes.push((await agent[learn ? 'train' : 'run'](environment, goal)).success)
  }
  return outcomes
}

async function inWorld(seed: number): Promise<Result> {
  const world = createTextWorld({ seed })
  const open = (): Promise<OpenMemory> => openMemory({ name: `learning-${seed}`, embedder: hashEmbedder() })
  const agentWith = (memory: OpenMemory, k: number): Agent => createAgent({ model, memory, k, maxSteps: TEXT_WORLD_STEPS })
  const goals = world.goals(GOALS, { seed: deriveSeed(seed, 1) })
  const fresh = world.goals(FRESH, { seed: deriveSeed(seed, 2) })

  const first = await open()
  await first.clear()
  const learned = await run(agentWith(first, 4), world, goals, { seed, learn: true })
  const stored = await first.count()
  await first.close()

  const again = await open()
  expect(await again.count()).toBe(stored)
  expect(stored).toBe(learned.filter(Boolean).length)
  const known = (await again.list({ limit: 1000 })).items.map(({ trajectory }) => trajectory)
  const withMemory = await run(agentWith(again, 4), world, fresh, { seed: seed + 1, learn: false })
  const without = await run(agentWith(again, 0), world, fresh, { seed: seed + 1, learn: false })
  expect(await again.count()).toBe(stored)
  await again.clear()
  await again.close()

  return {
    learned,
    withMemory,
    without,
    explorer: successes(simulateExplorer(world, fresh, { seed })),
    ideal: successes(simulateIdeal(world, goals, { seed })),
    idealFresh: successes(simulateIdeal(world, fresh, { seed, known, learn: false })),
  }
}

beforeAll(async () => {
  model = embeddedModel({ seed: 7 })
  for (const seed of WORLDS) results.push(await inWorld(seed))
}, 600_000)

afterAll(() => {
  const all = (pick: (result: Result) => boolean[]): ReturnType<typeof shareOf> => shareOf(results.flatMap(pick))
  console.log(
    [
      `Text world 6×5 options, ${WORLDS.length} worlds, ${GOALS} goals each, k = 4, temperature 0.7; success within ${TEXT_WORLD_STEPS} steps, Wilson 95 %`,
      `  per ten goals           ${[0, 10, 20, 30, 40, 50].map((at) => all(({ learned }) => learned.slice(at, at + 10)).percent.toFixed(1)).join(', ')}   (first weights' own figures: 39, 61.5, 68.5, 70.5, 83.5, 90.5)`,
      `  first 10 goals          ${show(all(({ learned }) => learned.slice(0, 10)))}`,
      `  last 20 goals           ${show(all(({ learned }) => learned.slice(-20)))}`,
      `  ideal, last 20 goals    ${show(all(({ ideal }) => ideal.slice(-20)))}`,
      `  fresh goals, memory     ${show(all(({ withMemory }) => withMemory))}`,
      `  fresh goals, no memory  ${show(all(({ without }) => without))}`,
      `  uniform explorer        ${show(all(({ explorer }) => explorer))}`,
      `  ideal with these rules  ${show(all(({ idealFresh }) => idealFresh))}`,
    ].join('\n'),
  )
  model.close()
})

test('an agent with an empty memory gets better within 60 goals', () => {
  const early = shareOf(results.flatMap(({ learned }) => learned.slice(0, 10)))
  const late = shareOf(results.flatMap(({ learned }) => learned.slice(-20)))
  expect(late.low).toBeGreaterThan(early.high)
})

test('after reopening the memory, fresh goals succeed with it and not without it', () => {
  const withMemory = shareOf(results.flatMap((result) => result.withMemory))
  const without = shareOf(results.flatMap((result) => result.without))
  expect(withMemory.low).toBeGreaterThan(without.high)
})

test('without memory the model does no better than an explorer, and with it no better than one that knows the stored rules', () => {
  const share = (pick: (result: Result) => boolean[]): ReturnType<typeof shareOf> => shareOf(results.flatMap(pick))
  expect(share(({ without }) => without).low).toBeLessThan(share(({ explorer }) => explorer).high)
  expect(share(({ withMemory }) => withMemory).low).toBeLessThan(share(({ idealFresh }) => idealFresh).high)
})
