/** The memory that is measured: the library's own client, worker protocol, engine and IndexedDB, with vectors that cost nothing. */
import { openMemory, type Embedder, type MemoryStats, type OpenMemory } from '../../src/index.ts'
import type { Call } from './parts.ts'
import { DIMENSIONS, EMBEDDER_ID } from './vectors.ts'

/** With `parts` its worker keeps what each retrieval spent on what, which costs some of that time itself. */
export function openBenchMemory(size: number, { parts = false } = {}): Promise<OpenMemory> {
  return openMemory({ name: `bench-${size}`, embedder: preparedEmbedder, createWorker: () => startWorker(parts ? 'parts' : 'plain') })
}

/** The bench's worker makes the vectors where they are needed; the page is never asked for one. */
const preparedEmbedder: Embedder = {
  id: EMBEDDER_ID,
  dimensions: DIMENSIONS,
  embed: () => Promise.reject(new Error('The page was asked for vectors.')),
}

function startWorker(name: string): Worker {
  return new Worker(new URL('./memory.worker.ts', import.meta.url), { type: 'module', name })
}

/** From so many on a memory may answer by a graph, which it begins to load or build a little after all else is there. */
const GRAPH_FROM = 1_000
const GRAPH_BEGINS_WITHIN = 300

/** Waits until all `size` trajectories are read and the index is what it stays; with the moments, by `performance.now()`, at which it was so. */
export async function untilReady(memory: OpenMemory, size: number): Promise<{ stats: MemoryStats; loadedAt: number; readyAt: number }> {
  let [loadedAt, readyAt] = [Infinity, Infinity]
  for (;;) {
    const stats = await memory.stats()
    const now = performance.now()
    const { loading, rebuilding, index, retrievable, count } = stats
    if (count !== size) throw new Error(`${count} trajectories are stored instead of ${size}`)
    if (!loading) loadedAt = Math.min(loadedAt, now)
    if (loading || rebuilding || index.reason.includes('being built')) readyAt = Infinity
    else readyAt = Math.min(readyAt, now)
    if (now - readyAt >= (retrievable < GRAPH_FROM ? 0 : GRAPH_BEGINS_WITHIN)) return { stats, loadedAt, readyAt }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** What the workers of this page kept since the last time. One memory must be open. */
export function takeFromWorker(): Promise<{ calls: Call[]; wasmBytes: number }> {
  const channel = new BroadcastChannel('bench-memory')
  return new Promise((resolve) => {
    channel.onmessage = ({ data }: MessageEvent<{ calls: Call[]; wasmBytes: number } | 'take'>) => {
      if (data === 'take') return
      channel.close()
      resolve(data)
    }
    channel.postMessage('take')
  })
}

export async function timed<T>(work: () => Promise<T>): Promise<{ value: T; ms: number }> {
  const began = performance.now()
  const value = await work()
  return { value, ms: performance.now() - began }
}
