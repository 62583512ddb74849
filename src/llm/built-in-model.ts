/** The model that the browser itself brings (Chrome's `LanguageModel`). It lives in pages alone, not in workers. */
import * as z from 'zod/mini'
import { RepriseError } from '../core/errors.ts'
import type { GenerateRequest, Generation } from '../core/model.ts'
import { abortable, anyOf, throwIfAborted } from '../util/abort.ts'
import { createStopFilter } from '../util/stop.ts'
import { callable, parse } from '../util/validate.ts'
import type { BuiltInFactory, BuiltInSession } from './built-in-api.ts'
import { createSessions, type BuiltInProgress, type BuiltInSessions } from './built-in-sessions.ts'
import { tidyMessages } from './chat-messages.ts'
import type { LocalModel } from './worker-model.ts'

/** What `createBuiltInModel` takes. */
export interface BuiltInModelOptions {
  /** Languages of questions and answers, as BCP 47 tags; the browser's own choice where absent. */
  languages?: readonly string[]
  /** Hears how much of the model has arrived, where the browser has to fetch it. */
  onProgress?: (progress: BuiltInProgress) => void
  /** Instead of the global `LanguageModel`, looked up at each use. */
  languageModel?: BuiltInFactory
  /** Longest wait in ms for the browser to say whether it has a model (default 10,000). */
  patience?: number
}

const optionsSchema = z.strictObject({
  languages: z.exactOptional(z.array(z.string().check(z.minLength(2)))),
  onProgress: z.exactOptional(callable),
  languageModel: z.exactOptional(z.custom((value) => typeof value === 'object' || typeof value === 'function', 'must be a LanguageModel')),
  patience: z.exactOptional(z.number().check(z.positive(), z.lte(2 ** 31 - 1))),
})

/**
 * The browser's own model. A schema is kept to by its own decoding. It takes no seed, and a temperature in few browsers alone: both
 * are left out with a warning. Browsers do not limit an answer, so `maxTokens` ends it after as many parts as are streamed, each about
 * a token. A download that is needed begins only after a click or a key of the user: call `load` there.
 *
 * Errors: `invalid-options`; `model-unavailable` (no such model here, or none in a worker); `model-failed` (a prompt that does not
 * fit, or a model that broke); `aborted`.
 */
export function createBuiltInModel(options: BuiltInModelOptions = {}): LocalModel {
  parse(optionsSchema, options, 'builtInModel options')
  const sessions = createSessions({
    find: () => options.languageModel ?? findFactory(),
    languages: options.languages,
    onProgress: options.onProgress,
    patience: options.patience ?? 10_000,
  })
  const lives = createLives()
  return {
    id: 'built-in/language-model',
    capabilities: { schema: true, offline: true },
    load: ({ signal } = {}) =>
      lives.during(signal, async (ending) => {
        const session = await sessions.open({ initial: [], temperature: undefined, signal: ending, warn() {} })
        session.destroy()
      }),
    async unload() {
      const ended = lives.end()
      sessions.close()
      await ended
    },
    generate: (request) => lives.during(request.signal, (signal) => answer(sessions, { ...request, signal })),
  }
}

interface Lives {
  /** Work that ends with the caller's signal or with the life in which it begins, then with `model-unavailable`. */
  during<T>(signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T>
  /** Ends a life, from one `unload` to the next. Resolves when its work has settled. */
  end(): Promise<void>
}

function createLives(): Lives {
  let life = new AbortController()
  const working = new Set<Promise<unknown>>()
  return {
    async during(given, work) {
      throwIfAborted(given)
      const { signal: ended } = life
      const signal = anyOf(given, ended)
      const running = work(signal)
      working.add(running)
      try {
        return await abortable(running, signal)
      } catch (error) {
        throwIfAborted(given)
        if (ended.aborted) throw unloaded()
        throw error
      } finally {
        void running.catch(() => {}).finally(() => working.delete(running))
      }
    },
    async end() {
      life.abort(unloaded())
      life = new AbortController()
      await Promise.allSettled(working)
    },
  }
}

function unloaded(): RepriseError {
  return new RepriseError(
    'model-unavailable',
    'The browser’s built-in model was unloaded while it was working. The next call loads it again.',
  )
}

function findFactory(): BuiltInFactory {
  const { LanguageModel: found } = globalThis as { LanguageModel?: BuiltInFactory }
  if (found) return found
  throw new RepriseError(
    'model-unavailable',
    typeof document === 'undefined'
      ? 'The browser’s built-in model can be asked by pages alone, not by workers.'
      : 'This browser brings no model of its own (LanguageModel); Chrome does from version 138 on, on some devices.',
  )
}

type Asked = GenerateRequest & { signal: AbortSignal }

async function answer(sessions: BuiltInSessions, request: Asked): Promise<Generation> {
  const { signal, temperature, onWarning } = request
  const { messages, warnings } = tidyMessages(request.messages)
  for (const warning of warnings) onWarning?.(warning)
  if (request.seed !== undefined) onWarning?.('seed was left out: the browser’s built-in model takes none.')
  const warn = (message: string): void => onWarning?.(message)
  const session = await sessions.open({ initial: messages.slice(0, -1), temperature, signal, warn })
  try {
    return await abortable(prompt(session, messages.at(-1)?.content ?? '', request), signal)
  } catch (error) {
    throwIfAborted(signal)
    throw promptFailure(error)
  } finally {
    session.destroy()
  }
}

async function prompt(session: BuiltInSession, input: string, request: Asked): Promise<Generation> {
  const { signal, stop, maxTokens = Infinity, responseSchema } = request
  throwIfAborted(signal)
  const enough = new AbortController()
  const ending = AbortSignal.any([signal, enough.signal])
  const filter = createStopFilter(stop, (delta) => void (signal.aborted || request.onText?.(delta)))
  const inputTokens = usageOf(session) + (await measure(session, input, signal))
  let finishReason: Generation['finishReason'] = 'stop'
  let parts = 0
  try {
    const stream = session.promptStreaming(input, { signal: ending, ...(responseSchema && { responseConstraint: responseSchema }) })
    for await (const delta of stream) {
      throwIfAborted(signal)
      parts++
      if (filter.push(delta)) break
      if (parts < maxTokens) continue
      finishReason = 'length'
      break
    }
  } catch (error) {
    throwIfAborted(signal)
    if (!(error instanceof DOMException) || error.name !== 'NotReadableError') throw error
    finishReason = 'filtered'
  }
  enough.abort()
  const { text } = filter.end()
  const outputTokens = Math.max(usageOf(session) - inputTokens, inputTokens > 0 ? parts : 0)
  return { text, toolCalls: [], finishReason, usage: { inputTokens, outputTokens } }
}

function usageOf({ contextUsage, inputUsage }: BuiltInSession): number {
  return contextUsage ?? inputUsage ?? 0
}

async function measure(session: BuiltInSession, input: string, signal: AbortSignal): Promise<number> {
  return (await (session.measureContextUsage?.(input, { signal }) ?? session.measureInputUsage?.(input, { signal }))) ?? 0
}

function promptFailure(error: unknown): RepriseError {
  const { name = '', quota, requested } = error as { name?: string; quota?: number; requested?: number }
  const message =
    name === 'QuotaExceededError'
      ? `The prompt is longer than the browser's built-in model reads${quota ? ` (${requested ?? 'more'} tokens of ${quota})` : ''}: shorten it.`
      : `The browser's built-in model failed: ${String(error)}`
  return new RepriseError('model-failed', message, { cause: error })
}
