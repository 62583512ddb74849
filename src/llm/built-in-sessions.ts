/** Sessions of the browser's model: one kept for each beginning of a conversation, of which every question gets a copy. */
import { isRepriseError, RepriseError } from '../core/errors.ts'
import type { Message } from '../core/message.ts'
import { abortable, throwIfAborted } from '../util/abort.ts'
import { tell } from '../util/tell.ts'
import type { BuiltInCreate, BuiltInFactory, BuiltInLanguages, BuiltInSession } from './built-in-api.ts'
import { oneAtATime } from './one-at-a-time.ts'

/** How much of the browser's model has arrived. */
export interface BuiltInProgress {
  /** 0 to 1. Browsers do not tell bytes. */
  ratio: number
}

export interface SessionWish {
  /** What the conversation begins with. */
  initial: readonly Message[]
  temperature: number | undefined
  signal: AbortSignal
  warn(message: string): void
}

export interface BuiltInSessions {
  /** A session of its own, to be destroyed by the caller. Errors: `model-unavailable`, `aborted`. */
  open(wish: SessionWish): Promise<BuiltInSession>
  /** Destroys what is kept. */
  close(): void
}

export interface SessionOptions {
  find(): BuiltInFactory
  languages: readonly string[] | undefined
  onProgress: ((progress: BuiltInProgress) => void) | undefined
  /** Longest wait in ms for the browser to say whether it has a model. */
  patience: number
}

export function createSessions(options: SessionOptions): BuiltInSessions {
  const inTurn = oneAtATime()
  let kept: { key: string; session: BuiltInSession } | undefined
  const close = (): void => {
    kept?.session.destroy()
    kept = undefined
  }
  const begin = async (wish: SessionWish): Promise<BuiltInSession> => {
    const { signal } = wish
    throwIfAborted(signal)
    const factory = options.find()
    const settings = await settingsFor(factory, wish, options.patience)
    const key = JSON.stringify([wish.initial, settings])
    if (kept?.key !== key) {
      const session = await create(factory, { ...settings, initialPrompts: wish.initial, signal }, options)
      close()
      kept = { key, session }
    }
    try {
      return await arriving(kept.session.clone({ signal }), signal)
    } catch (error) {
      // The browser ends sessions when it wants the memory; the next question begins anew.
      close()
      throwIfAborted(signal)
      throw error
    }
  }
  return {
    close,
    open: (wish) =>
      inTurn(async () => {
        try {
          return await begin(wish)
        } catch (error) {
          if (wish.signal.aborted || !isInvalidState(error)) throw asUnavailable(error, wish.signal)
        }
        try {
          return await begin(wish)
        } catch (error) {
          throw asUnavailable(error, wish.signal)
        }
      }),
  }
}

function isInvalidState(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'InvalidStateError'
}

/** Temperature and top-k are set together or not at all, and by no ordinary page in some browsers. */
async function settingsFor(
  factory: BuiltInFactory,
  { temperature, signal, warn }: SessionWish,
  patience: number,
): Promise<Pick<BuiltInCreate, 'temperature' | 'topK'>> {
  if (temperature === undefined) return {}
  const params = factory.params && (await within(patience, factory.params(), signal).catch(() => null))
  throwIfAborted(signal)
  if (!params) {
    warn('temperature was left out: this browser lets no page choose it for its built-in model.')
    return {}
  }
  return { temperature: Math.min(temperature, params.maxTemperature), topK: temperature === 0 ? 1 : params.defaultTopK }
}

async function create(
  factory: BuiltInFactory,
  wish: BuiltInCreate & { signal: AbortSignal },
  { languages, onProgress, patience }: SessionOptions,
): Promise<BuiltInSession> {
  const expected: BuiltInLanguages = languages
    ? { expectedInputs: [{ type: 'text', languages }], expectedOutputs: [{ type: 'text', languages }] }
    : {}
  const availability = await within(patience, factory.availability(expected), wish.signal)
  if (availability === 'unavailable')
    throw new RepriseError(
      'model-unavailable',
      'This browser has a place for a built-in model and no model for it: the device is too small, the language is not offered, or it is switched off.',
    )
  const monitor = (target: EventTarget): void =>
    target.addEventListener('downloadprogress', (event) => {
      const { loaded, total } = event as ProgressEvent
      tell(onProgress, { ratio: total > 0 ? loaded / total : loaded })
    })
  return arriving(factory.create({ ...expected, ...wish, monitor }), wish.signal)
}

/** A session. One that arrives after the signal fired is destroyed. */
async function arriving(work: Promise<BuiltInSession>, signal: AbortSignal): Promise<BuiltInSession> {
  const checked = work.then((session) => {
    if (signal.aborted) session.destroy()
    throwIfAborted(signal)
    return session
  })
  return abortable(checked, signal)
}

/** Some browsers never answer. */
async function within<T>(milliseconds: number, work: Promise<T>, signal: AbortSignal): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    const message = `This browser did not say within ${milliseconds} ms whether it has a built-in model.`
    timer = setTimeout(() => reject(new RepriseError('model-unavailable', message)), milliseconds)
  })
  try {
    return await abortable(Promise.race([work, late]), signal)
  } finally {
    clearTimeout(timer)
  }
}

function asUnavailable(error: unknown, signal: AbortSignal): unknown {
  throwIfAborted(signal)
  if (isRepriseError(error)) return error
  const name = error instanceof Error ? error.name : ''
  const hint =
    name === 'NotAllowedError'
      ? ' A download begins only after a click or a key: call load() from there. The page’s permissions policy may forbid it, too (language-model).'
      : name === 'QuotaExceededError'
        ? ' The beginning of the conversation is longer than the model reads.'
        : ''
  const code = name === 'QuotaExceededError' ? 'model-failed' : 'model-unavailable'
  return new RepriseError(code, `The browser's built-in model gave no session: ${String(error)}.${hint}`, { cause: error })
}
