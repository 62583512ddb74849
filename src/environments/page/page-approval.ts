/** Asking before an action takes effect: from facts of the page to a question, in words made by code. */
import type { ApprovalRequest, Effect } from '../../core/environment.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Classified } from '../../security/classify.ts'
import { exceeds } from '../../security/effects.ts'
import type { ElementFacts, FormFacts } from '../../security/element-facts.ts'

export interface Asked {
  /** As the agent wrote it. */
  action: string
  facts: ElementFacts
  classified: Classified
  /** Of the element, so that an answer for the run covers no other one. */
  ref: string | undefined
  /** That would be filled in. */
  secret: SecretUse | undefined
}

export interface SecretUse {
  name: string
  /** That its field belongs to. */
  form: FormFacts | null
}

/**
 * The question, and what its answer covers. Secrets and payments are asked for every time, and so are keys for whatever has the focus:
 * it may be something else the next time.
 */
export function requestOf({ action, facts, classified, ref, secret }: Asked): ApprovalRequest {
  const { effect, reasons } = classified
  const what = secret === undefined ? sentenceOf(facts) : `Fill in the secret ${JSON.stringify(secret.name)} in ${nameOf(facts)}`
  return {
    effect,
    action,
    description: reasons.length > 0 ? `${what}: ${reasons.join('; ')}.` : `${what}.`,
    details: detailsOf(facts, secret),
    scope: scopeOf(facts, effect, ref),
    ...((secret !== undefined || effect === 'pay' || (facts.verb === 'press' && ref === undefined)) && { always: true }),
  }
}

const VERBS: Readonly<Record<ElementFacts['verb'], string>> = {
  click: 'Click',
  type: 'Type into',
  clear: 'Empty',
  select: 'Choose in',
  check: 'Change',
  press: 'Press a key in',
  hover: 'Point at',
  scroll: 'Scroll',
  back: 'Go back from',
  wait: 'Wait in',
  submit: 'Send',
  navigate: 'Leave the page by',
}

function sentenceOf(facts: ElementFacts): string {
  const key = facts.key === null ? '' : ` (${facts.key})`
  return `${VERBS[facts.verb]} ${nameOf(facts)}${key}`
}

/** As a person is told it. */
export function nameOf({ role, tag, labels }: ElementFacts): string {
  const label = labels.find((text) => text.trim() !== '')
  return label === undefined ? `an unnamed ${role ?? tag}` : `the ${role ?? tag} ${JSON.stringify(short(label))}`
}

function detailsOf(facts: ElementFacts, secret: SecretUse | undefined): JsonObject {
  const { opens, submits, labels } = facts
  return {
    page: location.origin + location.pathname,
    element: {
      ...(facts.role === facts.tag ? {} : { tag: facts.tag }),
      role: facts.role,
      labels: labels.slice(0, 5).map((label) => short(label)),
    },
    ...(opens && { opens: { url: short(opens.url, 500), newWindow: opens.newWindow, download: opens.download } }),
    ...(submits && {
      submits: {
        url: short(submits.url, 500),
        method: submits.method,
        newWindow: submits.newWindow,
        sensitive: [...new Set(submits.sensitive)],
        fields: (submits.fields ?? []).map((field) => short(field, 200)),
      },
    }),
    ...(secret && { secret: secret.name, ...(secret.form && { form: { url: short(secret.form.url, 500), method: secret.form.method } }) }),
  }
}

/** The same button of the same form; the same site, for what only leads there; or else the very element, as long as it says the same. */
function scopeOf(facts: ElementFacts, effect: Effect, ref: string | undefined): string {
  const { opens, submits, labels } = facts
  const target = targetOf(facts)
  if (submits) return `the form that goes to ${submits.url} (${submits.method}), by ${JSON.stringify(short(labels[0] ?? ''))}`
  if (target !== undefined && !exceeds(effect, 'navigate')) return target.replace(/^site /, 'links within ')
  const where = [ref ?? location.origin + location.pathname, ...(opens ? [opens.url] : [])].join(', ')
  return `${sentenceOf(facts)} (${where})`
}

/** Where it goes: to a form's address, or to a site. */
export function targetOf({ submits, opens }: ElementFacts): string | undefined {
  if (submits) return `form ${submits.method} ${submits.url}`
  if (opens && !opens.download) return `site ${URL.canParse(opens.url) ? new URL(opens.url).origin : opens.url}`
  return undefined
}

/** In one line, without what is invisible or turns the words around it. */
function short(text: string, most = 120): string {
  const line = text.replaceAll(/\s+/g, ' ').replaceAll(UNSEEN, '').trim()
  return (line.length > most ? `${line.slice(0, most - 1)}…` : line).toWellFormed()
}

const UNSEEN = /[\p{Cf}\p{Cc}\p{Default_Ignorable_Code_Point}]/gu
