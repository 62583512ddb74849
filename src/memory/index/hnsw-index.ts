/** An approximate index for many vectors: hierarchical navigable small worlds (Malkov and Yashunin, 2016), by hnswlib in WASM. */
import type { Match, VectorIndex } from './vector-index.ts'

/** The part of hnswlib-wasm that is used here. */
export interface HnswLibrary {
  HierarchicalNSW: new (space: 'ip', dimensions: number, autoSaveFilename: string) => HnswGraph
}

interface HnswGraph {
  initIndex(maxElements: number, m: number, efConstruction: number, randomSeed: number): void
  resizeIndex(maxElements: number): void
  addPoint(point: Float32Array, label: number, replaceDeleted: boolean): void
  markDelete(label: number): void
  setEfSearch(ef: number): void
  searchKnn(query: Float32Array, n: number, filter: undefined): { distances: number[]; neighbors: number[] }
  /** Of embind: frees the memory on the WASM heap. */
  delete(): void
}

export interface HnswIndex extends VectorIndex {
  /** Frees its memory. It must not be used any more. */
  dispose(): void
}

/** Neighbours per point, and how thoroughly they are looked for when a point is added. */
const M = 16
const EF_CONSTRUCTION = 200
const SEED = 100
const FIRST_CAPACITY = 1_024

/**
 * Loads hnswlib. It is compiled for browsers and their workers, and makes functions from text,
 * so it rejects where the page's policy forbids that (`script-src` without `'unsafe-eval'`).
 */
export async function loadHnswLibrary(): Promise<HnswLibrary> {
  // Asked first: the library is large, and logs what it cannot do.
  // eslint-disable-next-line typescript/no-implied-eval
  new Function('')
  const { default: load } = await import('hnswlib-wasm/lib/hnswlib.mjs')
  return load()
}

/** An empty graph over vectors of `dimensions` numbers. */
export function createHnswIndex(library: HnswLibrary, dimensions: number): HnswIndex {
  // A third argument other than '' would be a file that every change is saved to.
  const graph = new library.HierarchicalNSW('ip', dimensions, '')
  graph.initIndex(FIRST_CAPACITY, M, EF_CONSTRUCTION, SEED)
  const labels = new Set<number>()
  let capacity = FIRST_CAPACITY
  /** Places of removed vectors, which the library gives to the next ones. */
  let vacant = 0

  return {
    get size() {
      return labels.size
    },
    add(label, vector) {
      if (vacant === 0 && labels.size === capacity) graph.resizeIndex((capacity *= 2))
      graph.addPoint(vector, label, vacant > 0)
      labels.add(label)
      if (vacant > 0) vacant--
    },
    remove(label) {
      if (!labels.delete(label)) return
      graph.markDelete(label)
      vacant++
    },
    search(query, n) {
      const wanted = Math.min(n, labels.size)
      if (wanted === 0) return []
      graph.setEfSearch(Math.max(100, 2 * wanted))
      const { distances, neighbors } = graph.searchKnn(query, wanted, undefined)
      return neighbors
        .map((label, i): Match => ({ label, similarity: 1 - (distances[i] as number) }))
        .sort((a, b) => b.similarity - a.similarity)
    },
    dispose: () => graph.delete(),
  }
}
