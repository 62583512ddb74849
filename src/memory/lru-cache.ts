/** A map that forgets what was used least recently once it holds too much. */

export interface LruCache<V> {
  get(key: string): V | undefined
  /** A value heavier than the whole cache is not kept. */
  set(key: string, value: V): void
  delete(key: string): void
  clear(): void
}

/** Holds values of at most `capacity` together, in the unit in which `weigh` weighs one. */
export function createLruCache<V>(capacity: number, weigh: (value: V) => number): LruCache<V> {
  const entries = new Map<string, V>()
  let weight = 0

  const remove = (key: string): void => {
    const value = entries.get(key)
    if (value !== undefined && entries.delete(key)) weight -= weigh(value)
  }
  return {
    get(key) {
      const value = entries.get(key)
      // A map iterates in the order of insertion: used ones go to the end.
      if (value !== undefined && entries.delete(key)) entries.set(key, value)
      return value
    },
    set(key, value) {
      remove(key)
      if (weigh(value) > capacity) return
      entries.set(key, value)
      weight += weigh(value)
      for (const oldest of entries.keys()) {
        if (weight <= capacity) break
        remove(oldest)
      }
    },
    delete: remove,
    clear() {
      entries.clear()
      weight = 0
    },
  }
}
