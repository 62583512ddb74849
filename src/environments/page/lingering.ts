/**
 * What an action sets off late, when nobody waits for it any more: a form that is sent a moment after its field was filled, a timed
 * redirect. It is held as what comes at once is; since the agent is deciding by then, it is told of it and has to act itself.
 */
import type { Guard } from './act/guard.ts'
import type { PageRun } from './observing.ts'

/** Pages wait for a person to have done typing for less than this. */
const LINGER_MS = 2000

interface Lingering {
  guard: Guard
  /** What was held, and told, before. */
  before: number
  close(): void
}

const LINGERING = new WeakMap<PageRun, Lingering>()
/** Of all runs in this page: what one of them does next is not for the guard of another. */
let latest: Lingering | undefined

/** Keeps the guard of an action that is over for a while, until the next one or an abort. */
export function linger(run: PageRun, guard: Guard, signal: AbortSignal): void {
  const close = (): void => {
    clearTimeout(timer)
    signal.removeEventListener('abort', close)
    guard.close()
  }
  const timer = setTimeout(close, LINGER_MS)
  signal.addEventListener('abort', close, { once: true })
  latest?.close()
  latest = { guard, before: guard.held.length, close }
  LINGERING.set(run, latest)
  guard.linger()
  if (signal.aborted) close()
}

/** Ends it; returns a note where something was held, else nothing. */
export function endLingering(run: PageRun): string {
  const last = LINGERING.get(run)
  LINGERING.delete(run)
  last?.close()
  latest?.close()
  const late = last?.guard.held.slice(last.before) ?? []
  if (late.length === 0) return ''
  const what = late.some(({ facts }) => facts.submits) ? 'send a form' : 'leave the page'
  return `The action before was about to ${what} by itself a moment later, which was held back: do it by an action of its own, if it is meant. `
}
