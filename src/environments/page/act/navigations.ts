/** Navigations that scripts start, by way of the Navigation API; where a browser has none they cannot be held. */
import type { ElementFacts } from '../../../security/element-facts.ts'
import { factsOrUnknown, UNKNOWN, type DeclaredEffect } from './facts-of.ts'
import { done, type Outcome } from './hand.ts'
import { addressFacts } from './link-facts.ts'
import { isElement, isHtml, type Realm } from './native.ts'
import type { Permits } from './permits.ts'
import { isOwnElement } from '../../../security/own-elements.ts'

export interface NavigationWatch {
  signal: AbortSignal
  effects: readonly DeclaredEffect[]
  permits: Permits
  allows(facts: ElementFacts): boolean
  hold(facts: ElementFacts, event: Event, redo: (() => Outcome) | null): void
  /** Told of what leads to another document, and is not held. */
  passes(): void
  /** Whether a person has just used this element. */
  byPerson(source: Element): boolean
}

export function watchNavigations(view: Realm, { signal, effects, permits, allows, hold, passes, byPerson }: NavigationWatch): void {
  const { navigation } = view as { navigation?: Navigation }
  const onNavigate = (event: NavigateEvent): void => {
    if (event.hashChange || event.destination.sameDocument) return
    // Listeners that come after this one may still keep the page: by preventing it, or by showing the new address themselves.
    const left = (): boolean => event.downloadRequest === null && !event.defaultPrevented && !view.navigation.transition
    const pass = (): void => queueMicrotask(() => left() && passes())
    const source = sourceOf(event)
    // Chromium calls forms that a script's click sends the user's, too. What has no source is of the browser's own buttons.
    const byUser = event.userInitiated && (source ? byPerson(source) : event.formData === null)
    if (byUser || permits.leads(event.destination.url)) return pass()
    const facts = navigationFacts(event, effects)
    if ((source && isOwnElement(source)) || allows(facts)) return pass()
    hold(facts, event, event.cancelable ? redoOf(view, event, permits) : null)
  }
  navigation?.addEventListener('navigate', onNavigate as EventListener, { signal })
}

/** With the element that started it, where the browser tells; its labels say what it was for. */
function navigationFacts(event: NavigateEvent, effects: readonly DeclaredEffect[]): ElementFacts {
  const { destination, navigationType, formData, downloadRequest } = event
  const source = sourceOf(event)
  const opens = addressFacts(destination.url, downloadRequest !== null)
  if (formData) {
    const facts = source ? factsOrUnknown(source, { verb: 'submit' }, effects) : UNKNOWN
    const submits = facts.submits ?? { method: 'post' as const, newWindow: false, sensitive: [], labels: [] }
    return { ...facts, verb: 'submit', submits: { ...submits, url: destination.url } }
  }
  const facts = source && !isHtml(source, 'form') ? factsOrUnknown(source, { verb: 'navigate' }, effects) : UNKNOWN
  return { ...facts, verb: navigationType === 'traverse' ? 'back' : 'navigate', opens, submits: null }
}

/** Once more the same way, where that is possible: what a form held is not kept. */
function redoOf(view: Realm, event: NavigateEvent, permits: Permits): (() => Outcome) | null {
  const { url, key } = event.destination
  const { navigationType, formData } = event
  if (formData) return null
  return () => {
    permits.expect(url)
    if (navigationType === 'reload') view.location.reload()
    else if (navigationType === 'traverse') view.navigation.traverseTo(key)
    else if (navigationType === 'replace') view.location.replace(url)
    else view.location.assign(url)
    return done('The page is being left.')
  }
}

function sourceOf(event: NavigateEvent): Element | null {
  const { sourceElement } = event as { sourceElement?: Element | null }
  return isElement(sourceElement) ? sourceElement : null
}
