/**
 * The index by itself beside others, on the same vectors in the same thread: hnswlib-wasm without anything around it, mememo, and a scan
 * of every stored step. Beside that what the oracle answers. Every query is put to all of them in turn, so that noise hits all alike.
 */
import load from 'hnswlib-wasm/lib/hnswlib.mjs'
import { HNSW } from 'mememo'
import type { MemoryQuery } from '../../src/core/memory.ts'
import type { Phase } from '../../src/core/trajectory.ts'
import { concatenate } from '../../src/util/vectors.ts'
import { K, queryAt, STEPS, trajectoryAt } from './corpus.ts'
import { createOracle, rounded, type Answer } from './oracle.ts'
import { buildIndex, type BuiltIndex } from './own-index.ts'
import { scanAll } from './scan.ts'
import { createVectors, DIMENSIONS, type VectorOf } from './vectors.ts'

export interface PeersInput {
  size: number
  /** Queries that each index is asked. */
  queries: number
  /** Queries that the oracle answers, of each phase. */
  answered: number
}

export interface PeersResult {
  /** Milliseconds of each query, by what answered it; `goal` and `pair` name the two indexes. */
  searches: Record<string, number[]>
  /** Seconds to put everything in. */
  builds: Record<string, number>
  /** Of the nearest `n` by exact comparison, the share that each index found. */
  recalls: Record<string, number>
  /** Milliseconds of a scan of every stored step. */
  scans: number[]
  /** Milliseconds that one vector takes to make: what the benches' embedder costs. */
  embedding: number
  answers: Record<'float32' | 'int16' | 'int8', Record<Phase, Answer[][]>>
}

/** As the library builds and asks its graphs. */
const GRAPH = { m: 16, efConstruction: 200, ef: 100, seed: 100 }
/** Candidates of a query with a step key. */
const N = 6 * K + 10
const SCANS = 25
/** Of those that the oracle answers in float32, so many are answered with vectors in fewer bytes. */
const PACKED_QUERIES = 100

self.onmessage = async ({ data }: MessageEvent<PeersInput>) => self.postMessage(await measure(data))

async function measure({ size, queries, answered }: PeersInput): Promise<PeersResult> {
  const vectorOf = createVectors()
  const trajectories = Array.from({ length: size }, (_, i) => trajectoryAt(i))
  const answers = answersOf(trajectories, vectorOf, answered)
  const pairs = trajectories.map(({ goal, plan }) => concatenate([vectorOf(goal), vectorOf(plan)]))
  const asked = Array.from({ length: queries }, (_, i) => queryAt('reason', i)).map((query) => vectorsOf(query, vectorOf))

  const builds: Record<string, number> = {}
  const build = async <T>(name: string, make: () => Promise<T>): Promise<T> => {
    const began = performance.now()
    const made = await make()
    builds[name] = (performance.now() - began) / 1000
    return made
  }
  const exact = await build('exact', () => buildIndex('exact', trajectories, vectorOf))
  const graph = await build('hnsw', () => buildIndex('hnsw', trajectories, vectorOf))
  const raw = await build('raw', () => rawGraph(pairs))
  const mememo = await build('mememo', () => mememoOf(pairs))

  const contenders: Record<string, (query: Asked) => unknown> = {
    'exact goal': ({ goal }) => exact.search({ goal }, N),
    'hnsw goal': ({ goal }) => graph.search({ goal }, N),
    'exact pair': ({ goal, plan }) => exact.search({ goal, plan }, N),
    'hnsw pair': ({ goal, plan }) => graph.search({ goal, plan }, N),
    'raw pair': ({ pair }) => raw.searchKnn(pair, Math.min(N, size), undefined),
    'mememo pair': ({ numbers }) => mememo.query(numbers, Math.min(N, size), GRAPH.ef),
  }
  const searches = await timeAll(contenders, asked)
  const recalls = await recallsOf({ exact, graph, raw, mememo, trajectories }, asked)
  const scans = scanAll(trajectories, { vectorOf, asked: asked.slice(0, SCANS), k: K })
  return { searches, builds, recalls, scans, answers, embedding: embeddingTime(vectorOf) }
}

interface Asked {
  goal: Float32Array
  plan: Float32Array
  observation: Float32Array
  pair: Float32Array
  numbers: number[]
}

