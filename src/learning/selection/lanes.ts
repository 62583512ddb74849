/** Some work at a time, all of it or none further: what fails stops the rest. */

/** Does `work` for each item, `concurrency` at a time. After the first failure nothing is begun, what runs is told to stop, and the call rejects with it once all has settled. */
export async function inLanes<T>(
  items: readonly T[],
  { concurrency, signal }: { concurrency: number; signal: AbortSignal },
  work: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController()
  const either = AbortSignal.any([signal, stop.signal])
  const queue = items.slice()
  let failure: { error: unknown } | undefined
  const lane = async (): Promise<void> => {
    while (queue.length > 0 && !failure) {
      try {
        await work(queue.shift() as T, either)
      } catch (error) {
        failure ??= { error }
        stop.abort(error)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, lane))
  if (failure) throw failure.error
}
