/** The `n` largest of many numbers as they come by, without sorting the rest. */

export interface BestList {
  offer(place: number, similarity: number): void
  /** Largest first. */
  take(): { place: number; similarity: number }[]
}

/** A binary heap whose root is the smallest of the `n` largest seen so far. */
export function createBestList(n: number): BestList {
  const places = new Int32Array(n)
  const similarities = new Float64Array(n)
  let size = 0

  const at = (i: number): number => similarities[i] as number
  const swap = (i: number, j: number): void => {
    const [place, similarity] = [places[i] as number, at(i)]
    places[i] = places[j] as number
    similarities[i] = at(j)
    places[j] = place
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
  const set = (i: number, place: number, similarity: number): void => {
    places[i] = place
    similarities[i] = similarity
  }

  return {
    offer(place, similarity) {
      if (size < n) {
        set(size, place, similarity)
        rise(size++)
      } else if (n > 0 && similarity > at(0)) {
        set(0, place, similarity)
        sink(0)
      }
    },
    take: () =>
      Array.from({ length: size }, (_, i) => ({ place: places[i] as number, similarity: at(i) })).sort(
        (a, b) => b.similarity - a.similarity,
      ),
  }
}
