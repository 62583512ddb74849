/** An approximate index for many vectors: hierarchical navigable small worlds (Malkov and Yashunin, 2016), by hnswlib in WASM. */
import type { HnswGraph, HnswLibrary } from './hnsw-library.ts'
import type { Match, VectorIndex } from './vector-index.ts'

export { loadHnswLibrary, type HnswLibrary } from './hnsw-library.ts'

export interface HnswIndex extends VectorIndex {
  /** Whether the next `add` has to make room, which leaves a hole in the heap as large as the graph was. */
  readonly full: boolean
  has(label: number): boolean
  labels(): Iterable<number>
  /** The graph as hnswlib writes it; `undefined` where this instance of the library cannot. */
  save(): Uint8Array<ArrayBuffer> | undefined
  /** Frees its memory. It must not be used any more. */
  dispose(): void
}

/** Neighbours per point, and how thoroughly they are looked for when a point is added. */
export const M = 16
const EF_CONSTRUCTION = 200
const SEED = 100
/** Points that are compared with in a search, at least, and for each one that is wanted. */
const EF_SEARCH = 100
const EF_PER_MATCH = 2
/** A graph without an unused place refuses to use that of a removed vector again. */
const UNUSED = 1
/** Bytes on the heap for each vector, for links and tables, and for the whole graph. */
const BESIDE_VECTOR = 216
const BESIDE_VECTORS = 2_200_000
const FILE = 'graph'

export interface HnswOptions {
  dimensions: number
  /** Vectors there is room for at first. */
  capacity: number
}

/**
 * An empty graph. A vector takes 4 bytes a number and about 216 more; beyond its capacity it grows by a twelfth.
 */
export function createHnswIndex(library: HnswLibrary, { dimensions, capacity }: HnswOptions): HnswIndex {
  const graph = openGraph(library, { dimensions, capacity })
  graph.initIndex(capacity + UNUSED, M, EF_CONSTRUCTION, SEED)
  return wrap(graph, { library, capacity, labels: new Set(), vacant: 0 })
}

export interface SavedGraph {
  /** As `save` gave them. hnswlib trusts them: they must have been looked at before. */
  bytes: Uint8Array
  labels: Iterable<number>
  /** Vectors in it that were removed. */
  removed: number
}

/** The graph that was saved, with room for `capacity` vectors. */
export function loadHnswIndex(
  library: HnswLibrary,
  { bytes, labels, removed }: SavedGraph,
  { dimensions, capacity }: HnswOptions,
): HnswIndex {
  if (!library.file) throw new Error('this instance of hnswlib cannot read')
  const graph = openGraph(library, { dimensions, capacity })
  library.file.give(bytes)
  graph.readIndex(FILE, capacity + UNUSED)
  library.file.give(new Uint8Array(0))
  return wrap(graph, { library, capacity, labels: new Set(labels), vacant: removed })
}

function openGraph(library: HnswLibrary, { dimensions, capacity }: HnswOptions): HnswGraph {
  library.reserve?.(capacity * (4 * dimensions + BESIDE_VECTOR) + BESIDE_VECTORS)
  // A third argument other than '' would be a file that every change is saved to.
  return new library.HierarchicalNSW('ip', dimensions, '')
}

interface Contents {
  library: HnswLibrary
  capacity: number
  labels: Set<number>
  /** Places of removed vectors, which the library gives to the next ones. */
  vacant: number
}

function wrap(graph: HnswGraph, { library, labels, ...rest }: Contents): HnswIndex {
  let { capacity, vacant } = rest
  let ef = 0
  const isFull = (): boolean => vacant === 0 && labels.size === capacity

  return {
    get size() {
      return labels.size
    },
    get full() {
      return isFull()
    },
    has: (label) => labels.has(label),
    labels: () => labels,
    add(label, vector) {
      if (isFull()) graph.resizeIndex((capacity = grown(capacity)) + UNUSED)
      graph.addPoint(vector, label, vacant > 0)
      labels.add(label)
      if (vacant > 0) vacant--
    },
    remove(label) {
      if (!labels.delete(label)) return
      graph.markDelete(label)
      vacant++
    },
    search(query, n, allowed) {
      const wanted = Math.min(n, labels.size)
      if (wanted === 0) return []
      const needed = Math.max(EF_SEARCH, EF_PER_MATCH * wanted)
      if (needed !== ef) graph.setEfSearch((ef = needed))
      const { distances, neighbors } = graph.searchKnn(query, wanted, allowed)
      return neighbors
        .map((label, i): Match => ({ label, similarity: 1 - (distances[i] as number) }))
        .sort((a, b) => b.similarity - a.similarity)
    },
    save() {
      if (!library.file) return undefined
      graph.writeIndex(FILE)
      return library.file.take()
    },
    dispose: () => graph.delete(),
  }
}

/** The next capacity: a twelfth more. Each time costs a copy, and what is not used yet costs memory. */
export function grown(capacity: number): number {
  return Math.ceil((capacity * 13) / 12)
}