function vectorsOf({ goal, plan = '', observation = '' }: MemoryQuery, vectorOf: VectorOf): Asked {
  const vectors = { goal: vectorOf(goal), plan: vectorOf(plan), observation: vectorOf(observation) }
  const pair = concatenate([vectors.goal, vectors.plan])
  return { ...vectors, pair, numbers: unitOf(pair) }
}

async function rawGraph(pairs: readonly Float32Array[]): Promise<Graph> {
  const library = await load()
  const graph = new library.HierarchicalNSW('ip', 2 * DIMENSIONS, '')
  graph.initIndex(pairs.length, GRAPH.m, GRAPH.efConstruction, GRAPH.seed)
  pairs.forEach((pair, label) => graph.addPoint(pair, label, false))
  graph.setEfSearch(GRAPH.ef)
  return graph
}

type Graph = InstanceType<Awaited<ReturnType<typeof load>>['HierarchicalNSW']>

/** In memory, where it is fastest, and with its own 100 for building, which finds as much and takes half the time. */
async function mememoOf(pairs: readonly Float32Array[]): Promise<HNSW> {
  const index = new HNSW({ distanceFunction: 'cosine-normalized', m: GRAPH.m, useIndexedDB: false, seed: 0.5 })
  const keys = pairs.map((_, label) => `${label}`)
  await index.bulkInsert(keys, pairs.map(unitOf))
  return index
}

/** As its distance for unit vectors wants them: two joined ones are √2 long. */
function unitOf(pair: Float32Array): number[] {
  return Array.from(pair, (value) => value * Math.SQRT1_2)
}

async function timeAll(contenders: Record<string, (query: Asked) => unknown>, asked: readonly Asked[]): Promise<Record<string, number[]>> {
  const times: Record<string, number[]> = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]))
  for (const query of [...asked.slice(0, 20), ...asked])
    for (const [name, search] of Object.entries(contenders)) {
      const began = performance.now()
      const answer = search(query)
      if (answer instanceof Promise) await answer
      times[name]?.push(performance.now() - began)
    }
  return Object.fromEntries(Object.entries(times).map(([name, all]) => [name, all.slice(20)])) // the first ones warm the compilers
}

interface Indexes {
  exact: BuiltIndex
  graph: BuiltIndex
  raw: Graph
  mememo: HNSW
  trajectories: readonly { id: string }[]
}

async function recallsOf({ exact, graph, raw, mememo, trajectories }: Indexes, asked: readonly Asked[]): Promise<Record<string, number>> {
  const found = { hnsw: 0, raw: 0, mememo: 0 }
  let all = 0
  for (const { goal, plan, pair, numbers } of asked) {
    const right = new Set(exact.search({ goal, plan }, N))
    const hits = (ids: readonly (string | undefined)[]): number => ids.filter((id) => id !== undefined && right.has(id)).length
    const n = Math.min(N, trajectories.length)
    found.hnsw += hits(graph.search({ goal, plan }, N))
    found.raw += hits(raw.searchKnn(pair, n, undefined).neighbors.map((label) => trajectories[label]?.id))
    found.mememo += hits((await mememo.query(numbers, n, GRAPH.ef)).keys.map((label) => trajectories[Number(label)]?.id))
    all += right.size
  }
  return Object.fromEntries(Object.entries(found).map(([name, count]) => [name, count / all]))
}

function answersOf(trajectories: ReturnType<typeof trajectoryAt>[], vectorOf: VectorOf, count: number): PeersResult['answers'] {
  const of = (storedAs?: (vector: Float32Array) => Float32Array): Record<Phase, Answer[][]> => {
    const oracle = createOracle(trajectories, { vectorOf, ...(storedAs && { storedAs }) })
    const length = storedAs ? Math.min(count, PACKED_QUERIES) : count
    const phase = (name: Phase): Answer[][] => Array.from({ length }, (_, i) => oracle.answer(queryAt(name, i), K))
    return { plan: phase('plan'), reason: phase('reason'), act: phase('act') }
  }
  return { float32: of(), int16: of((vector) => rounded(vector, 32_767)), int8: of((vector) => rounded(vector, 127)) }
}

function embeddingTime(vectorOf: VectorOf): number {
  const texts = Array.from({ length: 200 }, (_, i) => trajectoryAt(i).steps[i % STEPS]?.observation ?? '')
  const began = performance.now()
  texts.forEach(vectorOf)
  return (performance.now() - began) / texts.length
}
