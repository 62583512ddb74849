/** Events and those who listen to them. */

/** A listener that throws harms neither who tells it nor the others: its error goes to the page's own handler. */
export function tell<E>(listener: ((event: E) => void) | undefined, event: E): void {
  try {
    listener?.(event)
  } catch (error) {
    if (typeof reportError === 'function') reportError(error)
    else
      queueMicrotask(() => {
        throw error
      })
  }
}
