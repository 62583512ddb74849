/** Asks a model and looks at the clock. */
import type { GenerateRequest, Generation, LanguageModel } from '../core/model.ts'

export interface TimedAnswer {
  answer: Generation
  /** As in `ModelCall`. */
  times: { milliseconds: number; firstTextMilliseconds?: number }
}

/** Unlike the time of day it never goes back. */
export const steadyClock = (): number => performance.now()

/** What `model` answers, unchecked, and how long it took. The answer is streamed where the request has an `onText`, and only there. */
export async function timedCall(model: LanguageModel, request: GenerateRequest, clock: () => number): Promise<TimedAnswer> {
  const { onText } = request
  const begun = clock()
  let firstTextMilliseconds: number | undefined
  const listen = (delta: string): void => {
    firstTextMilliseconds ??= clock() - begun
    onText?.(delta)
  }
  const answer = await model.generate(onText ? { ...request, onText: listen } : request)
  const milliseconds = clock() - begun
  return { answer, times: { milliseconds, ...(firstTextMilliseconds !== undefined && { firstTextMilliseconds }) } }
}
