/** Who has a run: one page at a time. The browser frees the lock of a page that is gone; a tab that was duplicated finds it taken. */
import { abortedError, anyOf } from '../../../util/abort.ts'

export interface HoldOptions {
  locks: LockManager
  /** How long to wait for a page that may be about to go; 0 for not at all. */
  waitMs: number
  signal?: AbortSignal
}

/**
 * Whether this page has the run from now on; it may have had it before. `false` where another page has it.
 * Errors: `aborted`; what the browser throws where it allows no locks.
 */
export function holdRun(id: string, options: HoldOptions): Promise<boolean> {
  const known = HELD.get(id)
  if (known) return known.held
  let release: () => void = () => {}
  const released = new Promise<void>((resolve) => (release = resolve))
  const held = request(id, options, released)
  const hold = { held, release }
  HELD.set(id, hold)
  const forget = (): void => {
    if (HELD.get(id) === hold) HELD.delete(id)
  }
  held.then((has) => has || forget(), forget)
  return held
}

/** Whether this page has the run, or is about to. */
export function isHeldHere(id: string): boolean {
  return HELD.has(id)
}

export function letGo(id: string): void {
  HELD.get(id)?.release()
  HELD.delete(id)
}

/** Of this page, whichever of its environments asked. */
const HELD = new Map<string, { held: Promise<boolean>; release(): void }>()

async function request(id: string, { locks, waitMs, signal }: HoldOptions, released: Promise<void>): Promise<boolean> {
  const patience = AbortSignal.timeout(waitMs)
  const options: LockOptions = waitMs === 0 ? { ifAvailable: true } : { signal: anyOf(patience, signal) }
  try {
    return await new Promise<boolean>((resolve, reject) => {
      const has = (lock: Lock | null): Promise<void> | undefined => {
        resolve(lock !== null)
        return lock ? released : undefined
      }
      locks.request(`reprise-run:${id}`, options, has).catch(reject)
    })
  } catch (error) {
    if (signal?.aborted) throw abortedError(signal)
    if (waitMs > 0 && patience.aborted) return false
    throw error
  }
}
