/**
 * The trajectories whose keys are most like a query's. Many goals repeat, so trajectories with the same key texts share one
 * point of the index: however many they are, they hide no other point, and the newest of them comes first.
 */
import { concatenate, dot } from '../../util/vectors.ts'
import type { VectorIndex } from './vector-index.ts'

export interface KeyIndex {
  /** Trajectories in it. */
  readonly size: number
  add(member: Member, key: Key): void
  remove(id: string): void
  /**
   * The `n` best, in the order of their exact similarity, then the newer, then by id. Those of `excludeTask` are left out,
   * and never fewer than `n` come while there are as many others.
   */
  candidates(query: readonly Float32Array[], options: { n: number; excludeTask?: string | undefined }): Candidate[]
}

export interface Member {
  id: string
  /** Milliseconds since 1970. */
  createdAt: number
  taskId?: string | undefined
}

/** What trajectories are compared by: texts, and for each of them its vector of unit length. */
export interface Key {
  texts: readonly string[]
  vectors: readonly Float32Array[]
}

export interface Candidate {
  member: Member
  /** Mean of the similarities of the key's parts. */
  similarity: number
  /** Cosine similarity of each part of the key. */
  parts: number[]
}

interface Point {
  label: number
  name: string
  vectors: readonly Float32Array[]
  /** Newest first. */
  members: Member[]
  tasks: Counter
}

/** Points fetched beyond those needed, so that the last one needed seldom ties with the first one not fetched. */
const SPARE = 4
/** Similarities closer than this may be in another order in the index, which rounds its sums otherwise. */
const ROUNDING = 1e-6

/** Over an empty `index`, which must hold vectors of as many numbers as all parts of a key together. */
export function createKeyIndex(index: VectorIndex): KeyIndex {
  const points = new Map<number, Point>()
  const pointsByName = new Map<string, Point>()
  const pointsById = new Map<string, Point>()
  /** In how many points a task has members: so many more have to be fetched when it is excluded. */
  const tasks = createCounter()
  let nextLabel = 0

  const newPoint = (name: string, { vectors }: Key): Point => {
    const point: Point = { label: nextLabel++, name, vectors, members: [], tasks: createCounter() }
    index.add(point.label, concatenate(vectors))
    points.set(point.label, point)
    pointsByName.set(name, point)
    return point
  }
  return {
    get size() {
      return pointsById.size
    },
    add(member, key) {
      const name = nameOf(key.texts)
      const point = pointsByName.get(name) ?? newPoint(name, key)
      if (point.tasks.add(member.taskId, 1) === 1) tasks.add(member.taskId, 1)
      insert(point.members, member)
      pointsById.set(member.id, point)
    },
    remove(id) {
      const point = pointsById.get(id)
      if (!point) return
      pointsById.delete(id)
      const [member] = point.members.splice(
        point.members.findIndex((other) => other.id === id),
        1,
      )
      if (point.tasks.add(member?.taskId, -1) === 0) tasks.add(member?.taskId, -1)
      if (point.members.length > 0) return
      index.remove(point.label)
      points.delete(point.label)
      pointsByName.delete(point.name)
    },
    candidates(query, { n, excludeTask }) {
      const joined = concatenate(query)
      for (let fetched = n + SPARE + tasks.get(excludeTask); fetched < points.size; fetched *= 4) {
        const matches = index.search(joined, fetched)
        const found = select(
          matches.flatMap(({ label }) => points.get(label) ?? []),
          { query, n, excludeTask },
        )
        const last = found[n - 1]
        const beyond = (matches.at(-1)?.similarity ?? 0) / query.length + ROUNDING
        if (last && last.similarity > beyond) return found
      }
      return select(Array.from(points.values()), { query, n, excludeTask })
    },
  }
}

/** Unequal for unequal texts, whatever they contain. */
function nameOf(texts: readonly string[]): string {
  return texts.map((text) => `${text.length}:${text}`).join('')
}

function insert(members: Member[], member: Member): void {
  let [low, high] = [0, members.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (compareAge(members[middle] as Member, member) < 0) low = middle + 1
    else high = middle
  }
  members.splice(low, 0, member)
}

/** Newer first, then by id. */
export function compareAge(a: Member, b: Member): number {
  return b.createdAt - a.createdAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}

interface Selection {
  query: readonly Float32Array[]
  n: number
  excludeTask: string | undefined
}

function select(points: readonly Point[], { query, n, excludeTask }: Selection): Candidate[] {
  return points
    .flatMap(({ vectors, members }) => {
      const parts = vectors.map((vector, i) => dot(query[i] as Float32Array, vector))
      const similarity = parts.reduce((sum, part) => sum + part, 0) / parts.length
      return eligible(members, { n, excludeTask }).map((member): Candidate => ({ member, similarity, parts }))
    })
    .sort((a, b) => b.similarity - a.similarity || compareAge(a.member, b.member))
    .slice(0, n)
}

function eligible(members: readonly Member[], { n, excludeTask }: Pick<Selection, 'n' | 'excludeTask'>): Member[] {
  const chosen: Member[] = []
  for (const member of members) {
    if (chosen.length === n) break
    if (excludeTask === undefined || member.taskId !== excludeTask) chosen.push(member)
  }
  return chosen
}

interface Counter {
  /** Returns the new count; 0 where there is no task to count. */
  add(taskId: string | undefined, by: number): number
  get(taskId: string | undefined): number
}

function createCounter(): Counter {
  const counts = new Map<string, number>()
  const get = (taskId: string | undefined): number => (taskId === undefined ? 0 : (counts.get(taskId) ?? 0))
  return {
    get,
    add(taskId, by) {
      if (taskId === undefined) return 0
      const count = get(taskId) + by
      if (count > 0) counts.set(taskId, count)
      else counts.delete(taskId)
      return count
    },
  }
}
