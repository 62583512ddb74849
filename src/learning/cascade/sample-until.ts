/** Samples one after another or all at once, until two of them differ: then the rest cannot make them unanimous. */
import { isRepriseError, RepriseError } from '../../core/errors.ts'
import type { Awaitable } from '../../core/json.ts'
import { abortable, throwIfAborted } from '../../util/abort.ts'

export interface Sampling<T> {
  /** How many at most, 1 or more. */
  samples: number
  parallel: boolean
  /** Ends everything; the sampling then rejects with `aborted`. */
  signal: AbortSignal
  /** Makes one. The signal fires when it is no longer needed. */
  draw(index: number, signal: AbortSignal): Promise<T>
  same(first: T, other: T, signal: AbortSignal): Awaitable<boolean>
}

/** What came of it. `drawn` holds the samples in the order of their numbers. */
export interface Sampled<T> {
  drawn: T[]
  /** All samples are there, and each is the same as the one that came first. */
  agreed: boolean
  /** Of a sample that could not be had. */
  failure?: RepriseError
}

/**
 * Each sample is compared with the one that came first. The first that differs or fails (`model-failed`, `model-output`) ends the
 * sampling and aborts what is under way; any other error is thrown.
 */
export async function sampleUntilDisagreement<T>({ samples, parallel, signal, draw, same }: Sampling<T>): Promise<Sampled<T>> {
  const enough = new AbortController()
  const inner = AbortSignal.any([signal, enough.signal])
  const drawn: { index: number; sample: T }[] = []
  let failure: RepriseError | undefined
  let next = 0

  const take = async (index: number): Promise<void> => {
    // One signal for all would collect the listeners of all, of which runtimes warn.
    const own = AbortSignal.any([inner])
    const sample = await drawing(index, own)
    if (sample === undefined || inner.aborted) return
    drawn.push({ index, sample: sample.value })
    const first = drawn[0]
    if (first === undefined || first.index === index) return
    if (!(await abortable(same(first.sample, sample.value, own), own))) enough.abort(new Error('Two samples differ.'))
  }
  const drawing = async (index: number, own: AbortSignal): Promise<{ value: T } | undefined> => {
    try {
      return { value: await abortable(draw(index, own), own) }
    } catch (error) {
      if (inner.aborted) throw error
      failure = asFailure(error)
      enough.abort(failure)
      return undefined
    }
  }
  const lane = async (): Promise<void> => {
    try {
      while (next < samples && !inner.aborted) await take(next++)
    } catch (error) {
      if (enough.signal.aborted && !signal.aborted) return // no longer needed
      enough.abort(error)
      throw error
    }
  }
  const ended = await Promise.allSettled(Array.from({ length: parallel ? samples : 1 }, lane))
  const broken = ended.find((one) => one.status === 'rejected')
  if (broken) throw broken.reason
  throwIfAborted(signal) // between two samples
  const ordered = drawn.toSorted((a, b) => a.index - b.index).map(({ sample }) => sample)
  return { drawn: ordered, agreed: !enough.signal.aborted, ...(failure && { failure }) }
}

/** What the teacher can make good; anything else is thrown. */
function asFailure(error: unknown): RepriseError {
  if (isRepriseError(error, 'model-failed') || isRepriseError(error, 'model-output')) return error
  if (isRepriseError(error)) throw error
  return new RepriseError('model-failed', error instanceof Error ? error.message : String(error), { cause: error })
}
