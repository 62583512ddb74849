/** Requests whose text nobody hears before the answer is whole: what of them was streamed does not count as delivered. */
import type { GenerateRequest } from '../core/model.ts'

// A symbol, so that whoever copies a request copies it, and no schema, recording or worker sees it; a registered one, since parts
// of the script tag each have a copy of this module.
const UNHEARD: unique symbol = Symbol.for('reprise.unheard') as never

/** `request`, streamed where it would have been, so that time limits for silence hold, but heard by nobody. */
export function unheard(request: GenerateRequest): GenerateRequest {
  return request.onText ? ({ ...request, onText: () => {}, [UNHEARD]: true } as GenerateRequest) : request
}

export function isUnheard(request: GenerateRequest): boolean {
  return UNHEARD in request
}
