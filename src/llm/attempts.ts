/** Asks again what failed for a passing reason, with growing, jittered waits, or after as long as the server asks for. */
import { isRepriseError, type RepriseError } from '../core/errors.ts'
import type { GenerateRequest, Generation } from '../core/model.ts'
import { abortable, throwIfAborted } from '../util/abort.ts'
import { isKeyRefused, isRetryable, RemoteFailure } from './remote-failure.ts'
import type { OptionalSetting } from './remote-presets.ts'
import { redact } from './remote-secrets.ts'
import { isUnheard } from './unheard.ts'
import { watch, type Watchdog } from './watchdog.ts'

/** Who is asked, and how patiently. */
export interface Persistence {
  id: string
  timeoutMs: number
  maxRetries: number
  sleep(milliseconds: number): Promise<void>
  /** From 0 to 1. */
  random(): number
  /** Settings that the model refused before; what it refuses now is added. */
  withheld: Set<OptionalSetting>
  /** Whether a key that was refused is had anew with the next attempt. */
  renewsKey: boolean
  /** Keys known from the beginning. */
  secrets: Iterable<string>
}

/** What a request may ask for and a model may refuse while it can still answer: the optional settings, and a schema, which can be said in words. */
export type Refusable = OptionalSetting | 'responseSchema'

/** What one call has been through so far. */
export interface Progress {
  attempts: number
  retries: number
  /** Characters that `onText` has heard. */
  delivered: number
  renewedKey: boolean
  /** What the last attempt really sent: another call may have learnt meanwhile that the model refuses it. */
  sent: readonly Refusable[]
  /** Whether the model refused this call's schema; it may take others. */
  schemaInWords: boolean
  /** All keys that were sent. */
  secrets: Set<string>
  /** Warnings that were given: the next attempt would repeat them. */
  warned: Set<string>
}

export interface Attempts extends Persistence {
  /** Called before each attempt; what it throws as a `RepriseError` ends the call. */
  prepare?(progress: Progress): Promise<void>
  attempt(request: GenerateRequest, watchdog: Watchdog, withheld: ReadonlySet<Refusable>): Promise<Generation>
  /** The error that the caller sees. */
  explain(failure: RemoteFailure, progress: Progress): RepriseError
}

/** Errors: what `attempts` makes of failures; `aborted`. Nothing is asked again after an abort, nor once text was delivered. */
export async function persist(attempts: Attempts, request: GenerateRequest): Promise<Generation> {
  const secrets = new Set(attempts.secrets)
  const progress: Progress = {
    attempts: 0,
    retries: 0,
    delivered: 0,
    renewedKey: false,
    sent: [],
    schemaInWords: false,
    secrets,
    warned: new Set(),
  }
  for (;;) {
    throwIfAborted(request.signal)
    try {
      return await once(attempts, request, progress)
    } catch (error) {
      throwIfAborted(request.signal)
      if (isRepriseError(error)) throw error
      const failure = error instanceof RemoteFailure ? error : new RemoteFailure('other', String(error))
      const pause = pauseBeforeRetry(attempts, { progress, failure })
      if (pause === undefined) throw attempts.explain(failure, progress)
      if (pause > 0) await abortable(attempts.sleep(pause), request.signal)
    }
  }
}

async function once(attempts: Attempts, request: GenerateRequest, progress: Progress): Promise<Generation> {
  await attempts.prepare?.(progress)
  throwIfAborted(request.signal)
  progress.attempts++
  const withheld = new Set<Refusable>(attempts.withheld)
  if (progress.schemaInWords) withheld.add('responseSchema')
  progress.sent = REFUSABLE.filter((setting) => request[setting] !== undefined && !withheld.has(setting))
  const watchdog = watch(request.signal, attempts.timeoutMs)
  try {
    const observed = observe(request, watchdog.signal, progress)
    for (const setting of withheld)
      if (request[setting] !== undefined)
        observed.onWarning?.(`${setting} was left out: ${attempts.id} refuses it${INSTEAD[setting] ?? ''}`)
    return await abortable(attempts.attempt(observed, watchdog, withheld), watchdog.signal)
  } catch (error) {
    throw watchdog.timedOut ? new RemoteFailure('timeout', 'timed out') : error
  } finally {
    watchdog.end()
  }
}

const INSTEAD: Partial<Record<Refusable, string>> = {
  stop: ' (the answer is cut here instead)',
  responseSchema: ' (it was said in words instead)',
}

/** The request of one attempt: its listeners hear nothing more once that attempt is over, and never a key. */
function observe(request: GenerateRequest, signal: AbortSignal, progress: Progress): GenerateRequest {
  const { onText, onWarning } = request
  const onDelta = (delta: string): void => {
    if (signal.aborted) return
    if (!isUnheard(request)) progress.delivered += delta.length
    onText?.(delta)
  }
  return {
    ...request,
    signal,
    ...(onText && { onText: onDelta }),
    onWarning: (message) => {
      if (signal.aborted || progress.warned.has(message)) return
      progress.warned.add(message)
      onWarning?.(redact(message, progress.secrets))
    },
  }
}

interface Failed {
  progress: Progress
  failure: RemoteFailure
}

const LONGEST_PAUSE_MS = 60_000

/** Milliseconds until the next attempt, or `undefined` where there is to be none. */
function pauseBeforeRetry(attempts: Persistence, { progress, failure }: Failed): number | undefined {
  const { details } = failure
  if (progress.delivered > 0) return undefined
  if (isKeyRefused(failure) && attempts.renewsKey && !progress.renewedKey) {
    progress.renewedKey = true
    return 0
  }
  const refused = refusedSetting(failure, progress.sent)
  if (refused) {
    // At most once for each: from now on this call does not send it.
    if (refused === 'responseSchema') progress.schemaInWords = true
    else attempts.withheld.add(refused)
    return 0
  }
  if (!isRetryable(failure) || progress.retries >= attempts.maxRetries) return undefined
  if (details.retryAfterMs !== undefined && details.retryAfterMs > LONGEST_PAUSE_MS) return undefined
  const longest = Math.min(30_000, 500 * 2 ** progress.retries++)
  return details.retryAfterMs ?? longest / 2 + (longest / 2) * attempts.random()
}

/** What the server refused of `sent`. Some name it as a parameter, others in a sentence. */
function refusedSetting({ details, message }: RemoteFailure, sent: readonly Refusable[]): Refusable | undefined {
  if (details.status !== 400 && details.status !== 422) return undefined
  const named = sent.filter((setting) => NAMES[setting].test(details.param ?? message))
  const setting = UNSUPPORTED.test(`${details.code} ${message}`) ? named.find((name) => name !== 'responseSchema') : undefined
  if (setting || !named.includes('responseSchema')) return setting
  // A sentence on a tool names a schema, too.
  return details.param === undefined && /\btools?\b|function/i.test(message) ? undefined : 'responseSchema'
}

const UNSUPPORTED = /unsupported|(not|n't) (support|permit|allow)|deprecated|extra inputs|unknown (name|field|param)|unrecognized/i
const REFUSABLE: readonly Refusable[] = ['temperature', 'seed', 'stop', 'responseSchema']
const NAMES: Readonly<Record<Refusable, RegExp>> = {
  temperature: /\btemperature\b/i,
  seed: /\b(random_)?seed\b/i,
  stop: /\b(stop|stop_?sequences)\b/i,
  responseSchema: /schema|response_?format|text\.format|output_?(format|config)/i,
}
