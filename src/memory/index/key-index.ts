/**
 * The trajectories whose keys are most like a query's. Many goals repeat, so trajectories with the same key share one point of
 * the index: however many they are, they hide no other point, and the newest of them comes first.
 */
import type { AdaptiveIndex } from './adaptive-index.ts'
import type { VectorColumn } from './vector-column.ts'

export interface KeyIndex {
  /** Under the key that has these slots in the columns. `label` is the key's in a snapshot; it is that of all who share the key. */
  add(member: Member, slots: readonly number[], label?: number): void
  remove(member: Member, slots: readonly number[]): void
  /**
   * The `n` best, in the order of their exact similarity, then the newer, then by id. Those of `excludeTask` are left out,
   * and never fewer than `n` come while there are as many others.
   */
  candidates(query: readonly Float32Array[], options: { n: number; excludeTask?: string | undefined }): Candidate[]
  /** Of the key with these slots, which must have members. */
  labelOf(slots: readonly number[]): number
  /** New keys get labels from here on: none is used twice, for a graph still knows those that were removed. */
  nextLabel(): number
  startLabelsAt(label: number): void
}

export interface Member {
  id: string
  /** Milliseconds since 1970. */
  createdAt: number
  taskId?: string | undefined
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
  slots: readonly number[]
  /** Newest first. */
  members: Member[]
}

/** Points fetched beyond those needed, so that the last one needed seldom ties with the first one not fetched. */
const SPARE = 4
/** Similarities closer than this may be in another order in the index, which rounds its sums otherwise. */
const ROUNDING = 2e-6
/** Slots are below this. */
const SLOTS = 2 ** 26

/** Over an empty `index`, whose keys have their parts in these columns. */
export function createKeyIndex(index: AdaptiveIndex, columns: readonly VectorColumn[]): KeyIndex {
  const points = new Map<number, Point>()
  const pointsByName = new Map<number, Point>()
  /** In how many points a task has members: so many more have to be fetched when it is excluded. */
  const tasks = createCounter()
  let nextLabel = 0

  const addPoint = (slots: readonly number[], label: number, member: Member): void => {
    const point: Point = { label, slots, members: [member] }
    index.add(label, slots)
    points.set(label, point)
    pointsByName.set(nameOf(slots), point)
    tasks.add(member.taskId, 1)
  }
  return {
    add(member, slots, label) {
      const point = pointsByName.get(nameOf(slots))
      if (!point) return addPoint(slots, label ?? nextLabel++, member)
      if (!hasTask(point, member.taskId)) tasks.add(member.taskId, 1)
      insert(point.members, member)
    },
    remove(member, slots) {
      const point = pointsByName.get(nameOf(slots))
      if (!point) return
      point.members.splice(point.members.indexOf(member), 1)
      if (!hasTask(point, member.taskId)) tasks.add(member.taskId, -1)
      if (point.members.length > 0) return
      index.remove(point.label)
      points.delete(point.label)
      pointsByName.delete(nameOf(slots))
    },
    candidates(query, { n, excludeTask }) {
      const selection: Selection = { columns, query, n, excludeTask }
      for (let fetched = n + SPARE + tasks.get(excludeTask); fetched < points.size; fetched *= 4) {
        const matches = index.search(query, fetched)
        const found = select(
          matches.flatMap(({ label }) => points.get(label) ?? []),
          selection,
        )
        const last = found[n - 1]
        const beyond = (matches.at(-1)?.similarity ?? 0) / query.length + ROUNDING
        if (last && last.similarity > beyond) return found
      }
      return select(Array.from(points.values()), selection)
    },
    labelOf: (slots) => (pointsByName.get(nameOf(slots)) as Point).label,
    nextLabel: () => nextLabel,
    startLabelsAt(label) {
      nextLabel = label
    },
  }
}

function nameOf(slots: readonly number[]): number {
  return slots.reduce((name, slot) => name * SLOTS + slot, 0)
}

function hasTask({ members }: Point, taskId: string | undefined): boolean {
  return taskId !== undefined && members.some((member) => member.taskId === taskId)
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
  columns: readonly VectorColumn[]
  query: readonly Float32Array[]
  n: number
  excludeTask: string | undefined
}

function select(points: readonly Point[], { columns, query, n, excludeTask }: Selection): Candidate[] {
  return points
    .flatMap(({ slots, members }) => {
      const parts = columns.map((column, i) => column.dot(query[i] as Float32Array, slots[i] as number))
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
  add(taskId: string | undefined, by: number): void
  get(taskId: string | undefined): number
}

function createCounter(): Counter {
  const counts = new Map<string, number>()
  const get = (taskId: string | undefined): number => (taskId === undefined ? 0 : (counts.get(taskId) ?? 0))
  return {
    get,
    add(taskId, by) {
      if (taskId === undefined) return
      const count = get(taskId) + by
      if (count > 0) counts.set(taskId, count)
      else counts.delete(taskId)
    },
  }
}
