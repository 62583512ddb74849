/**
 * Asks the person in charge: a modal dialog for `createAgent({ confirm })` that shows what code found out about an action and lets
 * nobody but a person answer. What is not an answer is a refusal: Escape, an aborted run, a page that moves on or takes the dialog away.
 */
import * as z from 'zod/mini'
import type { Approval, ApprovalRequest } from '../core/environment.ts'
import { RepriseError } from '../core/errors.ts'
import { anyOf } from '../util/abort.ts'
import { abortSignal, parse } from '../util/validate.ts'
import { approvalView, type ApprovalView } from './approval-view.ts'
import { armAnswers } from './armed-answers.ts'
import { watchCover } from './cover.ts'
import { labelsSchema } from './labels-schema.ts'
import { createOwnElement, viewOf, type View } from './own-element.ts'
import { APPROVAL_CSS } from './styles.ts'
import { replaceWords, WORDS, type Labels, type Words } from './words.ts'

export interface ConfirmDialogOptions {
  /** Where the element is put while it asks (default: the document's root element, so that no re-rendering of the body takes it away). */
  container?: Element
  /** Words to replace, e.g. by those of another language. */
  labels?: Labels<Words>
  /** Refuses what is being asked, and everything asked later, when it fires. */
  signal?: AbortSignal
  /** Milliseconds that a question must have been in sight before an answer counts (default 600). */
  armAfterMs?: number
}

/** Asks one request. `signal` refuses this one alone. */
export type Confirm = (request: ApprovalRequest, context?: { signal?: AbortSignal }) => Promise<Approval>

const optionsSchema = z.strictObject({
  container: z.optional(z.custom<Element>((value) => typeof value === 'object' && value !== null && 'ownerDocument' in value)),
  labels: z.optional(labelsSchema),
  signal: z.optional(abortSignal),
  armAfterMs: z._default(z.number().check(z.minimum(0), z.maximum(60_000)), 600),
})

/** The end of the queue of each document: questions are asked one after another, whichever agent asks. */
const queues = new WeakMap<Document, Promise<unknown>>()

/**
 * Makes the function that asks. Nothing is put into the page before the first question.
 * Errors: `invalid-options`; the function rejects with it where there is no page to ask in.
 *
 * @example
 * const agent = createAgent({ model, memory, confirm: confirmDialog({ labels: { refuse: 'Ablehnen' } }) })
 */
export function confirmDialog(options: ConfirmDialogOptions = {}): Confirm {
  const { armAfterMs } = parse(optionsSchema, options, 'confirmDialog options')
  const { container, labels } = options
  const words = replaceWords(WORDS, labels)
  return async (request, context = {}) => {
    const view = viewOf(container)
    if (!view) throw new RepriseError('invalid-options', 'confirmDialog asks in a page, and there is none here. Use another `confirm`.')
    const signal = anyOf(options.signal, context.signal)
    return inTurn(view.document, signal, () => ask(request, { view, container, words, armAfterMs, signal }))
  }
}

async function inTurn(document: Document, signal: AbortSignal, work: () => Promise<Approval>): Promise<Approval> {
  const before = queues.get(document)
  const turn = (async (): Promise<Approval> => {
    await before?.catch(() => {})
    return signal.aborted ? false : work()
  })()
  queues.set(document, turn)
  // One that waits for its turn is refused at once when its signal fires.
  return Promise.race([turn, refusedBy(signal)])
}

function refusedBy(signal: AbortSignal): Promise<false> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(false)
    else signal.addEventListener('abort', () => resolve(false), { once: true })
  })
}

interface Setting {
  view: View
  container: Element | undefined
  words: Words
  armAfterMs: number
  signal: AbortSignal
}

