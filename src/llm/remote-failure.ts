/**
 * What can go wrong between a page and a remote model, and what the caller is told of it.
 * Nothing of the request is ever attached to an error, and every text that came from outside is freed of keys first.
 */
import { RepriseError, type ErrorCode } from '../core/errors.ts'
import { isLocal } from './local-address.ts'
import { redact, redactUnknown } from './remote-secrets.ts'

export type FailureKind =
  | 'status' //    the server answered with an error
  | 'network' //   no answer at all
  | 'blocked' //   the request was to go where none may go
  | 'timeout' //   no sign of life for too long
  | 'cut' //       the answer broke off
  | 'malformed' // the answer cannot be read
  | 'empty' //     the answer ended before its first word
  | 'other' //     something on this side

export interface FailureDetails {
  status?: number | undefined
  /** The server's own code, e.g. `insufficient_quota`. */
  code?: string | undefined
  /** The setting that the server complained about. */
  param?: string | undefined
  /** How long the server asked to wait, in ms. */
  retryAfterMs?: number | undefined
  /** Where it happened, where only the failure knows. */
  origin?: string | undefined
}

/** One failed attempt. `message` is the server's or the browser's own text. */
export class RemoteFailure extends Error {
  readonly kind: FailureKind
  readonly details: FailureDetails

  constructor(kind: FailureKind, message: string, details: FailureDetails = {}) {
    super(message)
    this.name = 'RemoteFailure'
    this.kind = kind
    this.details = details
  }
}

/** Where the failure happened, in words that hold no secret. */
export interface FailureContext {
  /** Id of the model. */
  id: string
  /** Address of the server, without query and credentials; absent where it is not known. */
  baseURL: string | undefined
  attempts: number
  timeoutMs: number
  /** Where the key comes from: `'apiKey'`. */
  keySource: string
  /** Characters of the answer that were delivered before it broke. */
  delivered: number
  /** Keys and tokens that must not appear; `undefined` where they are not known. */
  secrets: Iterable<string> | undefined
}

/** The error that the caller sees. */
export function toRepriseError(failure: RemoteFailure, context: FailureContext): RepriseError {
  const [code, message] = explain(failure, { ...context, baseURL: context.baseURL ?? failure.details.origin })
  return new RepriseError(code, context.secrets ? redact(message, context.secrets) : redactUnknown(message, context.id))
}

/** Whether another attempt may go better. */
export function isRetryable({ kind, details }: RemoteFailure): boolean {
  if (kind === 'network' || kind === 'timeout' || kind === 'cut') return true
  if (kind !== 'status' || details.code === 'insufficient_quota') return false
  const { status, code } = details
  // An error inside a stream has no status, but sometimes a name.
  if (status === undefined && /invalid|authenti|permission|not_found|too_large|billing/i.test(code ?? '')) return false
  return status === undefined || status === 408 || status === 409 || status === 429 || status >= 500
}

/** Whether the server refused the key. Google calls that a bad request. */
export function isKeyRefused({ details }: RemoteFailure): boolean {
  return details.status === 401 || details.code === 'API_KEY_INVALID'
}

function explain(failure: RemoteFailure, context: FailureContext): [ErrorCode, string] {
  const { id, attempts, delivered } = context
  const tries = attempts > 1 ? ` after ${attempts} attempts` : ''
  switch (failure.kind) {
    case 'status':
      return [
        'model-failed',
        explainStatus(failure, context) + (delivered > 0 ? ` ${brokenOff(delivered)}` : tries && ` Given up${tries}.`),
      ]
    case 'network':
      return ['model-unavailable', unreachable(failure, context) + (tries && ` Given up${tries}.`)]
    case 'blocked':
      return ['model-unavailable', `${id} was not asked: ${clip(failure.message)}. Nothing was sent.`]
    case 'timeout':
      return [
        'model-failed',
        `${id} gave no sign of life for ${context.timeoutMs} ms${tries}. Raise timeoutMs, or ask for less with maxTokens.`,
      ]
    case 'cut':
      return ['model-failed', `The answer of ${id} broke off before its end${tries}: ${clip(failure.message)}. ${brokenOff(delivered)}`]
    case 'malformed':
      return ['model-output', `${id}${at(context.baseURL)} answered with something that cannot be read: ${clip(failure.message)}.`]
    case 'other':
      return ['model-failed', `${id} could not be asked: ${clip(failure.message)}. ${brokenOff(delivered)}`]
    case 'empty':
      return ['model-output', `${id} answered with nothing: ${clip(failure.message)}.`]
  }
}

function explainStatus(failure: RemoteFailure, { id, baseURL, keySource }: FailureContext): string {
  const { message, details } = failure
  const said = message ? ` The server says: "${clip(message)}".` : ''
  const server = baseURL ?? 'The server'
  if (isKeyRefused(failure) || details.status === 403)
    return `${server} refused the key for ${id} (${details.status}). Check ${keySource}, and what that key may do.${said}`
  switch (details.status) {
    case undefined:
      return `${id} reported an error instead of an answer.${said}`
    case 404:
      return `There is no ${id}${at(baseURL)} (404). Check the name of the model${baseURL ? ' and baseURL' : ''}.${said}`
    case 429:
      return `${server} allows no more requests for now (429).${wait(details.retryAfterMs)}${said}`
    default:
      return `${id}${at(baseURL)} answered with status ${details.status}.${said}`
  }
}

function at(baseURL: string | undefined): string {
  return baseURL === undefined ? '' : ` at ${baseURL}`
}

function wait(milliseconds: number | undefined): string {
  return milliseconds === undefined ? '' : ` It asks to wait ${Math.ceil(milliseconds / 1000)} s.`
}

function brokenOff(delivered: number): string {
  return delivered > 0 ? `${delivered} characters had been delivered, so it was not asked again.` : 'Nothing had been delivered.'
}

/** Browsers hide why a request failed: name what is likely. */
function unreachable({ message }: RemoteFailure, { id, baseURL }: FailureContext): string {
  const page = typeof location === 'undefined' || location.origin === 'null' ? 'this page' : location.origin
  const causes = [
    'there is no network (offline), or the server does not run',
    `the server does not allow ${page} to read its answers (CORS: it must send Access-Control-Allow-Origin)`,
    'it redirects, which is not followed because a key would travel along',
  ]
  if (baseURL !== undefined && isLocal(baseURL))
    causes.push(
      'the browser holds back requests to this computer and the local network (Chrome: allow "local network access" for this page)',
    )
  if (typeof location !== 'undefined' && location.protocol === 'https:' && baseURL?.startsWith('http:'))
    causes.push('a page that is served by https may ask no unencrypted server but one on this computer (mixed content)')
  return `${id} could not be reached${at(baseURL)} (${clip(message)}). Browsers do not say why; likely causes: ${causes.join('; ')}.`
}

/** One line without a full stop: the sentence that it is put into has its own. */
function clip(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim().replace(/\.$/, '')
  return line.length > 300 ? `${line.slice(0, 300)}…` : line
}
