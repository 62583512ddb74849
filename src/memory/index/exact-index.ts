/** An index that compares the query with every vector. The fastest one while there are few, and the one that is never wrong. */
import { dot } from '../../util/vectors.ts'
import type { Match, VectorIndex } from './vector-index.ts'

export interface ExactIndex extends VectorIndex {
  labels(): number[]
  /** A view of the stored vector, valid until the next change. */
  vector(label: number): Float32Array | undefined
}

/** Vectors of `dimensions` numbers in one array; a removed one's place is taken by the last. */
export function createExactIndex(dimensions: number): ExactIndex {
  let vectors = new Float32Array(64 * dimensions)
  const labels: number[] = []
  const slots = new Map<number, number>()

  return {
    get size() {
      return labels.length
    },
    add(label, vector) {
      const slot = labels.length
      if ((slot + 1) * dimensions > vectors.length) {
        const grown = new Float32Array(vectors.length * 2)
        grown.set(vectors)
        vectors = grown
      }
      vectors.set(vector, slot * dimensions)
      labels.push(label)
      slots.set(label, slot)
    },
    remove(label) {
      const slot = slots.get(label)
      if (slot === undefined) return
      const last = labels.pop() as number
      slots.delete(label)
      if (last === label) return
      vectors.copyWithin(slot * dimensions, labels.length * dimensions, (labels.length + 1) * dimensions)
      labels[slot] = last
      slots.set(last, slot)
    },
    search(query, n) {
      const best = createBestList(Math.min(n, labels.length))
      for (let slot = 0; slot < labels.length; slot++) best.offer(slot, dot(query, vectors, slot * dimensions))
      return best.matches(labels)
    },
    labels: () => labels.slice(),
    vector(label) {
      const slot = slots.get(label)
      return slot === undefined ? undefined : vectors.subarray(slot * dimensions, (slot + 1) * dimensions)
    },
  }
}

interface BestList {
  offer(slot: number, similarity: number): void
  matches(labels: readonly number[]): Match[]
}

/** The `n` largest seen so far, as a binary heap whose root is the smallest of them. */
function createBestList(n: number): BestList {
  const slots = new Int32Array(n)
  const similarities = new Float64Array(n)
  let size = 0

  const at = (i: number): number => similarities[i] as number
  const swap = (i: number, j: number): void => {
    const [slot, similarity] = [slots[i] as number, at(i)]
    slots[i] = slots[j] as number
    similarities[i] = at(j)
    slots[j] = slot
    similarities[j] = similarity
  }
  const rise = (i: number): void => {
    for (let parent = (i - 1) >> 1; i > 0 && at(i) < at(parent); parent = (i - 1) >> 1) {
      swap(i, parent)
      i = parent
    }
  }
  const sink = (i: number): void => {
    for (;;) {
      const left = 2 * i + 1
      const least = left + 1 < size && at(left + 1) < at(left) ? left + 1 : left
      if (least >= size || at(least) >= at(i)) return
      swap(i, least)
      i = least
    }
  }
  const place = (i: number, slot: number, similarity: number): void => {
    slots[i] = slot
    similarities[i] = similarity
  }

  return {
    offer(slot, similarity) {
      if (size < n) {
        place(size, slot, similarity)
        rise(size++)
      } else if (n > 0 && similarity > at(0)) {
        place(0, slot, similarity)
        sink(0)
      }
    },
    matches: (labels) =>
      Array.from({ length: size }, (_, i) => ({ label: labels[slots[i] as number] as number, similarity: at(i) })).sort(
        (a, b) => b.similarity - a.similarity,
      ),
  }
}
