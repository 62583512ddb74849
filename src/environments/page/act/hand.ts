/** The hand that acts: sends events of the element's own realm, and stops before the next one once it is told to. */
import { throwIfAborted } from '../../../util/abort.ts'
import { nextTurn } from '../../../util/next-turn.ts'
import { call, isConnected, realmOf, type Realm } from './native.ts'

export interface Hand {
  readonly view: Realm
  readonly signal: AbortSignal
  /** False where the page prevented it. Throws `aborted` instead of sending where nothing more may happen. */
  send(target: Element, event: Event): boolean
  /** A task of its own for the page between two events, as it has with a person's. */
  pause(): Promise<void>
}

/** Null where the element is in no page. */
export function createHand(element: Element, signal: AbortSignal): Hand | null {
  const view = realmOf(element)
  if (!view || !isConnected(element)) return null
  return {
    view,
    signal,
    send(target, event) {
      throwIfAborted(signal)
      return call('EventTarget', 'dispatchEvent', target, event)
    },
    async pause() {
      await nextTurn()
      throwIfAborted(signal)
    },
  }
}

/** What came of an act, in words for the agent. */
export type Outcome = { ok: true; note: string } | { ok: false; problem: string }

export function done(note: string): Outcome {
  return { ok: true, note }
}

export function problem(text: string): Outcome {
  return { ok: false, problem: text }
}
