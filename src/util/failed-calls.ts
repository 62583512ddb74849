/** What a failure cost: the calls that were answered before it, which whoever counts would not hear of otherwise. */
import type { ModelCall } from '../core/model.ts'

// Two copies of the library in one page share registered symbols, not weak maps.
const CALLS: unique symbol = Symbol.for('reprise.calls') as never

/** Notes the calls on `error`, where nobody sees them who does not ask for them. An error that takes no notes stays as it is. */
export function noteCalls(error: unknown, calls: readonly ModelCall[]): void {
  if (calls.length === 0 || typeof error !== 'object' || error === null) return
  Reflect.defineProperty(error, CALLS, { value: [...calls], configurable: true })
}

/** The answered calls that were lost with `error`; none where it holds no note. */
export function callsOf(error: unknown): readonly ModelCall[] {
  if (typeof error !== 'object' || error === null || !(CALLS in error)) return []
  return error[CALLS] as readonly ModelCall[]
}
