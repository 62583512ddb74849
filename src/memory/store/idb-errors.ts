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
      return new RepriseError(
        'memory-quota',
        `The browser has no room to open the memory "${name}". Nothing was changed. Free some space. ${INSTEAD}`,
        { cause: error },
      )
    default:
      return blocked(`The memory "${name}" could not be opened (${text(error)}). Reload the page to try again. ${INSTEAD}`, error)
  }
}

/** The error of a failed transaction on a connection that is open. */
export async function transactionError(error: DOMException): Promise<RepriseError> {
  if (error.name !== 'QuotaExceededError')
    return blocked(
      `The browser could not carry out a transaction (${text(error)}). Nothing was changed. Try again, or reload the page.`,
      error,
    )
  const message = 'The browser has no room left for this page. Nothing was changed. Delete trajectories or free some space.'
  return withRoom(new RepriseError('memory-quota', message, { cause: error }))
}

/** Where it is for want of room, the same error that says how much there is. */
export async function withRoom(error: RepriseError): Promise<RepriseError> {
  if (error.code !== 'memory-quota') return error
  const { usage, quota } = await estimate()
  if (usage === undefined || quota === undefined) return error
  const room = `By its own estimate this page uses ${grouped(usage)} bytes, and ${grouped(Math.max(0, quota - usage))} are available.`
  return new RepriseError(error.code, `${error.message} ${room}`, { cause: error.cause })
}

/** How long the browser may take to estimate (ms): an error that waits for ever tells nothing. */
const ESTIMATE = 2_000

function estimate(): Promise<StorageEstimate> {
  if (typeof navigator === 'undefined' || !navigator.storage?.estimate) return Promise.resolve({})
  const late = new Promise<StorageEstimate>((resolve) => setTimeout(() => resolve({}), ESTIMATE))
  return Promise.race([navigator.storage.estimate().catch(() => ({})), late])
}

export function blocked(message: string, cause?: unknown): RepriseError {
  return new RepriseError('memory-blocked', message, { cause })
}

/** Of a connection that is closed for good. */
export function closedError(why: string, { kept = true, cause }: { kept?: boolean; cause?: unknown } = {}): RepriseError {
  const acknowledged = kept ? 'What it had acknowledged is kept. Open it again to use it.' : 'Open it again to begin anew.'
  return new RepriseError('memory-closed', `${why} ${acknowledged}`, { cause })
}

function grouped(count: number): string {
  return count.toLocaleString('en')
}

function nameOf(error: unknown): string {
  return error instanceof Error || error instanceof DOMException ? error.name : ''
}

function text(error: unknown): string {
  return error instanceof Error || error instanceof DOMException ? `${error.name}: ${error.message}` : String(error)
}
