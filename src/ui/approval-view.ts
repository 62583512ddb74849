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
  /** Absent where the request is asked every time. */
  run: HTMLButtonElement | null
}

export function approvalView(document: Document, request: ApprovalRequest, words: Words): ApprovalView {
  const make = maker(document)
  const { origin, host } = document.location
  const status = make('p', 'status')
  const refuse = make('button', 'refuse', words.refuse)
  const once = make('button', 'allow', words.once)
  const run = request.always ? null : make('button', 'allow', words.run)
  const effect = Object.hasOwn(words.effects, request.effect) ? request.effect : 'destructive'
  const facts = make('div', 'body', make('p', 'description', legible(String(request.description), 1000)))
  if (request.details && Object.keys(request.details).length)
    facts.append(make('section', '', factsList(request.details, { make, words, origin }), make('p', 'caption', words.details)))
  facts.append(agentsWords(make, String(request.action), words))
  if (run) facts.append(coverage(make, request, words.effects[effect], words))
  const title = make('h2', '', words.title)
  const badge = make('p', `effect ${effect}`, words.effects[effect])
  const footer = make('p', 'footer', ...fillIn(words.footer, { site: make('bdi', '', host || origin) }))
  const dialog = make(
    'dialog',
    'card',
    make('header', '', badge, title),
    facts,
    status,
    make('div', 'answers', refuse, ...(run ? [run] : []), once),
    footer,
  )
  label(dialog, { title, badge, facts, status, words })
  for (const button of [refuse, once, run]) if (button) button.type = 'button'
  refuse.autofocus = true
  return { dialog, status, refuse, once, run }
}

function agentsWords(make: Make, action: string, words: Words): HTMLElement {
  const text = make('pre', '', legible(action, 4000))
  text.dir = 'auto'
  text.tabIndex = 0
  const figure = make('figure', 'agent', make('figcaption', '', words.agentWrote), text)
  figure.dir = 'auto'
  return figure
}

function coverage(make: Make, { scope }: ApprovalRequest, effect: string, words: Words): HTMLElement {
  const template = scope === undefined ? words.runCovers : words.runCoversScope
  const named = make('bdi', 'scope', legible(scope ?? '', 200))
  const inside = template.includes('{scope}')
  return make('p', 'caption', ...fillIn(template, { effect, scope: named }), ...(scope === undefined || inside ? [] : [' ', named]))
}

interface Parts {
  title: HTMLElement
  badge: HTMLElement
  facts: HTMLElement
  status: HTMLElement
  words: Words
}

function label(dialog: HTMLDialogElement, { title, badge, facts, status, words }: Parts): void {
  dialog.lang = words.lang
  dialog.dir = 'auto'
  title.id = 'title'
  badge.id = 'effect'
  facts.id = 'facts'
  facts.tabIndex = 0
  facts.setAttribute('role', 'group')
  facts.setAttribute('aria-labelledby', 'title')
  status.setAttribute('role', 'status')
  dialog.setAttribute('role', 'alertdialog')
  dialog.setAttribute('aria-modal', 'true')
  dialog.setAttribute('aria-labelledby', 'title')
  dialog.setAttribute('aria-describedby', 'effect facts')
}
