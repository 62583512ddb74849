/** The page of the check: rows of fresh worlds, then the learning loop. */
import mjs from '../../node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.asyncify.mjs?url'
import wasm from '../../node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.asyncify.wasm?url'
import weights from '../../src/embedded/model/onnx/model_quantized.onnx?url'
import type { Situation } from '../../src/core/policy.ts'
import type { Exemplar, Step } from '../../src/core/trajectory.ts'
import {
  createRandom,
  createTextWorld,
  deriveSeed,
  embeddedPrompts,
  simulateExplorer,
  simulateIdeal,
  TEXT_WORLD_STEPS,
  type Random,
  type TextWorld,
} from '../../src/embedded/index.ts'
import { createEmbeddedModel } from '../../src/embedded/embedded-model.ts'
import { demonstrate, type Episode } from './expert.ts'

const { signal } = new AbortController()
const parameters = new URLSearchParams(location.search)
const ROWS = Number(parameters.get('episodes'))
const WORLDS = Number(parameters.get('worlds'))
const model = createEmbeddedModel({
  createWorker: () => new Worker(new URL('../../workers/embedded.worker.ts', import.meta.url), { type: 'module' }),
  ort: { mjs, wasm },
  weights,
  seed: 1,
})
const calls: number[] = []
const print = (line: string): void => console.log(line)

await model.load()
if (ROWS > 0) await rows()
for (const [first, second] of [
  [6, 5],
  [8, 6],
] as const)
  if (WORLDS > 0) await loops(first, second)
const sorted = calls.toSorted((a, b) => a - b)
print(`ms a call: median ${at(sorted, 0.5)}, p95 ${at(sorted, 0.95)}`)
document.title = 'finished'

async function rows(): Promise<void> {
  await row('no examples', 0)
  for (const k of [1, 2, 4]) await row(`retrieved by word overlap, k = ${k}`, k)
  await row('retrieved from another world, k = 4', 4, { foreign: true })
}

async function row(name: string, k: number, { foreign = false } = {}): Promise<void> {
  const results: Episode[] = []
  for (let i = 0; i < ROWS; i++) {
    const seed = deriveSeed(name, i)
    const random = createRandom(seed)
    const sizes = { keys: 8, first: 8, second: 6 }
    const world = createTextWorld({ seed, ...sizes })
    const [goal = ''] = world.goals(1, { seed })
    const source = foreign ? createTextWorld({ seed: seed + 1, ...sizes }) : world
    const memory = random.sample(oneGoalForEachKey(source, random)).map((text) => demonstrate(source, text, random))
    results.push(await episode(world, goal, { exemplars: retrieve(memory, goal, k), seed }))
  }
  const wins = results.filter(({ success }) => success).length
  const steps = results.reduce((sum, { steps: taken }) => sum + taken.length, 0) / ROWS
  print(`${name.padEnd(36)} ${interval(wins, ROWS)}  ${steps.toFixed(2)} steps`)
}

/** As in the table that came with the weights: the memory holds one demonstration for every key of the world. */
function oneGoalForEachKey(world: TextWorld, random: Random): string[] {
  const keyOf = (goal: string): string => (goal.startsWith('serve') ? goal : goal.split(' ').slice(0, 3).join(' '))
  const goals = random.sample(world.goals(600, { seed: random.integer(2 ** 31) }))
  return [...new Map(goals.map((goal) => [keyOf(goal), goal])).values()]
}

async function loops(first: number, second: number): Promise<void> {
  const [agent, ideal, floor]: boolean[][][] = [[], [], []]
  for (let seed = 1; seed <= WORLDS; seed++) {
    const world = createTextWorld({ seed: deriveSeed('loop', seed), first, second })
    const goals = world.goals(60, { seed })
    const memory: Episode[] = []
    const wins: boolean[] = []
    for (const [i, goal] of goals.entries()) {
      const done = await episode(world, goal, { exemplars: retrieve(memory, goal, 4), seed: deriveSeed(seed, i) })
      if (done.success) memory.push(done)
      wins.push(done.success)
    }
    agent?.push(wins)
    ideal?.push(simulateIdeal(world, goals, { seed }).map(({ success }) => success))
    floor?.push(simulateExplorer(world, goals, { seed }).map(({ success }) => success))
  }
  print(`learning loop, ${first} × ${second} options, ${WORLDS} worlds, success % per ten goals`)
  for (const [name, runs] of Object.entries({ agent, ideal, floor })) print(`  ${name.padEnd(6)} ${perTen(runs ?? []).join(' ')}`)
}

function perTen(runs: readonly boolean[][]): string[] {
  return [0, 10, 20, 30, 40, 50].map((start) => {
    const part = runs.flatMap((run) => run.slice(start, start + 10))
    return ((100 * part.filter(Boolean).length) / part.length).toFixed(1)
  })
}

async function episode(world: TextWorld, goal: string, { exemplars, seed }: { exemplars: Exemplar[]; seed: number }): Promise<Episode> {
  const environment = world.environment({ seed })
  const steps: Step[] = []
  let observation = await environment.reset(goal, { signal })
  const base = { goal, plan: '', observation: '', reasoning: '', history: steps, exemplars, guidance: '', signal }
  let asked = 0
  const decide = async (phase: 'plan' | 'reason' | 'act', situation: Situation): Promise<string> => {
    const { shown: _, ...prompt } = embeddedPrompts[phase](situation)
    const start = performance.now()
    const { text } = await model.generate({ ...prompt, seed: deriveSeed(seed, asked++) })
    calls.push(performance.now() - start)
    return embeddedPrompts.parse(phase, text)
  }
  const plan = await decide('plan', base)
  for (let success = false; ;) {
    if (success || steps.length === TEXT_WORLD_STEPS) return { goal, plan, steps, outcome: observation, success }
    const reasoning = await decide('reason', { ...base, plan, observation })
    const action = await decide('act', { ...base, plan, observation, reasoning })
    steps.push({ observation, reasoning, action })
    const result = await environment.step(action, { signal, approve: () => Promise.resolve(false) })
    observation = result.observation
    success = result.success
  }
}

/** Best first, by the share of words that two goals have in common; later ones first among equals. */
function retrieve(memory: readonly Episode[], goal: string, k: number): Exemplar[] {
  const overlap = (other: string): number => {
    const [a, b] = [new Set(goal.split(' ')), new Set(other.split(' '))]
    const common = [...a].filter((word) => b.has(word)).length
    return common / (a.size + b.size - common)
  }
  return memory
    .map((stored, i) => ({ ...stored, trajectoryId: `${i}`, stepIndex: null, createdAt: '', score: overlap(stored.goal), scores: {} }))
    .toSorted((a, b) => b.score - a.score || Number(b.trajectoryId) - Number(a.trajectoryId))
    .slice(0, k)
}

/** Share in percent with its Wilson interval of 95 %. */
function interval(wins: number, count: number): string {
  const p = wins / count
  const z2 = 1.96 ** 2
  const centre = (p + z2 / (2 * count)) / (1 + z2 / count)
  const half = (1.96 * Math.sqrt((p * (1 - p)) / count + z2 / (4 * count ** 2))) / (1 + z2 / count)
  return [p, centre - half, centre + half].map((share) => (100 * share).toFixed(1).padStart(5)).join(' ')
}

function at(values: readonly number[], share: number): string {
  return (values[Math.floor(share * (values.length - 1))] ?? 0).toFixed(1)
}
