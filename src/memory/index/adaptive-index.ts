/** An index that starts exact and becomes approximate when it has grown, without a pause in its answers. */
import { concatenate } from '../../util/vectors.ts'
import { nextTurn } from '../../util/next-turn.ts'
import { createExactIndex, type ExactIndex } from './exact-index.ts'
import { withVectors, withoutVectors, type FilledGraph } from './graph-bytes.ts'
import { createHnswIndex, grown, loadHnswIndex, type HnswIndex } from './hnsw-index.ts'
import type { HnswLibrary } from './hnsw-library.ts'
import type { VectorColumn } from './vector-column.ts'
import type { Allowed, IndexState, Match } from './vector-index.ts'

export type IndexMode = 'auto' | 'exact' | 'hnsw'

export interface AdaptiveIndexOptions {
  /** The parts of its keys. */
  columns: readonly VectorColumn[]
  /** `auto` is exact up to `threshold` keys; `hnsw` is exact only while the graph is being built. */
  mode: IndexMode
  /** Asked for an instance of its own for each graph. */
  loadLibrary: () => Promise<HnswLibrary>
  /** Keys from which on `auto` builds a graph. */
  threshold?: number | undefined
  /** Called when what answers searches has changed. */
  onChange?: ((state: IndexState) => void) | undefined
}

export interface AdaptiveIndex {
  readonly size: number
  /** A key by the slots of its parts. `label` must not have been in it before. */
  add(label: number, slots: readonly number[]): void
  /** A label that is not in it is ignored. */
  remove(label: number): void
  /** The `n` best matches, of those `allowed` where that is given, best first; all where there are fewer. A graph may miss some. */
  search(query: readonly Float32Array[], n: number, allowed?: Allowed): Match[]
  state(): IndexState
  /** Whether it holds so little that nobody wants a graph. */
  small(): boolean
  /** Starts no work in the background until `release`. */
  hold(): void
  release(): void
  /** Resolves when nothing is being built. */
  settled(): Promise<void>
  /** The graph without its vectors, `null` where none is wanted, `undefined` while there is none to save. */
  saveGraph(): Uint8Array<ArrayBuffer> | null | undefined
  /** A saved graph over the keys that are in this index. Loaded in the background, or built anew where it is not sound. */
  restoreGraph(bytes: Uint8Array): void
  dispose(): void
}

/** From here on, searching a graph is faster than comparing with every vector. */
const THRESHOLD = 3_500
/** Work in the background stops for other work after this long (ms). */
const SLICE = 4
const SMALLEST_CAPACITY = 256
/** Keys that are always few enough to be compared one by one. */
const SMALL_TAIL = 64
/** So many wait for a pause before they are moved into the graph, so that adding many in a row is not held up by it (keys, ms). */
const [PATIENT, PAUSE] = [256, 250]
/** A graph is given up where fewer than this share of the threshold are left. */
const LEFT = 0.5

