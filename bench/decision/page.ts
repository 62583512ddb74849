/**
 * Where the time of a decision goes. A real agent with the embedded model acts for ten steps an episode over a memory of 10 and of 1,000
 * trajectories of 10 steps; each part is timed from the page. Beside it a scan over every stored step in plain JavaScript.
 */
import {
  createAgent,
  hashEmbedder,
  openMemory,
  transformersEmbedder,
  type AgentEvent,
  type Embedder,
  type LanguageModel,
  type OpenMemory,
} from '../../src/index.ts'
import { createTextWorld, embeddedModel, embeddedPrompts, TEXT_WORLD_STEPS } from '../../src/presets/embedded.ts'
import { dot } from '../../src/util/vectors.ts'
import { watchGaps } from '../gaps.ts'
import { createTexts, type Texts } from './texts.ts'

const STEPS = 10
const EPISODES = 12
const SIZES = [10, 1000]
const asked = new URLSearchParams(location.search).get('embedders')?.split(',') ?? []

const embedders: Record<string, () => Embedder> = {
  hash: () => hashEmbedder(),
  transformers: () =>
    transformersEmbedder({ model: 'bench/minilm', localPath: new URL('weights/', location.href).href, dimensions: 384, device: 'wasm' }),
}

interface Times {
  embedding: number[]
  first: number[]
  search: number[]
  prompt: number[]
  model: number[]
}

async function measure(name: string, size: number): Promise<void> {
  const embedder = embedders[name]?.() as Embedder
  const memory = await openMemory({ name: `bench-${name}-${size}`, embedder })
  await memory.clear()
  const texts = createTexts(size)
  for (let i = 0; i < size; i++) await memory.add(texts.trajectory(STEPS))
  const times = await decisions(memory, texts)
  times.embedding = await embeddingTimes(embedder, texts)
  const scan = await scanTimes(size * STEPS)
  const { index } = await memory.stats()
  console.log(
    `\n${size} trajectories of ${STEPS} steps, ${name} embedder, ${index.kind} index, ${times.search.length} decisions (ms, median / p95)`,
  )
  row('embedding of the new text', times.embedding)
  row('retrieval, from the page: embedding, reading, search', times.first)
  row('the same again: search with all at hand', times.search)
  row('prompt building', times.prompt)
  row(
    'all but embedding and model',
    times.search.map((value, i) => value + (times.prompt[i] ?? 0)),
  )
  row('model (embedded)', times.model)
  row('brute force: scan of all step vectors, no messages', scan)
  console.log(`  search / brute force: ${(median(times.search) / median(scan)).toFixed(2)}`)
  await memory.clear()
  await memory.close()
  embedder.close?.()
}

/** Each decision's retrieval is done twice: the first time it embeds the new text and may read from IndexedDB, the second time it only searches. */
async function decisions(memory: OpenMemory, texts: Texts): Promise<Times> {
  const times: Times = { embedding: [], first: [], search: [], prompt: [], model: [] }
  const inner = embeddedModel({ seed: 1 })
  await inner.load()
  const timed =
    <A extends unknown[], R>(into: number[], work: (...given: A) => R) =>
    (...given: A): R => {
      const began = performance.now()
      const result = work(...given)
      into.push(performance.now() - began)
      return result
    }
  const model: LanguageModel = {
    id: inner.id,
    prompts: {
      ...embeddedPrompts,
      plan: timed(times.prompt, embeddedPrompts.plan),
      reason: timed(times.prompt, embeddedPrompts.reason),
      act: timed(times.prompt, embeddedPrompts.act),
    },
    async generate(request) {
      const began = performance.now()
      const answer = await inner.generate(request)
      times.model.push(performance.now() - began)
      return { ...answer, text: answer.text || 'wait' }
    },
  }
  const measured = {
    ...memory,
    retrieve: async (...given: Parameters<OpenMemory['retrieve']>) => {
      const asked = performance.now()
      await memory.retrieve(...given)
      times.first.push(performance.now() - asked)
      const began = performance.now()
      const exemplars = await memory.retrieve(...given)
      times.search.push(performance.now() - began)
      return exemplars
    },
  }
  const agent = createAgent({ model, memory: measured, maxSteps: STEPS })
  for (let i = 0; i < EPISODES; i++) {
    const environment = { reset: () => texts.sentence(), step: () => ({ observation: texts.sentence(), done: false, success: false }) }
    await agent.run(environment, texts.goal())
  }
  inner.close()
  return times
}

async function embeddingTimes(embedder: Embedder, texts: Texts): Promise<number[]> {
  const times: number[] = []
  for (let i = 0; i < 60; i++) {
    const began = performance.now()
    await embedder.embed([texts.sentence()])
    times.push(performance.now() - began)
  }
  return times
}

/** What a store without an index does: compares the query with every stored step. */
async function scanTimes(count: number): Promise<number[]> {
  const vectors = new Float32Array(count * 384).map(() => Math.random() - 0.5)
  const query = vectors.slice(0, 384)
  const times: number[] = []
  for (let run = 0; run < 30; run++) {
    const began = performance.now()
    let best = -Infinity
    for (let at = 0; at < vectors.length; at += 384) best = Math.max(best, dot(query, vectors, at))
    if (best === -Infinity) throw new Error('nothing was compared')
    times.push(performance.now() - began)
  }
  return times
}

/** The longest time the main thread answered no message while an agent trained, and the tasks that the browser calls long. */
async function mainThread(): Promise<void> {
  const long: number[] = []
  const observer = new PerformanceObserver((list) => long.push(...list.getEntries().map(({ duration }) => duration)))
  observer.observe({ type: 'longtask' })
  const memory = await openMemory({ name: 'bench-main-thread', embedder: hashEmbedder() })
  await memory.clear()
  const model = embeddedModel({ seed: 1 })
  const world = createTextWorld({ seed: 1 })
  const agent = createAgent({ model, memory, k: 4, maxSteps: TEXT_WORLD_STEPS })
  const gaps = watchGaps()
  let events = 0
  const onEvent = (_event: AgentEvent): void => void events++
  await agent.trainBatch(() => world.environment(), world.goals(30, { seed: 2 }), { onEvent })
  const longest = gaps.stop()
  console.log(
    `\nMain thread during 30 episodes of training (${events} events, model start included): longest pause ${longest.toFixed(1)} ms, tasks over 50 ms: ${long.length}`,
  )
  observer.disconnect()
  await memory.clear()
  await memory.close()
  model.close()
}

const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b)
const quantile = (values: readonly number[], q: number): number =>
  sorted(values)[Math.min(values.length - 1, Math.floor(values.length * q))] ?? NaN
const median = (values: readonly number[]): number => quantile(values, 0.5)

function row(what: string, values: readonly number[]): void {
  console.log(`  ${what.padEnd(52)} ${median(values).toFixed(2).padStart(8)} / ${quantile(values, 0.95).toFixed(2)}`)
}

for (const name of asked) for (const size of SIZES) await measure(name, size)
await mainThread()
document.title = 'finished'
