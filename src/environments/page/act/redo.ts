/** Doing after all what was held, if it still is what the person was asked about. */
import type { ElementFacts } from '../../../security/element-facts.ts'
import { formOf, isSubmitter } from './activated.ts'
import { factsOf, type DeclaredEffect } from './facts-of.ts'
import { done, problem, type Outcome } from './hand.ts'
import { call, isConnected, matches } from './native.ts'

export interface Asked {
  facts: ElementFacts
  effects: readonly DeclaredEffect[]
}

export function redoSubmit(form: HTMLFormElement, submitter: HTMLElement | null, { facts, effects }: Asked): Outcome {
  if (!isConnected(form)) return problem('The form is not in the page any more. Look at the page again.')
  const button = submitter && isSubmitter(submitter) && formOf(submitter) === form ? submitter : null
  if (button && matches(button, ':disabled')) return problem('The button of the form is disabled now.')
  if (!isSame(factsOf(form, { verb: 'submit', submitter: button }, effects), facts)) return CHANGED
  call('HTMLFormElement', 'requestSubmit', form, button)
  return done('The form was sent.')
}

export function redoClick(link: Element, { facts, effects }: Asked): Outcome {
  if (!isConnected(link)) return problem('The link is not in the page any more. Look at the page again.')
  if (!isSame(factsOf(link, { verb: 'click' }, effects), facts)) return CHANGED
  ;(link as HTMLAnchorElement).click()
  return done('The link was opened.')
}

/** Whether what would happen is still what `facts` tells; texts around it may change. */
export function isSame(now: ElementFacts, then: ElementFacts): boolean {
  const gist = ({ verb, tag, type, opens, submits, declared, key }: ElementFacts): string =>
    JSON.stringify([verb, tag, type, opens, submits && { ...submits, labels: [], fields: [] }, declared, key])
  return gist(now) === gist(then)
}

const CHANGED = problem('The page changed what this does since it was asked about, so that it was not done. Look at the page again.')
