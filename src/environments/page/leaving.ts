/** Waiting for a page that has begun to leave. */

/** A server that takes longer, or answers with a download, leaves the page where it is. */
const MOST_MS = 5000

/** Resolves when a frame has loaded instead, or after 5 s; where the page goes, never, as nothing else of it goes on. */
export function untilLeft(view: Window): Promise<void> {
  return new Promise((resolve) => {
    const end = new AbortController()
    const stay = (): void => {
      end.abort()
      clearTimeout(timer)
      resolve()
    }
    const timer = setTimeout(stay, MOST_MS)
    view.document.addEventListener('load', (event) => (event.target as Element).localName === 'iframe' && stay(), {
      capture: true,
      signal: end.signal,
    })
    view.addEventListener('pagehide', () => clearTimeout(timer), { signal: end.signal })
    // Shown again from the browser's cache, as it was.
    view.addEventListener('pageshow', stay, { signal: end.signal })
  })
}