/** Answers come from exact comparison until the graph holds nearly all. Where no graph can be had they stay exact. */
export function createAdaptiveIndex({ columns, mode, loadLibrary, threshold = THRESHOLD, onChange }: AdaptiveIndexOptions): AdaptiveIndex {
  const exact = createExactIndex(columns)
  const dimensions = columns.reduce((sum, column) => sum + column.dimensions, 0)
  let graph: HnswIndex | undefined
  /** A graph that was saved, until it is loaded; and the vectors of what it holds but was removed meanwhile. */
  let saved: Uint8Array | undefined
  const removed = new Map<number, Float32Array>()
  /** Labels that the graph does not hold yet; all of them where there is none. */
  let tail = new Set<number>()
  let state: IndexState = { kind: 'exact', reason: firstReason(mode, threshold) }
  let working: Promise<void> | undefined
  let pause: ReturnType<typeof setTimeout> | undefined
  let [held, failed, disposed] = [false, false, false]

  /** Whether the graph answers: what it lacks is compared one by one. */
  const answering = (): boolean => graph !== undefined && tail.size <= Math.max(SMALL_TAIL, exact.size / 4)
  const become = (next: IndexState): void => {
    const changed = next.kind !== state.kind
    state = next
    if (changed) onChange?.(next)
  }
  const review = (): void => {
    if (answering()) become({ kind: 'hnsw', reason: mode === 'hnsw' ? 'asked for' : `${threshold} different keys or more` })
    else if (graph) become({ kind: 'exact', reason: 'the graph is being built' })
  }
  const wanted = (): boolean => !failed && mode !== 'exact' && exact.size > 0 && (mode === 'hnsw' || exact.size >= threshold)
  const start = (): void => {
    const due = graph ? tail.size > 0 && !held : saved !== undefined || (wanted() && !held)
    if (!due || working || disposed) return
    working = work().finally(() => {
      working = undefined
      start()
    })
  }
  /** Starts now where much is to be done, else once nothing was added for a while. */
  const startSoon = (): void => {
    clearTimeout(pause)
    pause = undefined
    if (graph && tail.size < PATIENT) pause = setTimeout(startNow, PAUSE)
    else start()
  }
  const startNow = (): void => {
    clearTimeout(pause)
    pause = undefined
    start()
  }
  const giveUp = (reason: string): void => {
    graph?.dispose()
    graph = saved = undefined
    tail.clear()
    become({ kind: 'exact', reason })
  }

  const work = async (): Promise<void> => {
    try {
      if (!graph) await open()
      while (graph && !disposed && !held && tail.size > 0) {
        if (graph.full) await enlarge(graph)
        if (graph) addSlice(exact, graph, tail)
        review()
        await nextTurn()
      }
    } catch (error) {
      fail(error)
    }
  }
  const fail = (error: unknown): void => {
    failed = true
    giveUp(`hnswlib cannot run here: ${messageOf(error)}`)
  }
  const open = async (): Promise<void> => {
    become({ kind: 'exact', reason: 'the graph is being built' })
    const library = await loadLibrary()
    if (disposed) return
    const loading = saved && readSaved(saved)
    saved = undefined
    removed.clear()
    const capacity = roomFor(exact.size)
    graph = loading
      ? loadHnswIndex(library, loading, { dimensions, capacity: Math.max(capacity, loading.labels.length + loading.removed) })
      : createHnswIndex(library, { dimensions, capacity })
    tail = new Set(exact.labels())
    for (const label of Array.from(graph.labels())) if (!tail.delete(label)) graph.remove(label)
    review()
  }
  const readSaved = (bytes: Uint8Array): FilledGraph | undefined =>
    withVectors(bytes, {
      dimensions,
      has: (label) => exact.has(label) || removed.has(label),
      vector: (label) => removed.get(label) ?? exact.vector(label),
    })
  const searchGraph = (query: readonly Float32Array[], n: number, allowed?: Allowed): Match[] | undefined => {
    try {
      return graph?.search(concatenate(query), n, allowed)
    } catch (error) {
      fail(error)
      return undefined
    }
  }
  /** Moves it to a heap of its own, since one that grows in place leaves a hole as large as it was. */
  const enlarge = async (full: HnswIndex): Promise<void> => {
    const library = await loadLibrary()
    if (disposed || graph !== full || !full.full) return
    const bytes = full.save()
    if (!bytes) return
    const labels = Array.from(full.labels())
    graph = loadHnswIndex(library, { bytes, labels, removed: 0 }, { dimensions, capacity: roomFor(exact.size) })
    full.dispose()
  }

  return {
    get size() {
      return exact.size
    },
    add(label, slots) {
      exact.add(label, slots)
      if (graph) tail.add(label)
      review()
      startSoon()
    },
    remove(label) {
      if (saved && exact.has(label)) removed.set(label, exact.vector(label))
      exact.remove(label)
      tail.delete(label)
      graph?.remove(label)
      if (graph && mode === 'auto' && exact.size < threshold * LEFT) giveUp(firstReason(mode, threshold))
    },
    search(query, n, allowed) {
      const matches = answering() ? searchGraph(query, n, allowed) : undefined
      if (!matches) return exact.search(query, n, allowed)
      if (tail.size === 0) return matches
      const labels = allowed ? Array.from(tail).filter(allowed) : Array.from(tail)
      const others = labels.map((label): Match => ({ label, similarity: exact.similarity(query, label) }))
      return matches
        .concat(others)
        .sort((a, b) => b.similarity - a.similarity)
        .slice(0, n)
    },
    state: () => state,
    small: () => mode !== 'exact' && !graph && !saved && (exact.size === 0 || (mode === 'auto' && exact.size < threshold * LEFT)),
    hold() {
      held = true
    },
    release() {
      held = false
      start()
    },
    async settled() {
      if (pause !== undefined) startNow()
      while (working) await working
    },
    saveGraph() {
      if (!graph) return wanted() ? undefined : null
      const bytes = answering() ? graph.save() : undefined
      return bytes && withoutVectors(bytes, { dimensions, has: exact.has })
    },
    restoreGraph(bytes) {
      if (wanted()) saved = bytes
      start()
    },
    dispose() {
      disposed = true
      clearTimeout(pause)
      graph?.dispose()
      graph = saved = undefined
    },
  }
}

function firstReason(mode: IndexMode, threshold: number): string {
  if (mode === 'auto') return `fewer than ${threshold} different keys`
  return mode === 'exact' ? 'asked for' : 'nothing is stored yet'
}

/** What C++ throws is no `Error`, but has a message all the same: the names of its class and what it says. */
function messageOf(error: unknown): string {
  const { message } = error as { message?: unknown }
  return String(Array.isArray(message) ? message.at(-1) : (message ?? error))
}

function roomFor(count: number): number {
  return Math.max(SMALLEST_CAPACITY, grown(count))
}

/** Moves labels from the tail into the graph, until it is full or others should have their turn. */
function addSlice(source: ExactIndex, graph: HnswIndex, tail: Set<number>): void {
  const end = performance.now() + SLICE
  for (const label of tail) {
    graph.add(label, source.vector(label))
    tail.delete(label)
    if (graph.full || performance.now() >= end) return
  }
}
