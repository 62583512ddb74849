/** Waiting for a page to come to rest after an act, instead of for a time that is always too long or too short. */
import { attributeOf, call, documentOf, isHtml, queryAll, read } from './native.ts'
import { watchChanges } from './page-changes.ts'

export interface SettleOptions {
  /** Ends the waiting at once. */
  signal: AbortSignal
  /** The page is at rest when nothing has happened for so long, in ms (default 150). */
  quietMs?: number
  /** It is waited no longer than this, in ms (default 3,000). */
  timeoutMs?: number
}

export interface Settled {
  /** False where the time ran out or the signal fired. */
  settled: boolean
  /** What went on when the time ran out. */
  busy: 'loading' | 'changing' | 'animating' | null
  /** How long it took, in ms. */
  ms: number
}

/**
 * Resolves once no part of the page changed, no resource arrived, no document or image loads, nothing says `aria-busy`, and no animation
 * that ends is running, for `quietMs`. Requests of scripts are noticed when they end: the platform tells of them no sooner, and nothing
 * of the page is patched to learn more.
 */
export function settle(root: Element, { signal, quietMs = 150, timeoutMs = 3000 }: SettleOptions): Promise<Settled> {
  const document = documentOf(root)
  const start = performance.now()
  let last = start
  const touch = (): void => void (last = performance.now())
  const changes = watchChanges(document, touch)
  const network = watchNetwork(touch)
  return new Promise((resolve) => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const end = (settled: boolean): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      changes.close()
      network?.disconnect()
      resolve({
        settled,
        busy: settled || signal.aborted ? null : (activityIn(changes.documents()) ?? 'changing'),
        ms: performance.now() - start,
      })
    }
    const stop = (): void => end(false)
    const look = (): void => {
      const now = performance.now()
      if (activityIn(changes.documents())) last = now
      if (now - last >= quietMs) return end(true)
      if (now - start >= timeoutMs) return end(false)
      timer = setTimeout(look, Math.max(1, Math.min(quietMs - (now - last), timeoutMs - (now - start), 50)))
    }
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
    else look()
  })
}

function watchNetwork(onArrival: () => void): PerformanceObserver | null {
  try {
    const observer = new PerformanceObserver(onArrival)
    observer.observe({ type: 'resource' })
    return observer
  } catch {
    return null
  }
}

function activityIn(documents: readonly Document[]): 'loading' | 'animating' | null {
  if (documents.some(isLoading)) return 'loading'
  return documents.some((document) => call('Document', 'getAnimations', document).some(isPassing)) ? 'animating' : null
}

function isLoading(document: Document): boolean {
  if (read('Document', 'readyState', document) === 'loading') return true
  return queryAll(document, '[aria-busy=true], img').some((part) =>
    isHtml(part, 'img') ? !part.complete && attributeOf(part, 'loading') !== 'lazy' : part.checkVisibility(),
  )
}

/** One that ends, and soon. */
function isPassing(animation: Animation): boolean {
  if (animation.playState !== 'running') return false
  const end = animation.effect?.getComputedTiming().endTime
  return typeof end === 'number' && Number.isFinite(end) && end - Number(animation.currentTime ?? 0) < 1000
}
