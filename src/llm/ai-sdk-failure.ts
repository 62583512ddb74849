/** What went wrong inside the AI SDK, told by its shape. Its errors carry the request and the answer, which are left behind here. */
import { RemoteFailure, type FailureDetails } from './remote-failure.ts'

/** @param begun whether the answer had begun: a connection that breaks then is `cut`, before it is `network`. */
export function toFailure(error: unknown, begun: boolean): RemoteFailure {
  for (const inner of causes(error)) {
    if (inner instanceof RemoteFailure) return inner
    // An answer that had begun was of status 200, which the error around this one still says.
    if (isBrokenConnection(inner) && fieldsOf(error).statusCode === 200) return new RemoteFailure('cut', String(inner))
  }
  const { name, message, statusCode, isRetryable, url } = fieldsOf(error)
  const text = typeof message === 'string' ? message : ''
  const origin = typeof url === 'string' && URL.canParse(url) ? new URL(url).origin : undefined
  if (typeof statusCode === 'number' && statusCode >= 400)
    return new RemoteFailure('status', text, { status: statusCode, origin, ...detailsOf(error) })
  if (text.includes('without a finish reason')) return new RemoteFailure('cut', 'the stream ended without a finish reason')
  if ((name === 'AI_APICallError' && statusCode === undefined && isRetryable === true) || causes(error).some(isBrokenConnection))
    return new RemoteFailure(begun ? 'cut' : 'network', text, { origin })
  if (typeof name === 'string' && UNREADABLE.has(name)) return new RemoteFailure('malformed', unreadable(name, text))
  return error instanceof Error ? new RemoteFailure('other', text) : inStream(text, detailsOf({ data: { error } }))
}

/** An error that the server wrote into the answer; some give the status that they would have answered with. */
function inStream(text: string, details: FailureDetails): RemoteFailure {
  const status = Number(details.code)
  return new RemoteFailure('status', text, { ...details, ...(status >= 400 && status < 600 && { status }) })
}

/** The fields that errors of the AI SDK, and errors that vendors put into a stream, may have. */
interface SdkError {
  name?: unknown
  message?: unknown
  statusCode?: unknown
  isRetryable?: unknown
  url?: unknown
  cause?: unknown
  responseHeaders?: Record<string, string>
  data?: { error?: VendorError }
}

interface VendorError {
  code?: unknown
  /** Anthropic's name for a code. */
  type?: unknown
  param?: unknown
  /** Google's. */
  details?: unknown
}

function fieldsOf(error: unknown): SdkError {
  return typeof error === 'object' && error !== null ? error : { message: error }
}

function detailsOf(error: unknown): FailureDetails {
  const { responseHeaders, data } = fieldsOf(error)
  const told: VendorError = typeof data?.error === 'object' && data.error !== null ? data.error : {}
  const google = googleDetails(told.details)
  return {
    code: google.reason ?? asText(told.code) ?? asText(told.type),
    param: asText(told.param),
    retryAfterMs: retryAfter(responseHeaders ?? {}) ?? google.retryAfterMs,
  }
}

/** Google tells in the body what others tell in headers, which a page may not read unless the server allows it. */
function googleDetails(details: unknown): { reason: string | undefined; retryAfterMs: number | undefined } {
  const list = Array.isArray(details) ? details.map((detail) => (typeof detail === 'object' && detail !== null ? detail : {})) : []
  const { reason } = list.find((detail) => 'reason' in detail) ?? ({} as { reason?: unknown })
  const { retryDelay } = list.find((detail) => 'retryDelay' in detail) ?? ({} as { retryDelay?: unknown })
  const seconds = Number.parseFloat(String(retryDelay))
  return { reason: typeof reason === 'string' ? reason : undefined, retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : undefined }
}

/** `error`, what caused it, what caused that; not for ever, where it is its own cause. */
function causes(error: unknown): unknown[] {
  const chain: unknown[] = []
  for (let inner = error; inner && chain.length < 10; inner = fieldsOf(inner).cause) chain.push(inner)
  return chain
}

/** Browsers and Node name the same thing differently, and always as a TypeError. */
function isBrokenConnection(error: unknown): boolean {
  return error instanceof TypeError && /fetch|network|load failed|terminated|aborted/i.test(error.message)
}

const UNREADABLE: ReadonlySet<string> = new Set(
  ['APICall', 'JSONParse', 'TypeValidation', 'InvalidResponseData', 'EmptyResponseBody', 'NoContentGenerated'].map(
    (kind) => `AI_${kind}Error`,
  ),
)

/** The SDK's own text would repeat the whole answer. */
function unreadable(name: string, text: string): string {
  if (name === 'AI_EmptyResponseBodyError') return 'the answer has no body'
  if (text.includes('choices')) return 'the answer has no choices'
  return 'it is not JSON of the expected form'
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

/** What a server asks to wait, in ms: `retry-after-ms`, or `retry-after` as seconds or as a date. */
function retryAfter(headers: Record<string, string>): number | undefined {
  const exact = Number.parseFloat(headers['retry-after-ms'] ?? '')
  if (Number.isFinite(exact)) return Math.max(0, exact)
  const value = headers['retry-after']
  if (!value) return undefined
  const seconds = Number(value)
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - Date.now()
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined
}
