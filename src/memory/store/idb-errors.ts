/** What IndexedDB's exceptions mean to the user of a memory. */
import { isRepriseError, RepriseError } from '../../core/errors.ts'

const INSTEAD = "Open it with storage: 'memory' to go on without keeping anything."

/** The error of a failed open. */
export function openError(error: unknown, name: string): RepriseError {
  if (isRepriseError(error)) return error
  switch (nameOf(error)) {
    case 'VersionError':
      return blocked(`The memory "${name}" was written by a newer version of this library. Nothing was touched. Update the page.`, error)
    case 'SecurityError':
    case 'InvalidStateError':
      return blocked(
        `The browser does not let this page use IndexedDB (private mode, or a setting or sandbox forbids it). ${INSTEAD}`,
        error,
      )
    case 'QuotaExceededError':
      return new RepriseError('memory-quota', `The browser has no room to open the memory "${name}". Free some space. ${INSTEAD}`, {
        cause: error,
      })
    default:
      return blocked(`The memory "${name}" could not be opened (${text(error)}). Reload the page to try again. ${INSTEAD}`, error)
  }
}

/** The error of a failed transaction. */
export function transactionError(error: unknown, closed: RepriseError | undefined): unknown {
  if (closed) return closed
  if (isRepriseError(error) || !(error instanceof DOMException)) return error
  switch (error.name) {
    case 'QuotaExceededError':
      return new RepriseError(
        'memory-quota',
        'The browser has no room left for this page. Nothing was changed. Delete trajectories or free some space.',
        {
          cause: error,
        },
      )
    case 'InvalidStateError':
      return new RepriseError(
        'memory-closed',
        'The browser closed the connection to the memory. What it had acknowledged is kept. Open it again.',
        {
          cause: error,
        },
      )
    default:
      return blocked(
        `The browser could not carry out a transaction (${text(error)}). Nothing was changed. Try again, or reload the page.`,
        error,
      )
  }
}

export function blocked(message: string, cause?: unknown): RepriseError {
  return new RepriseError('memory-blocked', message, { cause })
}

function nameOf(error: unknown): string {
  return error instanceof Error || error instanceof DOMException ? error.name : ''
}

function text(error: unknown): string {
  return error instanceof Error || error instanceof DOMException ? `${error.name}: ${error.message}` : String(error)
}
