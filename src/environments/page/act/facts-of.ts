/**
 * What acting on an element would do, told from the live page: what is activated, where it leads, what form it sends, what the host
 * said of it. Facts are of the moment; collect them again after anybody was asked.
 */
import type { Effect } from '../../../core/environment.ts'
import { riskier } from '../../../security/effects.ts'
import type { ElementFacts, PageVerb } from '../../../security/element-facts.ts'
import { activatedBy, actsOn, formOf, isLink, isSubmitter, linkAround } from './activated.ts'
import { isEditable, sensitivityOfField, takesKeys } from './field-facts.ts'
import { formFacts, implicitSubmission } from './form-facts.ts'
import { canonicalKey, parseKey } from './keys.ts'
import { labelsOf, roleOf } from './labels.ts'
import { linkFacts } from './link-facts.ts'
import { attributeOf, call, isHtml, matches, pathOf, readNative, tagOf } from './native.ts'

/** An effect that the host knows better than anybody could guess. The selector must be valid. */
export interface DeclaredEffect {
  readonly selector: string
  readonly effect: Effect
}

/** Of an action as far as facts depend on it. */
export interface ActFacts {
  verb: PageVerb
  /** Of `press`. */
  key?: string
  /** Of `submit`: the button that sends the form. */
  submitter?: Element | null
}

/**
 * @param element what is acted on; for `submit` the form or the button that sends it.
 * @param effects of several that match, the nearest element's hold, and of those the riskiest.
 */
export function factsOf(element: Element, act: ActFacts, effects: readonly DeclaredEffect[] = []): ElementFacts {
  const does = consequence(element, act)
  const acted = does.acted
  const key = act.verb === 'press' && act.key !== undefined ? canonicalKey(act.key) : null
  return {
    verb: act.verb,
    tag: tagOf(acted),
    role: roleOf(acted),
    type: isHtml(acted, 'input', 'button', 'select', 'textarea') ? acted.type : null,
    labels: labelsOf(element, acted),
    editable: act.verb === 'press' ? takesKeys(acted) : isEditable(acted) || isEditable(element),
    sensitivity: sensitivityOfField(acted),
    opens: does.link ? linkFacts(does.link) : null,
    submits: does.form ? formFacts(does.form, does.submitter) : null,
    discloses: !does.link && !does.form && discloses(acted),
    scripted: isScripted(element, acted),
    key,
    declared: declaredEffect(declaring(element, act.verb, does), effects),
  }
}

/** For events that are going on: what cannot be told must not keep them from being held. */
export function factsOrUnknown(element: Element, act: ActFacts, effects: readonly DeclaredEffect[]): ElementFacts {
  try {
    return factsOf(element, act, effects)
  } catch {
    return { ...UNKNOWN, verb: act.verb }
  }
}

/** Of something that no element is known of. */
export const UNKNOWN: Omit<ElementFacts, 'verb'> = {
  tag: 'html',
  role: null,
  type: null,
  labels: [],
  editable: false,
  sensitivity: null,
  opens: null,
  submits: null,
  discloses: false,
  scripted: true,
  key: null,
  declared: null,
}

interface Consequence {
  /** What a person would say was acted on. */
  acted: Element
  link: Element | null
  form: HTMLFormElement | null
  submitter: Element | null
}

function consequence(element: Element, { verb, key = '', submitter }: ActFacts): Consequence {
  const nothing = { acted: actsOn(element), link: null, form: null, submitter: null }
  if (verb === 'submit') return { ...nothing, form: formOf(element), submitter: submitter ?? (isSubmitter(element) ? element : null) }
  if (verb === 'click' || verb === 'check' || verb === 'navigate') return activation(activatedBy(element), nothing, element)
  if (verb !== 'press') return verb === 'type' || verb === 'clear' || verb === 'select' ? nothing : { ...nothing, acted: element }
  const pressed = { ...nothing, acted: element }
  const enter = isPlain(key, 'Enter')
  const implicit = enter ? implicitSubmission(element) : null
  if (implicit) return { ...pressed, ...implicit }
  return enter || isPlain(key, ' ') ? activation(activatedByKey(element, enter), pressed, element) : pressed
}

