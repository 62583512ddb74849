/**
 * Remote models as `LanguageModel`s: whose key is used and when it is asked for, when a failed request is repeated,
 * and what its failure is called. What is sent and how it is read is the business of `ai-sdk.ts`, loaded with the first request.
 */
import { isRepriseError, RepriseError } from '../core/errors.ts'
import type { GenerateRequest, Generation, LanguageModel } from '../core/model.ts'
import { abortable, throwIfAborted } from '../util/abort.ts'
import type { Optional } from './ai-sdk.ts'
import { isRetryable, redact, RemoteFailure, toRepriseError } from './remote-failure.ts'
import { isCredential, readOptions, type RemoteModelOptions, type RemoteSettings } from './remote-options.ts'
import { openAttempt } from './transport.ts'

/** Loads the part that talks to the vendors. */
export type LoadSdk = () => Promise<typeof import('./ai-sdk.ts')>

/**
 * A model behind an API: `'openai/gpt-5-mini'`, or `'openai-compatible/<model>'` with its `baseURL`
 * (Ollama, LM Studio, vLLM, OpenRouter and the like). Nothing is loaded or sent before the first `generate`.
 *
 * Requests that fail with 408, 409, 429, 5xx or for lack of a network are repeated with growing, jittered waits, or after
 * `Retry-After` where it is at most a minute; never after an abort, nor once text was delivered. Stop texts that a
 * server does not know are cut off here. With `responseSchema` the text is JSON, but only the server checks the schema.
 *
 * Errors: `invalid-options`, `model-unavailable` (cannot be reached), `model-failed` (refused or broke off),
 * `model-output` (unreadable, or `maxTokens` used up before the first word), `aborted`. No error, warning or URL contains a key.
 *
 * @example
 * const model = createRemoteModel('openai/gpt-5-mini', { getToken: () => myServer.token() }, () => import('./ai-sdk.ts'))
 * const { text } = await model.generate({ messages: [{ role: 'user', content: 'Hello' }] })
 */
export function createRemoteModel(spec: string, options: RemoteModelOptions, load: LoadSdk): LanguageModel {
  const remote: Remote = { ...readOptions(spec, options), withheld: new Set(), load: once(load) }
  return { id: spec, generate: (request) => abortable(answer(remote, request), request.signal) }
}

interface Remote extends RemoteSettings {
  /** Settings that the model refused before. */
  withheld: Set<Optional>
  load: LoadSdk
}

/** What one call has been through so far. */
interface Progress {
  attempts: number
  retries: number
  /** Characters that `onText` has heard. */
  delivered: number
  renewedToken: boolean
  /** All keys that were sent. */
  secrets: Set<string>
}

async function answer(remote: Remote, request: GenerateRequest): Promise<Generation> {
  const progress: Progress = { attempts: 0, retries: 0, delivered: 0, renewedToken: false, secrets: secretsOf(remote) }
  for (;;) {
    throwIfAborted(request.signal)
    try {
      return await attempt(remote, request, progress)
    } catch (error) {
      throwIfAborted(request.signal)
      if (isRepriseError(error)) throw error
      const failure = error instanceof RemoteFailure ? error : new RemoteFailure('other', String(error))
      const pause = pauseBeforeRetry(remote, { request, progress, failure })
      if (pause === undefined) throw toRepriseError(failure, { ...remote, ...progress, hasGetToken: remote.getToken !== undefined })
      if (pause > 0) await abortable(remote.sleep(pause), request.signal)
    }
  }
}

async function attempt(remote: Remote, request: GenerateRequest, progress: Progress): Promise<Generation> {
  const sdk = await remote.load()
  const token = await tokenOf(remote)
  if (token !== undefined) progress.secrets.add(token)
  throwIfAborted(request.signal)
  progress.attempts++
  const under = openAttempt({ ...remote, token, signal: request.signal })
  const observed = observe(request, under.signal, (characters) => (progress.delivered += characters))
  for (const setting of remote.withheld)
    if (request[setting] !== undefined)
      observed.onWarning?.(
        `${setting} was left out: ${remote.id} refused it${setting === 'stop' ? ' (the answer is cut here instead)' : ''}`,
      )
  try {
    return await abortable(sdk.generate({ ...remote, fetch: under.fetch }, observed), under.signal)
  } catch (error) {
    throw under.timedOut ? new RemoteFailure('timeout', 'timed out') : error
  } finally {
    under.end()
  }
}

