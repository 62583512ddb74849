/** A page to act in, and what happened in it. */
import { afterEach } from 'vitest'
import type { Outcome } from '../../../../src/environments/page/act/hand.ts'
import type { PageAct } from '../../../../src/environments/page/act/page-action.ts'
import { perform } from '../../../../src/environments/page/act/perform.ts'

let stage: HTMLElement | undefined

afterEach(() => {
  stage?.remove()
  document.querySelectorAll('[data-stage]').forEach((part) => part.remove())
})

/** Shows markup, and returns what holds it. */
export function show(html: string): HTMLElement {
  stage?.remove()
  stage = document.createElement('div')
  stage.dataset['stage'] = ''
  stage.innerHTML = html
  document.body.append(stage)
  return stage
}

/** What a selector finds, shadow trees apart. */
export function find<T extends Element = HTMLElement>(selector: string, root: ParentNode = document): T {
  const found = root.querySelector<T>(selector)
  if (!found) throw new Error(`There is no ${selector}.`)
  return found
}

type WithoutRef<T> = T extends unknown ? Omit<T, 'ref'> : never

/** Does it to what the selector finds, or to the element. */
export function act(
  on: string | Element,
  action: WithoutRef<PageAct>,
  signal = new AbortController().signal,
  secret = false,
): Promise<Outcome> {
  return perform({ ref: 'e1', ...action } as PageAct, typeof on === 'string' ? find(on) : on, { signal, secret })
}

/** The note or the problem. */
export function said(outcome: Outcome): string {
  return outcome.ok ? outcome.note : `problem: ${outcome.problem}`
}

/** Types of the events that reach the element, from now on. */
export function listen(element: EventTarget, types: string): string[] {
  const heard: string[] = []
  for (const type of types.split(' ')) element.addEventListener(type, (event) => heard.push(event.type))
  return heard
}

/** A frame of this origin that shows markup. */
export async function showFrame(html: string, parent: Element): Promise<HTMLIFrameElement> {
  const frame = document.createElement('iframe')
  frame.style.cssText = 'width:400px;height:200px'
  frame.srcdoc = html
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }))
  parent.append(frame)
  await loaded
  return frame
}