function activation(activated: Element | null, otherwise: Consequence, element: Element): Consequence {
  if (!activated) return otherwise
  const form = isSubmitter(activated) ? formOf(activated) : null
  return { acted: activated, link: linkAround(activated) ?? linkAround(element), form, submitter: form ? activated : null }
}

/** A key activates what has the focus, and nothing around it. */
function activatedByKey(element: Element, enter: boolean): Element | null {
  if (isLink(element)) return enter ? element : null
  return isHtml(element, 'button', 'summary') || (isHtml(element, 'input') && KEYED.has(element.type)) ? element : null
}

const KEYED: ReadonlySet<string> = new Set('button submit reset image checkbox radio file color'.split(' '))

/** Shift changes nothing about Enter and Space; where keys cannot be read, the worst is assumed. */
function isPlain(key: string, wanted: string): boolean {
  const parsed = parseKey(key)
  return !parsed.ok || parsed.chord.key === wanted
}

function discloses(acted: Element): boolean {
  if (isHtml(acted, 'summary')) return true
  if (isHtml(acted, 'button', 'input') && formOf(acted) && acted.type === 'reset') return false
  return (
    ['tab', 'combobox'].includes(roleOf(acted) ?? '') ||
    attributeOf(acted, 'aria-expanded') !== null ||
    (attributeOf(acted, 'aria-haspopup') ?? 'false') !== 'false' ||
    attributeOf(acted, 'popovertarget') !== null ||
    isShowing(acted)
  )
}

/** A dialog that is closed with a value has been given an answer. */
function isShowing(acted: Element): boolean {
  const command = (attributeOf(acted, 'command') ?? '').toLowerCase()
  return COMMANDS.has(command) && !(command.endsWith('close') && attributeOf(acted, 'value') !== null)
}

const COMMANDS: ReadonlySet<string> = new Set('show-modal close request-close toggle-popover show-popover hide-popover'.split(' '))

/** On the way of the event up to the activated element, where what is there belongs to it; further up everything has handlers. */
function isScripted(element: Element, acted: Element): boolean {
  const path = pathOf(element)
  const parts = new Set([element, ...path.slice(0, path.indexOf(acted) + 1), acted])
  return [...parts].some(
    (part) =>
      call('Element', 'getAttributeNames', part).some((name) => name.startsWith('on')) ||
      HANDLERS.some((handler) => typeof readNative(part, handler) === 'function'),
  )
}

const HANDLERS = [
  'onclick',
  'onmousedown',
  'onmouseup',
  'onpointerdown',
  'onpointerup',
  'onchange',
  'oninput',
  'onkeydown',
  'onkeyup',
  'onsubmit',
]

/** Whose declarations count. What is said of a field says nothing of the form that Enter sends from it. */
function declaring(element: Element, verb: PageVerb, { acted, form, submitter }: Consequence): Element[] {
  if (!form) return [element, acted]
  const sending = submitter ?? form
  const parts = pathOf(sending).includes(form) ? [sending] : [sending, form]
  return verb === 'press' || verb === 'submit' ? parts : [...parts, element]
}

function declaredEffect(elements: readonly Element[], effects: readonly DeclaredEffect[]): Effect | null {
  const found = elements.map((element) => nearestEffect(element, effects)).filter((effect) => effect !== null)
  return found.length > 0 ? found.reduce(riskier) : null
}

function nearestEffect(element: Element, effects: readonly DeclaredEffect[]): Effect | null {
  for (const at of pathOf(element)) {
    const matching = effects.filter(({ selector }) => matches(at, selector)).map(({ effect }) => effect)
    if (matching.length > 0) return matching.reduce(riskier)
  }
  return null
}
