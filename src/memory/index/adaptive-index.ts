/** An index that starts exact and becomes approximate when it has grown, without a pause in its answers. */
import { createExactIndex, type ExactIndex } from './exact-index.ts'
import { createHnswIndex, type HnswIndex, type HnswLibrary } from './hnsw-index.ts'
import type { IndexState, VectorIndex } from './vector-index.ts'

export type IndexMode = 'auto' | 'exact' | 'hnsw'

export interface AdaptiveIndexOptions {
  dimensions: number
  /** `auto` is exact up to `threshold` vectors; `hnsw` is exact only while the graph is being built. */
  mode: IndexMode
  loadLibrary: () => Promise<HnswLibrary>
  /** Vectors from which on `auto` builds a graph. */
  threshold?: number
}

export interface AdaptiveIndex extends VectorIndex {
  state(): IndexState
  /** Resolves when no graph is being built. */
  settled(): Promise<void>
  dispose(): void
}

/** From here on, searching a graph is faster than comparing with every vector. */
const THRESHOLD = 4_000
/** Building stops for other work after this long (ms). */
const SLICE = 8

/** Answers come from exact comparison until the graph holds every vector. Where no graph can be had they stay exact. */
export function createAdaptiveIndex({ dimensions, mode, loadLibrary, threshold = THRESHOLD }: AdaptiveIndexOptions): AdaptiveIndex {
  let exact: ExactIndex | undefined = createExactIndex(dimensions)
  let graph: HnswIndex | undefined
  let state: IndexState = { kind: 'exact', reason: firstReason(mode, threshold) }
  /** Labels that the graph under construction does not hold yet. */
  let queue: number[] | undefined
  let building: Promise<void> | undefined
  let disposed = false

  const build = async (source: ExactIndex): Promise<void> => {
    state = { kind: 'exact', reason: 'the graph is being built' }
    const waiting = (queue = source.labels())
    try {
      const draft = createHnswIndex(await loadLibrary(), dimensions)
      graph = draft
      while (waiting.length > 0 && !disposed) {
        addSlice(source, { draft, queue: waiting })
        await breathe()
      }
      if (disposed) return draft.dispose()
      exact = undefined
      state = { kind: 'hnsw', reason: mode === 'hnsw' ? 'asked for' : `${threshold} vectors or more` }
    } catch (error) {
      graph = undefined
      state = { kind: 'exact', reason: `hnswlib cannot run here: ${error instanceof Error ? error.message : String(error)}` }
    } finally {
      queue = undefined
    }
  }
  const considerBuilding = (): void => {
    if (building || !exact || mode === 'exact' || (mode === 'auto' && exact.size < threshold)) return
    building = build(exact)
  }

  return {
    get size() {
      return (exact ?? graph)?.size ?? 0
    },
    add(label, vector) {
      if (!exact) return graph?.add(label, vector)
      exact.add(label, vector)
      if (queue) queue.push(label)
      else considerBuilding()
    },
    remove(label) {
      exact?.remove(label)
      graph?.remove(label)
    },
    search: (query, n) => (exact ?? graph)?.search(query, n) ?? [],
    state: () => state,
    settled: async () => building,
    dispose() {
      disposed = true
      if (!exact) graph?.dispose()
    },
  }
}

function firstReason(mode: IndexMode, threshold: number): string {
  if (mode === 'auto') return `fewer than ${threshold} vectors`
  return mode === 'exact' ? 'asked for' : 'nothing is stored yet'
}

/** Moves labels from the end of the queue into the graph; those removed meanwhile are no longer in the source. */
function addSlice(source: ExactIndex, { draft, queue }: { draft: HnswIndex; queue: number[] }): void {
  const end = performance.now() + SLICE
  while (queue.length > 0 && performance.now() < end) {
    const label = queue.pop() as number
    const vector = source.vector(label)
    if (vector) draft.add(label, vector)
  }
}

/** Lets messages that wait be answered. */
function breathe(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve))
}