function ask(request: ApprovalRequest, setting: Setting): Promise<Approval> {
  const { view, container, words, signal } = setting
  const parts = approvalView(view.document, request, words)
  return new Promise((resolve) => {
    const end = new AbortController()
    const answer = (approval: Approval): void => {
      if (end.signal.aborted) return
      end.abort()
      parts.dialog.close() // gives the focus back to where it was
      host.remove()
      resolve(approval)
    }
    const refuse = (): void => answer(false)
    const { host, root } = createOwnElement(view, 'reprise-approval', { css: APPROVAL_CSS, onGone: refuse })
    root.append(parts.dialog)
    const parent = container ?? view.document.documentElement
    parent.append(host)
    if (!host.isConnected || !show(parts)) return refuse()
    signal.addEventListener('abort', refuse, { once: true, signal: end.signal })
    refuseWhenLeft(view, refuse, end.signal)
    listen({ host, parts, answer, setting, end: end.signal })
  })
}

function show({ dialog, refuse }: ApprovalView): boolean {
  try {
    if (dialog.open) dialog.close()
    dialog.showModal()
    refuse.focus({ preventScroll: true })
    return true
  } catch {
    return false // the document is not shown any more
  }
}

/** What was asked about is of the page as it was. */
function refuseWhenLeft(view: View, refuse: () => void, signal: AbortSignal): void {
  view.addEventListener('pagehide', refuse, { signal })
  view.addEventListener('popstate', refuse, { signal })
  const history = (view as { navigation?: EventTarget }).navigation
  const moved = (event: Event): void => {
    if ((event as { navigationType?: string | null }).navigationType === 'push') refuse()
  }
  history?.addEventListener('currententrychange', moved, { signal })
}

interface Listening {
  host: HTMLElement
  parts: ApprovalView
  answer(approval: Approval): void
  setting: Setting
  end: AbortSignal
}

function listen({ host, parts, answer, setting, end }: Listening): void {
  const { dialog, status, refuse, once, stop, run } = parts
  const refused = (): void => answer(false)
  const spots = [refuse, once, stop, ...(run ? [run] : []), dialog]
  const look = watchCover({
    host,
    dialog,
    spots,
    signal: end,
    raise: () => void show(parts),
    onLost: refused,
    onCover(cover) {
      setSeen(cover === 'none')
      const text = cover === 'taken' || cover === 'hidden' ? setting.words.covered : ''
      if (status.textContent !== text) status.textContent = text
    },
  })
  const setSeen = armAnswers<Approval>({
    area: dialog,
    armAfterMs: setting.armAfterMs,
    signal: end,
    answers: new Map<HTMLButtonElement, Approval>([
      [refuse, false],
      [once, true],
      [stop, 'stop'],
      ...(run ? ([[run, 'run']] as const) : []),
    ]),
    isSeen: () => look() === 'none',
    onAnswer: answer,
    onArmed(armed) {
      dialog.classList.toggle('armed', armed)
      for (const button of [once, run]) button?.setAttribute('aria-disabled', String(!armed))
    },
  })
  dialog.addEventListener('keydown', (event) => onKey(event, dialog, refused), { signal: end })
  dialog.addEventListener('cancel', refused, { signal: end })
  dialog.addEventListener('close', () => dialog.open || refused(), { signal: end })
}

function onKey(event: KeyboardEvent, dialog: HTMLDialogElement, refuse: () => void): void {
  if (!event.isTrusted || event.isComposing) return
  if (event.key === 'Escape') {
    event.preventDefault()
    refuse()
  } else if (event.key === 'Tab') keepInside(event, dialog)
}

/** From the last stop to the first and back; the browser does the rest. */
function keepInside(event: KeyboardEvent, dialog: HTMLDialogElement): void {
  const stops = [...dialog.querySelectorAll<HTMLElement>('[tabindex="0"], button')]
  const from = event.shiftKey ? stops.at(0) : stops.at(-1)
  const to = event.shiftKey ? stops.at(-1) : stops.at(0)
  if (event.target !== from || !to) return
  event.preventDefault()
  to.focus()
}
