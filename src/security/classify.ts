/**
 * What an action would do to the world, judged from facts of the page and never from words of a model. Labels can only raise an effect,
 * what the host declares decides it, and neither opens an origin that is not allowed. What nobody can classify counts as destructive.
 */
import type { Effect } from '../core/environment.ts'
import { riskier } from './effects.ts'
import type { ElementFacts, FormFacts, LinkFacts } from './element-facts.ts'
import { keyEffect } from './key-effects.ts'
import { labelHint } from './label-hints.ts'
import type { Origins } from './origins.ts'

export interface Classified {
  effect: Effect
  /** Why, in words for a person that follow "because": none of them is the page's, but addresses, which stand in quotes. */
  reasons: string[]
  /** Set where it must not be done at all, whoever agrees: a sentence that says why. */
  refused?: string
}

/** Pure, and never throws. */
export function classify(facts: ElementFacts, origins: Origins): Classified {
  const guess = guessOf(facts, origins)
  if (facts.declared === null || PASSIVE.has(facts.verb)) return guess
  return { ...guess, effect: facts.declared, reasons: [...guess.reasons, `the page's owner declared it as "${facts.declared}"`] }
}

function guessOf(facts: ElementFacts, origins: Origins): Classified {
  if (PASSIVE.has(facts.verb)) return plain('read')
  if (facts.verb === 'back') return plain('navigate', 'it goes back to the page before this one')
  const { opens, submits } = facts
  const leads = [...(opens ? [link(opens, facts, origins)] : []), ...(submits && sends(facts) ? [form(submits, origins)] : [])]
  if (opens && !submits && isControl(facts)) leads.push(inPlace(facts))
  const first = leads[0]
  if (first) return hinted(leads.slice(1).reduce(both, first), facts)
  return hinted(inPlace(facts), facts)
}

/** Something that a click does more with than to follow the link that it is in. */
function isControl({ verb, tag }: ElementFacts): boolean {
  return verb !== 'navigate' && tag !== 'a' && tag !== 'area'
}

/** Writing into a field does not send its form. */
function sends({ verb, editable }: ElementFacts): boolean {
  return !((verb === 'type' || verb === 'clear') && editable)
}

function link({ url, fragment, download, newWindow, pings }: LinkFacts, { scripted, role }: ElementFacts, origins: Origins): Classified {
  const told = pings.find((ping) => !origins.allows(ping))
  if (told !== undefined) return refuse('navigate', `the link would tell ${siteOf(told)} of the click`)
  if (/^javascript:/i.test(url)) return unknown('the link runs a script')
  if (!origins.allows(url)) return refuse('navigate', `the link leads to ${siteOf(url)}`)
  if (download) return plain('navigate', `it downloads a file from ${addressOf(url)}`)
  if (newWindow) return plain('navigate', `it opens ${addressOf(url)} in another window`)
  if (!fragment) return plain('navigate', `the link leads to ${addressOf(url)}`)
  const button = (scripted || url.endsWith('#')) && role !== 'tab'
  return button ? unknown('the link leads nowhere, so a script does what it is there for') : plain('read')
}

function form({ url, method, newWindow, sensitive }: FormFacts, origins: Origins): Classified {
  if (method === 'dialog') return unknown('the form closes a dialog, and what then happens cannot be told')
  if (/^javascript:/i.test(url)) return unknown('the form runs a script')
  if (!origins.allows(url)) return refuse(sensitive.includes('card') ? 'pay' : 'submit', `the form would be sent to ${siteOf(url)}`)
  const reasons = [`it sends the form to ${addressOf(url)}`]
  if (newWindow) reasons.push('the answer opens in another window')
  if (sensitive.length > 0) reasons.push(`the form has fields for ${sensitive.map((kind) => FIELDS[kind]).join(', ')}`)
  if (sensitive.length > 0 && method === 'get') reasons.push('what is in them would stand in the address')
  return { effect: sensitive.includes('card') ? 'pay' : 'submit', reasons }
}

