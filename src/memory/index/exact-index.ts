/** An index that compares the query with every vector. The fastest one while there are few, and the one that is never wrong. */
import { createBestList } from './best-list.ts'
import type { VectorColumn } from './vector-column.ts'
import type { Allowed, Match } from './vector-index.ts'

/** Keys of one or more parts, each part a slot of a column; similarities are sums over the parts. */
export interface ExactIndex {
  readonly size: number
  /** `label` must not be in it yet. */
  add(label: number, slots: readonly number[]): void
  /** A label that is not in it is ignored. */
  remove(label: number): void
  /** The `n` best matches for a query of as many parts, best first. */
  search(query: readonly Float32Array[], n: number, allowed?: Allowed): Match[]
  /** Sum of the similarities of the parts. */
  similarity(query: readonly Float32Array[], label: number): number
  has(label: number): boolean
  labels(): Iterable<number>
  /** All parts one after another. */
  vector(label: number): Float32Array
}

/** Empty, over columns that others fill. A removed key's place is taken by the last. */
export function createExactIndex(columns: readonly VectorColumn[]): ExactIndex {
  const labels: number[] = []
  const places = new Map<number, number>()
  /** For each part the slots of all keys. */
  const parts = columns.map((): number[] => [])
  const dimensions = columns.reduce((sum, column) => sum + column.dimensions, 0)
  const slot = (part: number, place: number): number => parts[part]?.[place] as number

  return {
    get size() {
      return labels.length
    },
    add(label, slots) {
      places.set(label, labels.length)
      labels.push(label)
      parts.forEach((part, i) => part.push(slots[i] as number))
    },
    remove(label) {
      const place = places.get(label)
      if (place === undefined) return
      places.delete(label)
      const last = labels.pop() as number
      if (last !== label) {
        labels[place] = last
        places.set(last, place)
      }
      for (const part of parts) {
        const lastSlot = part.pop() as number
        if (last !== label) part[place] = lastSlot
      }
    },
    search(query, n, allowed) {
      const best = createBestList(Math.min(n, labels.length))
      const sums = sumsOf(
        columns.map((column, i) => ({ products: column.dots(query[i] as Float32Array), slots: parts[i] as number[] })),
        labels.length,
      )
      for (let place = 0; place < labels.length; place++)
        if (!allowed || allowed(labels[place] as number)) best.offer(place, sums[place] as number)
      return best.take().map(({ place, similarity }) => ({ label: labels[place] as number, similarity }))
    },
    similarity(query, label) {
      const place = places.get(label) as number
      return columns.reduce((sum, column, i) => sum + column.dot(query[i] as Float32Array, slot(i, place)), 0)
    },
    has: (label) => places.has(label),
    labels: () => labels,
    vector(label) {
      const place = places.get(label) as number
      const joined = new Float32Array(dimensions)
      let offset = 0
      columns.forEach((column, i) => {
        column.unpack(slot(i, place), joined, offset)
        offset += column.dimensions
      })
      return joined
    },
  }
}

function sumsOf(parts: readonly { products: Float64Array; slots: readonly number[] }[], count: number): Float64Array {
  const sums = new Float64Array(count)
  for (const { products, slots } of parts)
    for (let place = 0; place < count; place++) sums[place] = (sums[place] as number) + (products[slots[place] as number] as number)
  return sums
}
