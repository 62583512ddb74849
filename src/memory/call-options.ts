/** The options of a call before it leaves the page: the signal, which stays here, and what else a caller may have written. */
import * as z from 'zod/mini'
import { abortSignal, parse } from '../util/validate.ts'
import type { Abortable } from './open-memory.ts'

const signal = z.optional(abortSignal)
const onlySignal = z.strictObject({ signal })
const withSignal = z.looseObject({ signal })

/** The signal of options that have nothing else. Errors: `invalid-options`, naming what is unknown. */
export function signalOf(options: Abortable | undefined, call: string): AbortSignal | undefined {
  if (options !== undefined) parse(onlySignal, options, `${call} options`)
  return options?.signal
}

/** The signal, and the rest, which is checked where it is used. Errors: `invalid-options`. */
export function splitSignal<O extends Abortable>(options: O, call: string): [AbortSignal | undefined, Omit<O, 'signal'>] {
  parse(withSignal, options, `${call} options`)
  const { signal: given, ...rest } = options
  return [given, rest]
}
