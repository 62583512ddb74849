/** Work that must not overlap, because what it works on has one state. */

/** Runs each piece once all before it have settled; what it rejects with is its own caller's alone. */
export function oneAtATime(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const result = last.then(work)
    last = result.catch(() => {})
    return result
  }
}