/** The request of one attempt: its listeners hear nothing more once that attempt is over. */
function observe(request: GenerateRequest, signal: AbortSignal, delivered: (characters: number) => void): GenerateRequest {
  const { onText, onWarning } = request
  const onDelta = (delta: string): void => {
    if (signal.aborted) return
    delivered(delta.length)
    onText?.(delta)
  }
  return {
    ...request,
    signal,
    ...(onText && { onText: onDelta }),
    onWarning: (message) => {
      if (!signal.aborted) onWarning?.(message)
    },
  }
}

interface Failed {
  request: GenerateRequest
  progress: Progress
  failure: RemoteFailure
}

const LONGEST_PAUSE_MS = 60_000

/** Milliseconds until the next attempt, or `undefined` where there is to be none. */
function pauseBeforeRetry(remote: Remote, { request, progress, failure }: Failed): number | undefined {
  const { details } = failure
  if (progress.delivered > 0) return undefined
  if (details.status === 401 && remote.getToken && !progress.renewedToken) {
    progress.renewedToken = true
    return 0
  }
  const refused = refusedSetting(failure, request)
  if (refused && !remote.withheld.has(refused)) {
    remote.withheld.add(refused)
    return 0
  }
  if (!isRetryable(failure) || progress.retries >= remote.maxRetries) return undefined
  if (details.retryAfterMs !== undefined && details.retryAfterMs > LONGEST_PAUSE_MS) return undefined
  const longest = Math.min(30_000, 500 * 2 ** progress.retries++)
  return details.retryAfterMs ?? longest / 2 + (longest / 2) * remote.random()
}

/** The setting that the server refused, where an answer can do without it. */
function refusedSetting({ details, message }: RemoteFailure, request: GenerateRequest): Optional | undefined {
  if (details.status !== 400 || !/unsupported|not support/i.test(`${details.code} ${message}`)) return undefined
  return OPTIONAL.find((setting) => setting === details.param && request[setting] !== undefined)
}

const OPTIONAL: readonly Optional[] = ['temperature', 'seed', 'stop']

async function tokenOf({ id, apiKey, getToken, timeoutMs }: RemoteSettings): Promise<string | undefined> {
  if (!getToken) return apiKey
  let token: unknown
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it took longer than ${timeoutMs} ms`)), timeoutMs)
  })
  try {
    token = await Promise.race([getToken(), late])
  } catch (error) {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : 'no Error was thrown'
    throw new RepriseError('model-unavailable', `getToken() failed, so ${id} was not asked (${redact(text, [])}).`)
  } finally {
    clearTimeout(timer)
  }
  if (typeof token === 'string' && token !== '') return token
  throw new RepriseError('model-unavailable', `getToken() returned no text, so ${id} was not asked.`)
}

function secretsOf({ apiKey, headers }: RemoteSettings): Set<string> {
  const credentials = Object.entries(headers).filter(([name]) => isCredential(name))
  const secrets = credentials.flatMap(([, value]) => value.split(/\s+/).filter((word) => word.length >= 8))
  return new Set(apiKey === undefined ? secrets : [apiKey, ...secrets])
}

/** Loads once; a load that failed is tried again with the next request. */
function once(load: LoadSdk): LoadSdk {
  let loading: ReturnType<LoadSdk> | undefined
  return () =>
    (loading ??= load().catch((error: unknown) => {
      loading = undefined
      throw new RepriseError('model-unavailable', 'The part that talks to remote models could not be loaded. Nothing was sent.', {
        cause: error,
      })
    }))
}
