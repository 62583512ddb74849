/**
 * Doing what an action says to an element of the page. It is for the caller to have asked first: nothing here judges what an action
 * may do. What goes wrong is told in words, from which the agent can learn; nothing is thrown.
 */
import { isOwnElement } from '../../../security/own-elements.ts'
import { setChecked } from './check.ts'
import { commitAll } from './edits.ts'
import { createHand, done, problem, type Hand, type Outcome } from './hand.ts'
import { isConnected } from './native.ts'
import type { PageAct } from './page-action.ts'
import { afterClick, click, hover } from './pointer.ts'
import { press } from './press.ts'
import { scroll } from './scroll.ts'
import { selectOptions } from './select-option.ts'
import { typeText } from './typing.ts'
import { goBack, waitForChange } from './waiting.ts'

export interface PerformOptions {
  /** No event is sent once it has fired. */
  signal: AbortSignal
  /** The text to type is a secret: no note repeats it. */
  secret?: boolean
}

/**
 * @param element what the action's reference stands for; what has the focus for a key without one; the root for the rest.
 * @returns what came of it: the text of a note holds what a field holds now, unless its value is sensitive.
 */
export async function perform(action: PageAct, element: Element, { signal, secret = false }: PerformOptions): Promise<Outcome> {
  if (signal.aborted) return STOPPED
  if (isOwnElement(element)) return problem('This element is not part of the page.')
  const hand = createHand(element, signal)
  if (!hand || !isConnected(element)) return problem('The element is not in the page any more. Look at the page again.')
  try {
    const outcome = await act(action, element, { ...hand, secret })
    commitAll(signal.aborted)
    return outcome
  } catch (error) {
    commitAll(true)
    return signal.aborted ? STOPPED : problem(`The page did not let this happen (${nameOf(error)}). Look at the page again.`)
  }
}

const STOPPED: Outcome = problem('Stopped before anything more happened.')

async function act(action: PageAct, element: Element, hand: Hand & { secret: boolean }): Promise<Outcome> {
  switch (action.verb) {
    case 'click': {
      const clicked = await click(element, hand)
      await hand.pause()
      return clicked.ok && isConnected(element) ? done(`${clicked.note}${afterClick(element)}`) : clicked
    }
    case 'type':
      return typeText(element, action.text, hand, hand.secret)
    case 'clear':
      return typeText(element, '', hand, hand.secret)
    case 'select':
      return selectOptions(element, action.option, hand)
    case 'check':
      return setChecked(element, action.checked, hand)
    case 'press':
      return press(element, action.key, hand)
    case 'hover':
      return hover(element, hand)
    case 'scroll':
      return scroll(element, action.direction)
    case 'back':
      return goBack(hand)
    case 'wait':
      return waitForChange(element, action.seconds ?? 3, hand)
  }
}

/** Messages of errors may quote the page. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'an unknown error'
}
