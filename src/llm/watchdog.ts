/** Gives up on a model that shows no sign of life. */

export interface Watchdog {
  /** Fires when the caller aborts, the model is silent for too long, or `end` is called. */
  readonly signal: AbortSignal
  readonly timedOut: boolean
  /** The model gave a sign of life. */
  alive(): void
  /** Stops the clock, and whatever still runs. */
  end(): void
}

/** @param timeoutMs longest silence in ms: until the answer begins, and between its parts. */
export function watch(signal: AbortSignal | undefined, timeoutMs: number): Watchdog {
  const controller = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  let timedOut = false
  const alive = (): void => {
    clearTimeout(timer)
    if (controller.signal.aborted) return
    timer = setTimeout(() => {
      timedOut = true
      controller.abort()
    }, timeoutMs)
  }
  const end = (): void => {
    clearTimeout(timer)
    signal?.removeEventListener('abort', end)
    controller.abort()
  }
  signal?.addEventListener('abort', end, { once: true })
  if (signal?.aborted) end()
  alive()
  return {
    signal: controller.signal,
    get timedOut() {
      return timedOut
    },
    alive,
    end,
  }
}
