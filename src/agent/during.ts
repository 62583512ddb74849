/** Lets an async generator yield what happens while it waits. */

/**
 * Runs `work` and yields the events that it emits, as they come; then returns its result or throws its error.
 * Events emitted after `work` has settled are dropped.
 */
export async function* during<E, T>(work: (emit: (event: E) => void) => Promise<T>): AsyncGenerator<E, T, void> {
  const queue: E[] = []
  let settled = false
  let wake: () => void = () => {}
  const emit = (event: E): void => {
    if (settled) return
    queue.push(event)
    wake()
  }
  const result = work(emit)
  const settle = (): void => {
    settled = true
    wake()
  }
  result.then(settle, settle)
  for (;;) {
    for (let event = queue.shift(); event !== undefined; event = queue.shift()) yield event
    if (settled) return await result
    await new Promise<void>((resolve) => (wake = resolve))
  }
}
