/**
 * The trajectories whose keys are most like a query's. Many goals repeat, so trajectories with the same key share one point of
 * the index: however many they are, they hide no other point, and the newest of them comes first.
 */
import type { AdaptiveIndex } from './adaptive-index.ts'
import { createBestList } from './best-list.ts'
import type { VectorColumn } from './vector-column.ts'

export interface KeyIndex {
  /** Under the key that has these slots in the columns. `label` is the key's in a snapshot; it is that of all who share the key. */
  add(member: Member, slots: readonly number[], label?: number): void
  remove(member: Member, slots: readonly number[]): void
  /**
   * The `n` best, in the order of their exact similarity, then the newer, then by id. Those of `excludeTask` are left out,
   * and never fewer than `n` come while there are as many others. With `spread`, and where more than half of them are of one
   * source, the best of all others come too, so that these are half of `n` where there are as many.
   */
  candidates(query: readonly Float32Array[], options: Wanted): Candidate[]
  /** Of the key with these slots, which must have members. */
  labelOf(slots: readonly number[]): number
  /** New keys get labels from here on: none is used twice, for a graph still knows those that were removed. */
  nextLabel(): number
  startLabelsAt(label: number): void
}

export interface Wanted {
  n: number
  excludeTask?: string | undefined
  spread?: boolean
}

