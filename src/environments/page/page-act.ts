/** One action on the page: judged by facts, asked for where it must be, done, and watched until the page is at rest. */
import { classify } from '../../security/classify.ts'
import { exceeds } from '../../security/effects.ts'
import { abortable, throwIfAborted } from '../../util/abort.ts'
import { factsOrUnknown } from './act/facts-of.ts'
import type { PageAct } from './act/page-action.ts'
import { keyTarget } from './act/press.ts'
import { isSame } from './act/redo.ts'
import { carryOut } from './page-carry-out.ts'
import type { DueAct, Judged } from './due-act.ts'
import type { PageRun } from './observing.ts'
import { nameOf, requestOf } from './page-approval.ts'
import { formAround, isPlaceholder, vaultFieldOf } from './page-secrets.ts'
import { isHtml, read, realmOf } from './act/native.ts'

/** Does it, and tells what was done, or why nothing was. Errors: `aborted`. */
export async function actOn(due: DueAct): Promise<string> {
  const { signal } = due.context
  const target = targetOf(due)
  if ('problem' in target) return target.problem
  const { element } = target
  const judged = judge(due, element)
  if ('problem' in judged) return judged.problem
  if (!(await mayBeDone(due, judged))) return REFUSED
  throwIfAborted(signal)
  // What was asked for is what is done, or nothing is: the page may have changed while a person was thinking.
  if (needsAsking(due.run, judged) && !stillTheSame(due, element, judged)) return CHANGED
  const ready = await fillIn(due, element, judged)
  throwIfAborted(signal)
  return 'problem' in ready ? ready.problem : carryOut(due, { element, act: ready.act, judged })
}

const REFUSED = 'Nothing was done: it needs approval, which was refused.'
/** Models copy what they see of an earlier action. A form that was sent with it would be lost, and its password unknown to all. */
const PLACEHOLDER =
  'Nothing was done: this text only stands for what is not shown. Write what the goal says, use a secret by its name, or leave it to the user.'
const CHANGED = 'Nothing was done: while the user was asked, the element changed what it would do.'

function targetOf({ run, action }: DueAct): { element: Element } | { problem: string } {
  const ref = 'ref' in action ? action.ref : undefined
  if (ref !== undefined) {
    const found = run.viewer.resolve(ref)
    return 'element' in found && leadsOut(found.element, run.root) ? { problem: OUTSIDE } : found
  }
  return { element: action.verb === 'press' ? focused(run.root) : run.root }
}

/** Where keys go; never to what lies outside of what the agent sees. */
function focused(root: Element): Element {
  const target = keyTarget(root.ownerDocument)
  return isWithin(target, root) ? target : root
}

/** A label may name any control of its document. */
function leadsOut(element: Element, root: Element): boolean {
  for (let node: Node | null = element; node; node = parentOf(node)) {
    const control = isHtml(node, 'label') ? read('HTMLLabelElement', 'control', node) : null
    if (control && !isWithin(control, root)) return true
  }
  return false
}

const OUTSIDE = 'The element stands for another one, outside of the part of the page that can be acted on.'

function isWithin(element: Element, root: Element): boolean {
  for (let node: Node | null = element; node; node = parentOf(node)) if (node === root) return true
  return false
}

/** Out of shadow trees and frames, too. */
function parentOf(node: Node): Node | null {
  const kind = read('Node', 'nodeType', node)
  if (kind === Node.DOCUMENT_NODE) return realmOf(node)?.frameElement ?? null
  return read('Node', 'parentNode', node) ?? (kind === Node.DOCUMENT_FRAGMENT_NODE && 'host' in node ? (node as ShadowRoot).host : null)
}

function judge({ run, action }: DueAct, element: Element): Judged | { problem: string } {
  if (action.verb === 'type' && isPlaceholder(action.text)) return { problem: PLACEHOLDER }
  const secret = action.verb === 'type' ? run.vault.read(action.text) : null
  if (secret && !secret.ok) return secret
  const problem = secret && run.vault.refuses(secret.name, vaultFieldOf(element))
  if (problem) return { problem: `Nothing was done: ${problem}` }
  const form = secret && formAround(element)
  if (form && form.method !== 'dialog' && !run.origins.allows(form.url)) return { problem: `Nothing was done: ${SENT_AWAY}` }
  const facts = factsOrUnknown(element, action, run.options.effects ?? [])
  const classified = classify(facts, run.origins)
  if (classified.refused !== undefined) return { problem: `Nothing was done: ${classified.refused}` }
  return { facts, classified, secret: secret ? { name: secret.name, form } : undefined }
}

const SENT_AWAY = 'the form that this field belongs to would be sent where this agent must not send anything.'

function needsAsking({ options }: PageRun, { classified, secret }: Judged): boolean {
  return secret !== undefined || exceeds(classified.effect, options.askAbove ?? 'fill')
}

async function mayBeDone({ run, action, text, context }: DueAct, judged: Judged): Promise<boolean> {
  if (!needsAsking(run, judged)) return true
  const ref = 'ref' in action ? action.ref : undefined
  return abortable(context.approve(requestOf({ action: text, ref, ...judged })), context.signal)
}

function stillTheSame(due: DueAct, element: Element, before: Judged): boolean {
  const target = targetOf(due)
  if ('problem' in target || target.element !== element) return false
  const now = judge(due, element)
  if ('problem' in now || !isSame(now.facts, before.facts)) return false
  const goes = ({ secret }: Judged): string => JSON.stringify([secret?.name, secret?.form?.url, secret?.form?.method])
  return now.classified.effect === before.classified.effect && goes(now) === goes(before) && nameOf(now.facts) === nameOf(before.facts)
}

/** The action with its secret in place, which from now on is taken out of everything. */
async function fillIn(
  { run, action, context }: DueAct,
  element: Element,
  { secret }: Judged,
): Promise<{ act: PageAct } | { problem: string }> {
  if (secret === undefined || action.verb !== 'type') return { act: action }
  const opened = await abortable(run.vault.open(secret.name, vaultFieldOf(element)), context.signal)
  if (!opened.ok) return { problem: `Nothing was done: ${opened.problem}` }
  run.redactor.learn(opened.value, 'secret')
  return { act: { ...action, text: opened.value } }
}
