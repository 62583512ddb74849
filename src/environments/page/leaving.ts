/** Waiting for a page that has begun to leave. */
import { call, isHtml } from './act/native.ts'

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
    const loaded = ({ target }: Event): void => void (isHtml(target as Node, 'iframe') && stay())
    call('EventTarget', 'addEventListener', view.document, 'load', loaded, { capture: true, signal: end.signal })
    view.addEventListener('pagehide', () => clearTimeout(timer), { signal: end.signal })
    // Shown again from the browser's cache, as it was.
    view.addEventListener('pageshow', stay, { signal: end.signal })
  })
}