export interface Member {
  id: string
  /** Milliseconds since 1970. */
  createdAt: number
  taskId?: string | undefined
  /** Name of the source of its page text. */
  source?: string | undefined
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
/** A crowd that is more than one of so many is not searched past: that takes two or three times as long as comparing. */
const PASSED = 3
/** Slots are below this. */
const SLOTS = 2 ** 26

/** Over an empty `index`, whose keys have their parts in these columns. */
export function createKeyIndex(index: AdaptiveIndex, columns: readonly VectorColumn[]): KeyIndex {
  const points = new Map<number, Point>()
  const pointsByName = new Map<number, Point>()
  /** In how many points a task has members: so many more have to be fetched when it is excluded. */
  const tasks = createCounter()
  /** How many members a source has, and how many there are. */
  const sources = createCounter()
  let size = 0
  let nextLabel = 0

  const addPoint = (slots: readonly number[], label: number, member: Member): void => {
    const point: Point = { label, slots, members: [member] }
    index.add(label, slots)
    points.set(label, point)
    pointsByName.set(nameOf(slots), point)
    tasks.add(member.taskId, 1)
  }
  const search = (selection: Selection): Candidate[] => {
    const { query, n, excludeTask, excludeSource } = selection
    const allowed = excludeSource === undefined ? undefined : (label: number) => hasEligible(points.get(label), selection)
    for (let fetched = n + SPARE + (allowed ? 0 : tasks.get(excludeTask)); fetched < points.size; fetched *= 4) {
      const matches = index.search(query, fetched, allowed)
      const found = select(
        matches.flatMap(({ label }) => points.get(label) ?? []),
        selection,
      )
      const last = found[n - 1]
      const beyond = (matches.at(-1)?.similarity ?? 0) / query.length + ROUNDING
      if (last && last.similarity > beyond) return found
      if (matches.length < fetched) break
    }
    return select(closest(points.values(), selection), selection)
  }
  return {
    add(member, slots, label) {
      size++
      sources.add(member.source, 1)
      const point = pointsByName.get(nameOf(slots))
      if (!point) return addPoint(slots, label ?? nextLabel++, member)
      if (!hasTask(point, member.taskId)) tasks.add(member.taskId, 1)
      insert(point.members, member)
    },
    remove(member, slots) {
      const point = pointsByName.get(nameOf(slots))
      if (!point) return
      point.members.splice(point.members.indexOf(member), 1)
      size--
      sources.add(member.source, -1)
      if (!hasTask(point, member.taskId)) tasks.add(member.taskId, -1)
      if (point.members.length > 0) return
      index.remove(point.label)
      points.delete(point.label)
      pointsByName.delete(nameOf(slots))
    },
    candidates(query, { n, excludeTask, spread = false }) {
      const nearest = search({ columns, query, n, excludeTask })
      const crowd = spread && nearest.length === n ? crowdIn(nearest) : undefined
      if (crowd === undefined || sources.get(crowd) === size) return nearest
      const selection: Selection = { columns, query, n: Math.floor(n / 2), excludeTask, excludeSource: crowd }
      // A graph is searched past those of the crowd; where they are many, comparing with all others takes less.
      const few = size < PASSED * sources.get(crowd)
      const others = few ? select(closest(points.values(), selection), selection) : search(selection)
      const known = new Set(nearest.map(({ member }) => member))
      return nearest.concat(others.filter(({ member }) => !known.has(member))).sort(compareFit)
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

/** The source that more than half of them are of. */
function crowdIn(candidates: readonly Candidate[]): string | undefined {
  const counts = createCounter()
  for (const { member } of candidates) counts.add(member.source, 1)
  return candidates.find(({ member }) => counts.get(member.source) > Math.ceil(candidates.length / 2))?.member.source
}

interface Selection {
  columns: readonly VectorColumn[]
  query: readonly Float32Array[]
  n: number
  excludeTask: string | undefined
  excludeSource?: string
}

/** The points of which the `n` best members are, by comparing with each that has members to choose. */
function closest(points: Iterable<Point>, selection: Selection): Point[] {
  const eligible = Array.from(points).filter((point) => hasEligible(point, selection))
  const similarities = Float64Array.from(eligible, (point) => similarityOf(partsOf(point, selection)))
  const best = createBestList(Math.min(selection.n, eligible.length))
  similarities.forEach((similarity, place) => best.offer(place, similarity))
  const least = best.take().at(-1)?.similarity ?? 0
  return eligible.filter((_, place) => (similarities[place] as number) >= least)
}

function select(points: readonly Point[], selection: Selection): Candidate[] {
  return points
    .flatMap((point) => {
      const parts = partsOf(point, selection)
      const similarity = similarityOf(parts)
      return eligibleOf(point, selection).map((member): Candidate => ({ member, similarity, parts }))
    })
    .sort(compareFit)
    .slice(0, selection.n)
}

function partsOf({ slots }: Point, { columns, query }: Selection): number[] {
  return columns.map((column, i) => column.dot(query[i] as Float32Array, slots[i] as number))
}

function similarityOf(parts: readonly number[]): number {
  return parts.reduce((sum, part) => sum + part, 0) / parts.length
}

function compareFit(a: Candidate, b: Candidate): number {
  return b.similarity - a.similarity || compareAge(a.member, b.member)
}

function eligibleOf({ members }: Point, selection: Selection): Member[] {
  const chosen: Member[] = []
  for (const member of members) {
    if (chosen.length === selection.n) break
    if (isEligible(member, selection)) chosen.push(member)
  }
  return chosen
}

function hasEligible(point: Point | undefined, selection: Selection): boolean {
  return point?.members.some((member) => isEligible(member, selection)) ?? false
}

function isEligible({ taskId, source }: Member, { excludeTask, excludeSource }: Selection): boolean {
  return (excludeTask === undefined || taskId !== excludeTask) && (excludeSource === undefined || source !== excludeSource)
}

/** Nothing is counted under `undefined`. */
interface Counter {
  add(name: string | undefined, by: number): void
  get(name: string | undefined): number
}

function createCounter(): Counter {
  const counts = new Map<string, number>()
  const get = (name: string | undefined): number => (name === undefined ? 0 : (counts.get(name) ?? 0))
  return {
    get,
    add(name, by) {
      if (name === undefined) return
      const count = get(name) + by
      if (count > 0) counts.set(name, count)
      else counts.delete(name)
    },
  }
}
