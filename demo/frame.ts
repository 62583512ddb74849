/** Updates of the page, once per animation frame at most, in small portions. */

/** A frame's work ends after this many milliseconds; the rest waits for the next frame. */
const PORTION_MS = 6

export interface FrameQueue<T> {
  push(item: T): void
  /** Handles all that waits, now. */
  flush(): void
}

/**
 * Hands items to `handle` in order, as many as fit into a part of a frame, then calls `drawn` once.
 * While the page is hidden there are no frames; then a timer goes on instead.
 */
export function frameQueue<T>(handle: (item: T) => void, drawn: () => void): FrameQueue<T> {
  const waiting: T[] = []
  let scheduled = false

  const work = (limit: number): void => {
    scheduled = false
    const end = performance.now() + limit
    while (waiting.length > 0 && performance.now() < end) handle(waiting.shift() as T)
    drawn()
    if (waiting.length > 0) schedule()
  }
  const schedule = (): void => {
    if (scheduled) return
    scheduled = true
    nextFrame(() => scheduled && work(PORTION_MS))
  }
  return {
    push: (item) => {
      waiting.push(item)
      schedule()
    },
    flush: () => work(Infinity),
  }
}

/** Calls `draw` once in the next frame however often it is asked. */
export function oncePerFrame(draw: () => void): () => void {
  let scheduled = false
  return () => {
    if (scheduled) return
    scheduled = true
    nextFrame(() => {
      scheduled = false
      draw()
    })
  }
}

function nextFrame(work: () => void): void {
  if (document.hidden) setTimeout(work, 100)
  else requestAnimationFrame(work)
}