/** Neither a link nor what sends a form. */
function inPlace(facts: ElementFacts): Classified {
  const { verb, editable, tag, type } = facts
  if (verb === 'type' || verb === 'clear') return editable ? plain('fill') : unknown('it is no field that takes text')
  if (verb === 'select' || verb === 'check') return plain('fill')
  if (verb === 'press') return keyEffect(facts, () => clicked(facts))
  if (verb === 'click') return clicked(facts)
  return unknown(`nothing is known of what ${tag === 'form' || type === 'submit' ? 'it sends' : 'it does'}`)
}

function clicked({ tag, type, role, editable, discloses }: ElementFacts): Classified {
  if (discloses || tag === 'summary' || role === 'tab') return plain('read')
  if (editable || tag === 'select' || tag === 'option' || (tag === 'input' && FILLED_BY_CLICK.has(type ?? ''))) return plain('fill')
  if (type === 'reset') return { effect: 'destructive', reasons: ['it empties the form'] }
  return unknown('what it does is up to the page, and cannot be told')
}

/**
 * Words count where something is activated. They do not where a value is chosen or written ("Pay by invoice" among others, "Reason for
 * leaving"), nor in a question that opens to its answer.
 */
function hinted(guess: Classified, facts: ElementFacts): Classified {
  const { verb, role, tag, editable, opens, submits } = facts
  const writes =
    !opens && !submits && (verb === 'type' || verb === 'clear' || verb === 'select' || tag === 'select' || role === 'radio' || editable)
  if (writes) return guess
  const labels = guess.effect === 'read' && !opens ? facts.labels.filter((label) => !/[?？؟]\s*$/.test(label)) : facts.labels
  const own = raise(guess, labelHint(labels), 'its label speaks of')
  return submits ? raise(own, labelHint(submits.labels), 'its form speaks of') : own
}

function raise(guess: Classified, hint: 'destructive' | 'pay' | null, words: string): Classified {
  if (hint === null) return guess
  const about = hint === 'pay' ? 'paying or ordering' : 'deleting or ending something'
  return { ...guess, effect: riskier(guess.effect, hint), reasons: [...guess.reasons, `${words} ${about}`] }
}

/** Of an action that does two things: the graver effect, and a refusal of either. */
function both(a: Classified, b: Classified): Classified {
  const refused = a.refused ?? b.refused
  return { effect: riskier(a.effect, b.effect), reasons: [...a.reasons, ...b.reasons], ...(refused !== undefined && { refused }) }
}

function plain(effect: Effect, ...reasons: string[]): Classified {
  return { effect, reasons }
}

function unknown(reason: string): Classified {
  return { effect: 'destructive', reasons: [reason] }
}

function refuse(effect: Effect, reason: string): Classified {
  const refused = `${reason.replace(/^./, (letter) => letter.toUpperCase())}, where this agent must not lead or send anything.`
  return { effect, reasons: [reason], refused }
}

/** Without what an address may carry along. */
function siteOf(url: string): string {
  const parsed = parsedUrl(url)
  if (!parsed) return 'an address that cannot be read'
  return /^https?:$/.test(parsed.protocol) ? `"${parsed.origin}"` : `an address of the kind "${parsed.protocol.slice(0, 20)}"`
}

function addressOf(url: string): string {
  const parsed = parsedUrl(url)
  const path = parsed ? parsed.pathname.replaceAll('"', '%22') : ''
  return parsed ? `"${parsed.origin}${path.length > 100 ? `${path.slice(0, 99)}…` : path}"` : 'an address that cannot be read'
}

function parsedUrl(url: string): URL | null {
  try {
    return new URL(url)
  } catch {
    return null
  }
}

const PASSIVE: ReadonlySet<ElementFacts['verb']> = new Set(['hover', 'scroll', 'wait'])
const FILLED_BY_CLICK: ReadonlySet<string> = new Set(
  'checkbox radio range color file date month week time datetime-local number'.split(' '),
)
const FIELDS: Readonly<Record<NonNullable<ElementFacts['sensitivity']>, string>> = {
  password: 'a password',
  card: 'a payment card',
  'one-time-code': 'a one-time code',
  secret: 'a secret',
}
