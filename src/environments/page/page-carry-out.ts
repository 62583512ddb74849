/** Doing what was allowed, and no more: what an action sets off besides is held, judged and asked for in its turn. */
import { classify } from '../../security/classify.ts'
import { exceeds } from '../../security/effects.ts'
import type { ElementFacts } from '../../security/element-facts.ts'
import { abortable, throwIfAborted } from '../../util/abort.ts'
import { openGuard, type Guard, type Held } from './act/guard.ts'
import type { PageAct } from './act/page-action.ts'
import { perform } from './act/perform.ts'
import { settle } from './act/settle.ts'
import { untilLeft } from './leaving.ts'
import { linger } from './lingering.ts'
import type { DueAct, Judged } from './due-act.ts'
import { requestOf, targetOf } from './page-approval.ts'
import { realmOf } from './act/native.ts'

export interface ReadyAct {
  element: Element
  /** With its secret in place. */
  act: PageAct
  judged: Judged
}

/** What was done, in words. Errors: `aborted`. */
export async function carryOut(due: DueAct, { element, act, judged }: ReadyAct): Promise<string> {
  const { run, context } = due
  const { signal } = context
  const { effects } = run.options
  const guard = openGuard(viewOf(run.root), (facts, { afterSubmit }) => covers(due, { facts, judged, afterSubmit }), effects)
  try {
    const outcome = await perform(act, element, { signal, secret: judged.secret !== undefined })
    throwIfAborted(signal)
    const notes = [outcome.ok ? outcome.note : outcome.problem]
    await rest(due, guard)
    notes.push(...(await redoHeld(due, guard)))
    linger(run, guard, signal)
    return notes.join(' ')
  } catch (error) {
    guard.close()
    throw error
  }
}

/** Things that one action set off, each held and asked for; a page that sets off more is left as it is. */
const MOST_HELD = 3

async function redoHeld(due: DueAct, guard: Guard): Promise<string[]> {
  const { held } = guard
  const notes: string[] = []
  for (let i = 0; i < held.length; i++) {
    const one = held[i] as Held
    notes.push(i < MOST_HELD ? await redoOne(due, one) : 'It set off still more, which was held back.')
    if (i >= MOST_HELD) break
    await rest(due, guard)
  }
  return notes
}

async function redoOne({ run, text, context }: DueAct, { facts, prevented, redo }: Held): Promise<string> {
  const classified = classify(facts, run.origins)
  if (!prevented) return 'It set off something that the browser did not let be held back.'
  if (classified.refused !== undefined) return `What it set off was held back: ${classified.refused}`
  const request = requestOf({ action: text, facts, classified, ref: undefined, secret: undefined })
  if (!redo || !(await abortable(context.approve(request), context.signal))) return 'What it set off was held back, and not allowed.'
  throwIfAborted(context.signal)
  const outcome = redo()
  return outcome.ok ? outcome.note : outcome.problem
}

interface SetOff {
  facts: ElementFacts
  judged: Judged
  afterSubmit: boolean
}

/** Whether what was allowed, or needs no asking, covers what an action turned out to start. */
function covers({ run }: DueAct, { facts, judged, afterSubmit }: SetOff): boolean {
  const { effect, refused } = classify(facts, run.origins)
  if (refused !== undefined) return false
  const free = run.options.askAbove ?? 'fill'
  if (!exceeds(effect, free)) return true
  const allowed = judged.classified.effect
  if (!exceeds(allowed, free)) return false
  // A form that was sent with leave may lead on, within the allowed origins.
  if (facts.verb === 'navigate' && afterSubmit) return true
  const unknown = judged.facts.submits === null && judged.facts.opens === null
  return !exceeds(effect, allowed) && (unknown || isSameTarget(facts, judged.facts))
}

/** The same form, or the same address: a site is what an answer for the run covers, not one for a link. */
function isSameTarget(now: ElementFacts, then: ElementFacts): boolean {
  if (now.opens && then.opens) return withoutHash(now.opens.url) === withoutHash(then.opens.url)
  return targetOf(now) === targetOf(then)
}

function withoutHash(url: string): string {
  return url.replace(/#.*$/s, '')
}

/** Until the page has come to rest; where it is being left, until it is gone, since nothing may be decided in between. */
async function rest({ run, context }: DueAct, guard: Guard): Promise<void> {
  const { signal } = context
  await settle(run.root, { signal, ...run.options.settle })
  throwIfAborted(signal)
  if (guard.leaving) await abortable(untilLeft(viewOf(run.root)), signal)
}

function viewOf(root: Element): Window {
  return realmOf(root) ?? window
}
