/**
 * Bytes that an open memory adds to its page: objects and buffers of the page and its workers, as the browser counts them after collecting
 * garbage, and the WASM memories, which it leaves out. What the browser's own process holds for IndexedDB is in neither.
 */
import { openBenchMemory, takeFromWorker, untilReady } from './bench-memory.ts'
import { K, queryAt } from './corpus.ts'
import { PHASES, type Results } from './stages.ts'

/** So many queries that the caches are as full as they get. */
const QUERIES = 300

export async function measureRam(size: number): Promise<Results['ram']> {
  const before = await bytes()
  const memory = await openBenchMemory(size)
  await untilReady(memory, size)
  for (let i = 0; i < QUERIES; i++) for (const phase of PHASES) await memory.retrieve(queryAt(phase, i), { k: K })
  const after = await bytes() // collects garbage, so that a heap that is not used any more does not count below
  const { wasmBytes } = await takeFromWorker()
  await memory.close()
  return { before, after, wasm: wasmBytes }
}

function bytes(): Promise<number> {
  const { measureUserAgentSpecificMemory: measure } = performance as Performance & {
    measureUserAgentSpecificMemory(): Promise<{ bytes: number }>
  }
  return measure.call(performance).then((measured) => measured.bytes)
}
