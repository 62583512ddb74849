/**
 * Holds what an action sets off beyond what was allowed: forms that are sent and pages that are left. Events decide, not intentions:
 * whatever a click was taken for, what it really starts is judged once more, and can be done after all when it was asked for.
 *
 * Nothing of the page is patched, so that some things cannot be held: what a script sends by itself (`fetch`, beacons, images), windows
 * that a script opens (`window.open`, `form.submit()` of a form with another target; browsers stop those without a person's click),
 * `javascript:` addresses, forms that a script sends itself within a closed shadow tree, and traversals that the browser does not let a
 * page cancel (reported as not prevented). `alert`, `confirm`, `prompt` and `beforeunload` stay with the person, whom the browser asks;
 * everything here waits meanwhile, as the whole page does. A listener that the page put on the window before is heard before this one.
 */
import { isOwnElement } from '../../../security/own-elements.ts'
import type { ElementFacts } from '../../../security/element-facts.ts'
import { linkAround } from './activated.ts'
import { factsOrUnknown, type DeclaredEffect } from './facts-of.ts'
import type { Outcome } from './hand.ts'
import { linkFacts } from './link-facts.ts'
import { documentOf, isElement, isHtml, read, realmOf } from './native.ts'
import { watchNavigations } from './navigations.ts'
import { watchChanges } from './page-changes.ts'
import { createPermits } from './permits.ts'
import { redoClick, redoSubmit } from './redo.ts'

/** Something that was about to happen. */
export interface Held {
  facts: ElementFacts
  /** False where the browser did not let it be stopped. */
  prevented: boolean
  /** Does it after all, past the guard, as long as it still is what `facts` tells; a person was asked meanwhile. Null where that cannot be. */
  redo: (() => Outcome) | null
}

export interface Guard {
  /** Oldest first. */
  readonly held: readonly Held[]
  /** A navigation of this page itself, or of one around it, has begun and was let pass: another document is about to be there. */
  readonly leaving: boolean
  /** The action is over: from now on what comes right after something that a person did is theirs. */
  linger(): void
  close(): void
}

export interface Circumstances {
  /** A form was sent, with leave, since the guard was opened: pages often go somewhere then. */
  afterSubmit: boolean
}

/**
 * Watches the page of `view`, its frames and those around it as far as they are of one origin, until it is closed. What a person does
 * meanwhile passes, as do moves within a document, and what belongs to this library.
 * @param decide asked at once for everything else: whether what is allowed covers it.
 */
export function openGuard(
  view: Window,
  decide: (facts: ElementFacts, circumstances: Circumstances) => boolean,
  effects: readonly DeclaredEffect[] = [],
): Guard {
  const held: Held[] = []
  let leaving = false
  let lingering = false
  const permits = createPermits()
  const closing = new AbortController()
  // A frame keeps its window object when it loads another page; its navigation object is another one then.
  const navigations = new WeakSet<Navigation>()
  const person = { path: [] as EventTarget[], at: -Infinity }
  const listening = { capture: true, signal: closing.signal }

  const hold = (facts: ElementFacts, event: Event, redo: Held['redo']): void => {
    event.preventDefault()
    event.stopImmediatePropagation()
    held.push({ facts, prevented: event.defaultPrevented, redo })
  }
  // What cannot be judged is not allowed.
  const allows = (facts: ElementFacts): boolean => {
    if (lingering && performance.now() - person.at < THEIRS_MS) return true
    try {
      return decide(facts, { afterSubmit: permits.sent() })
    } catch {
      return false
    }
  }
  const onPerson = (event: Event): void => {
    for (const at of event.composedPath()) if (isShadowRoot(at)) listenIn(at)
    const [target] = event.composedPath()
    const own = isElement(target as Node) && isOwnElement(target as Element)
    if (event.isTrusted && !own) Object.assign(person, { path: event.composedPath(), at: event.timeStamp })
  }
  const onSubmit = (event: Event): void => {
    const form = event.target as Element
    if (!isHtml(form, 'form') || isOwnElement(form)) return
    const submitter = (event as SubmitEvent).submitter
    const facts = factsOrUnknown(form, { verb: 'submit', submitter }, effects)
    const byPerson = event.timeStamp - person.at < PERSON_MS && [form, submitter].some((part) => part && belongs(person.path, part))
    if (byPerson) return
    if (permits.lets(form) || allows(facts)) return permits.follow(facts)
    hold(facts, event, () => permits.run(form, () => redoSubmit(form, submitter, { facts, effects })))
  }
  const onClick = (event: Event): void => {
    const target = event.composedPath()[0]
    const link = isElement(target as Node) ? linkAround(target as Element) : null
    if (event.isTrusted || !link || isOwnElement(link) || permits.lets(link)) return
    const { newWindow, pings } = linkFacts(link)
    if (!newWindow && pings.length === 0) return
    const facts = factsOrUnknown(link, { verb: 'click' }, effects)
    if (!allows(facts)) hold(facts, event, () => permits.run(link, () => redoClick(link, { facts, effects })))
  }
  const listenIn = (root: Document | ShadowRoot): void => {
    if (isShadowRoot(root)) return root.addEventListener('submit', onSubmit, listening)
    const window = realmOf(root)
    if (!window) return
    window.addEventListener('submit', onSubmit, listening)
    window.addEventListener('click', onClick, listening)
    for (const type of ['pointerdown', 'click', 'keydown']) window.addEventListener(type, onPerson, listening)
    const { navigation } = window as { navigation?: Navigation }
    if (!navigation || navigations.has(navigation)) return
    navigations.add(navigation)
    const passes = (): void => void (leaving ||= isAround(window, view))
    const byPerson = (source: Element): boolean => performance.now() - person.at < NAVIGATION_MS && belongs(person.path, source)
    watchNavigations(window, { signal: closing.signal, effects, permits, allows, hold, passes, byPerson })
  }

  const changes = watchChanges(documentOf(outermost(view).document), () => undefined, listenIn)
  return {
    held,
    get leaving() {
      return leaving
    },
    linger: () => void (lingering = true),
    close() {
      changes.close()
      closing.abort()
    },
  }
}

/** After a trusted event, a form of it may be sent so much later, in ms: Enter comes as two events. */
const PERSON_MS = 100
const THEIRS_MS = 1000
/** The navigation that comes of it may begin so much later. */
const NAVIGATION_MS = 1000

/** The event was on the form, on its button, or on one of its fields, wherever these are. */
function belongs(path: readonly EventTarget[], part: Element): boolean {
  if (path.includes(part)) return true
  return isHtml(part, 'form') && [...read('HTMLFormElement', 'elements', part)].some((field) => path.includes(field))
}

function isShadowRoot(target: EventTarget): target is ShadowRoot {
  return 'nodeType' in target && target.nodeType === 11 && 'host' in target
}

/** The page itself, or one whose frame it is in. */
function isAround(window: Window, view: Window): boolean {
  for (let at = view; ; at = at.parent) {
    if (at === window) return true
    if (at.parent === at) return false
  }
}

/** The outermost page of the same origin. */
function outermost(view: Window): Window {
  for (let at = view; ; at = at.parent) {
    try {
      if (at.parent === at || !at.parent.document) return at
    } catch {
      return at
    }
  }
}
