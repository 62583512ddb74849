/** The one error type of this library. Callers branch on `code`, people read `message`. */
import type { Trajectory } from './trajectory.ts'

/** Why an operation failed. The union is closed: a new reason is a new member here. */
export type ErrorCode =
  | 'aborted' //             the caller's signal fired; nothing was stored
  | 'model-unavailable' //   the model cannot run or be reached here
  | 'model-failed' //        the model was reached and refused, broke or timed out
  | 'model-output' //        the model answered with something unusable
  | 'embedder-failed' //     vectors could not be had, or are not what the embedder promised
  | 'embedder-mismatch' //   the store holds vectors of another embedder
  | 'memory-corrupt' //      a stored record does not match the schema
  | 'memory-quota' //        the browser has no room left for this origin
  | 'memory-blocked' //      the database cannot be opened (private mode, policy, a newer version, another tab)
  | 'memory-closed' //       the memory was closed
  | 'import-invalid' //      an import held nothing usable
  | 'environment-failed' //  the environment threw, hung or returned something else than its contract says
  | 'approval-denied' //     an action needed approval and did not get it
  | 'budget-exceeded' //     the episode, or its batch, used up what it was given; what was done is on the error
  | 'worker-lost' //         a worker could not be loaded or died
  | 'invalid-options' //     the caller's arguments are wrong

export interface RepriseErrorOptions {
  cause?: unknown
  /** What the agent had done when an episode failed. Set on errors that end an episode. */
  trajectory?: Trajectory
}

// Two copies of the library in one page share registered symbols, not classes.
const MARK: unique symbol = Symbol.for('reprise.error') as never

/**
 * Every failure of this library. `message` says what happened, what was kept and what to do;
 * `trajectory` is the partial one where an episode failed.
 */
export class RepriseError extends Error {
  readonly code: ErrorCode
  declare trajectory?: Trajectory

  constructor(code: ErrorCode, message: string, options: RepriseErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'RepriseError'
    this.code = code
    if (options.trajectory) this.trajectory = options.trajectory
    Object.defineProperty(this, MARK, { value: true })
  }
}

/** Whether `value` is a `RepriseError` (of any copy of the library), and of `code` where one is given. */
export function isRepriseError(value: unknown, code?: ErrorCode): value is RepriseError {
  return (
    typeof value === 'object' && value !== null && MARK in value && (code === undefined || (value as unknown as RepriseError).code === code)
  )
}
