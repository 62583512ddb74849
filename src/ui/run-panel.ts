/** A small live view of a run: what the agent is doing now, its last actions, and a button that stops it. It only follows events. */
import * as z from 'zod/mini'
import { RepriseError } from '../core/errors.ts'
import type { AgentEvent } from '../core/events.ts'
import { callable, parse } from '../util/validate.ts'
import { legible } from './legible.ts'
import { fillIn, maker } from './make.ts'
import { labelsSchema } from './labels-schema.ts'
import { createOwnElement, viewOf } from './own-element.ts'
import { PANEL_CSS } from './styles.ts'
import { PANEL_WORDS, replaceWords, type Labels, type PanelWords } from './words.ts'

export interface RunPanelOptions {
  /** Called once, when a person presses the button: abort the run's signal. */
  onStop(): void
  /** Where the panel is put (default: the lower corner of the window). */
  container?: Element
  labels?: Labels<PanelWords>
  /** Actions and notes that are kept (default 50); older ones go. */
  maxLines?: number
}

export interface RunPanel {
  readonly element: HTMLElement
  /** Give it as `onEvent`. An `episode-start` begins anew. */
  show(event: AgentEvent): void
  /** Takes the panel out of the page. */
  close(): void
}

const optionsSchema = z.strictObject({
  onStop: callable,
  container: z.optional(z.custom<Element>((value) => typeof value === 'object' && value !== null && 'ownerDocument' in value)),
  labels: z.optional(labelsSchema),
  maxLines: z._default(z.int().check(z.minimum(1), z.maximum(10_000)), 50),
})

/**
 * Puts the panel into the page.
 * Errors: `invalid-options`, also where there is no page.
 *
 * @example
 * const stop = new AbortController()
 * const panel = runPanel({ onStop: () => stop.abort() })
 * await agent.run(environment, goal, { signal: stop.signal, onEvent: panel.show }).finally(panel.close)
 */
export function runPanel(options: RunPanelOptions): RunPanel {
  const { maxLines } = parse(optionsSchema, options, 'runPanel options')
  const { container, labels } = options
  const view = viewOf(container)
  if (!view) throw new RepriseError('invalid-options', 'runPanel is shown in a page, and there is none here.')
  const words = replaceWords(PANEL_WORDS, labels)
  const { host, root } = createOwnElement(view, 'reprise-run', { css: PANEL_CSS })
  const parts = panelParts(view.document, words, container === undefined)
  root.append(parts.card)
  parts.stop.addEventListener('click', (event) => {
    if (!event.isTrusted || parts.stop.hidden) return
    parts.stop.hidden = true
    parts.state.textContent = words.stopped
    options.onStop()
  })
  ;(container ?? view.document.documentElement).append(host)
  return { element: host, show: (event) => follow(event, parts, { words, maxLines }), close: () => host.remove() }
}

interface Parts {
  card: HTMLElement
  state: HTMLElement
  stop: HTMLButtonElement
  lines: HTMLElement
  /** @param number of the step, where it is one. */
  line(text: string, number?: number): HTMLElement
}

function panelParts(document: Document, words: PanelWords, floating: boolean): Parts {
  const make = maker(document)
  const title = make('h2', '', words.title)
  const state = make('p', 'state', words.working)
  const stop = make('button', '', words.stop)
  const lines = make('ol', '')
  const card = make(
    'section',
    `card ${floating ? 'floating' : 'placed'}`,
    make('header', '', make('div', 'heading', title, state), stop),
    lines,
  )
  title.id = 'title'
  stop.type = 'button'
  lines.tabIndex = 0
  card.lang = words.lang
  card.dir = 'auto'
  card.setAttribute('aria-labelledby', 'title')
  lines.setAttribute('aria-labelledby', 'title')
  state.setAttribute('role', 'status')
  const line: Parts['line'] = (text, number) =>
    make(
      'li',
      number === undefined ? 'note' : '',
      make('span', 'number', number === undefined ? '·' : String(number)),
      make('bdi', '', text),
    )
  return { card, state, stop, lines, line }
}

function follow(event: AgentEvent, parts: Parts, { words, maxLines }: { words: PanelWords; maxLines: number }): void {
  const stopped = parts.stop.hidden && event.type !== 'episode-start'
  const state = stateOf(event, words)
  if (state !== undefined && (!stopped || event.type === 'episode-end')) parts.state.textContent = state
  if (event.type === 'episode-start') {
    parts.lines.replaceChildren()
    parts.stop.hidden = false
  }
  if (event.type === 'episode-end') parts.stop.hidden = true
  const added = lineOf(event, parts)
  if (!added) return
  const atEnd = parts.lines.scrollTop + parts.lines.clientHeight >= parts.lines.scrollHeight - 8
  parts.lines.append(added)
  while (parts.lines.childElementCount > maxLines) parts.lines.firstElementChild?.remove()
  if (atEnd) parts.lines.scrollTop = parts.lines.scrollHeight
}

function stateOf(event: AgentEvent, words: PanelWords): string | undefined {
  switch (event.type) {
    case 'episode-start':
      return words.working
    case 'planned':
    case 'observed':
      return words.thinking
    case 'acted':
      return fillIn(words.step, { n: String(event.step + 1) }).join('')
    case 'approval-needed':
      return words.waiting
    case 'episode-end':
      if (event.reason === 'success' && event.trajectory.provenance.rewardSource === 'agent') return words.unconfirmed
      return words.ends[event.reason]
    default:
      return undefined
  }
}

function lineOf(event: AgentEvent, { line }: Parts): HTMLElement | undefined {
  if (event.type === 'acted') return line(legible(event.action, 300), event.step + 1)
  if (event.type === 'warning') return line(legible(event.message, 300))
  if (event.type === 'episode-start') return line(legible(event.goal, 300))
  return undefined
}
