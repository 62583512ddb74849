/** What crosses the boundary between a page and a worker. Everything else about workers is in `client` and `serve`. */
import { isRepriseError, RepriseError, type ErrorCode } from '../../core/errors.ts'

/** The one object that a worker exposes. */
export interface Wire {
  /** Name of a lock that the worker holds for as long as it lives, or `null` where there are no locks. */
  hello(): Promise<string | null>
  call(id: number, method: string, input: unknown, emit?: (event: unknown) => unknown): Promise<Reply>
  abort(id: number): void
}

export type Reply = { ok: true; value: unknown } | { ok: false; error: WireError }

export interface WireError {
  name: string
  message: string
  stack?: string | undefined
  code?: ErrorCode | undefined
  cause?: string | undefined
}

/** An error as data. Of its cause only the text crosses. */
export function toWire(error: unknown): WireError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) }
  return {
    name: error.name,
    message: error.message,
    stack: error.stack,
    code: isRepriseError(error) ? error.code : undefined,
    cause: error.cause === undefined ? undefined : String(error.cause),
  }
}

/** The error again; one that was none of ours becomes `fallback`, so that callers always have a code. */
export function fromWire(error: WireError, fallback: ErrorCode): RepriseError {
  const rebuilt = new RepriseError(error.code ?? fallback, error.message, error.cause === undefined ? {} : { cause: error.cause })
  if (error.stack) rebuilt.stack = error.stack
  return rebuilt
}
