/** What a person sees who is asked: the class of effect, the facts, the agent's own words set apart, and the answers. */
import type { ApprovalRequest } from '../core/environment.ts'
import { factsList } from './facts.ts'
import { legible } from './legible.ts'
import { fillIn, maker, type Make } from './make.ts'
import type { Words } from './words.ts'

export interface ApprovalView {
  dialog: HTMLDialogElement
  /** Told to assistive technology when its text changes. */
  status: HTMLElement
  refuse: HTMLButtonElement
  once: HTMLButtonElement
  stop: HTMLButtonElement
  /** Absent where the request is asked every time. */
  run: HTMLButtonElement | null
}

export function approvalView(document: Document, request: ApprovalRequest, words: Words): ApprovalView {
  const make = maker(document)
  const { origin, host } = document.location
  const effect = Object.hasOwn(words.effects, request.effect) ? request.effect : 'destructive'
  const status = make('p', 'status')
  const refuse = make('button', 'refuse', words.refuse)
  const once = make('button', 'allow', words.once)
  const stop = make('button', 'stop', words.stop)
  const run = request.always ? null : make('button', 'allow', words.run)
  const body = make('div', 'body', make('p', 'description', legible(String(request.description), 1000)))
  if (request.details && Object.keys(request.details).length)
    body.append(factsList(request.details, { make, words, origin }), make('p', 'caption', words.details))
  body.append(agentsWords(make, String(request.action), words))
  if (run) body.append(coverage(make, request, words.effects[effect], words))
  const dialog = make(
    'dialog',
    'card',
    make('header', '', make('p', `effect ${effect}`, words.effects[effect]), make('h2', '', words.title)),
    body,
    status,
    make('div', 'answers', refuse, once, ...(run ? [run] : []), stop),
    make('p', 'footer', ...fillIn(words.footer, { site: make('bdi', '', host || origin) })),
  )
  for (const button of [refuse, once, run, stop]) if (button) button.type = 'button'
  refuse.autofocus = true
  label(dialog, words)
  return { dialog, status, refuse, once, stop, run }
}

function agentsWords(make: Make, action: string, words: Words): HTMLElement {
  return make('figure', 'agent', make('figcaption', '', words.agentWrote), make('pre', '', legible(action, 4000)))
}

function coverage(make: Make, { scope }: ApprovalRequest, effect: string, words: Words): HTMLElement {
  const template = scope === undefined ? words.runCovers : words.runCoversScope
  const named = make('bdi', 'scope', legible(scope ?? '', 200))
  const inside = template.includes('{scope}')
  return make('p', 'caption', ...fillIn(template, { effect, scope: named }), ...(scope === undefined || inside ? [] : [' ', named]))
}

/** What assistive technology reads at once is the class of effect, the description and the facts; the agent's words are a stop of their own. */
function label(dialog: HTMLDialogElement, { lang }: Words): void {
  const attributes: Record<string, Record<string, string>> = {
    h2: { id: 'title' },
    '.effect': { id: 'effect' },
    '.description': { id: 'description', dir: 'auto' },
    '.facts': { id: 'facts' },
    '.body': { role: 'group', 'aria-labelledby': 'title', tabindex: '0' },
    figcaption: { id: 'agent' },
    pre: { role: 'group', 'aria-labelledby': 'agent', tabindex: '0', dir: 'auto' },
    '.status': { role: 'status' },
  }
  for (const [selector, values] of Object.entries(attributes))
    for (const [name, value] of Object.entries(values)) dialog.querySelector(selector)?.setAttribute(name, value)
  const own = {
    lang,
    dir: 'auto',
    role: 'alertdialog',
    'aria-modal': 'true',
    'aria-labelledby': 'title',
    'aria-describedby': 'effect description facts',
  }
  for (const [name, value] of Object.entries(own)) dialog.setAttribute(name, value)
}
