/** What was learned in the practice page: in use where code confirmed it, else waiting for the person's word. */
import type { OpenMemory, TrajectoryListing } from 'reprise'
import { fill, h, setText } from '../../dom.ts'
import { dateTime, plural } from '../../format.ts'
import { statusChip } from '../chips.ts'

export interface LearnedView {
  element: HTMLElement
  refresh(): void
}

const MOST = 8

export function learnedView(memory: OpenMemory, onError: (error: unknown) => void): LearnedView {
  const title = h('h2', { id: 'learned-title', tabindex: -1 }, 'What it learned here')
  const list = h('ul', { class: 'learned', id: 'page-learned' })
  const forget = forgetButton(() => then(memory.clear()))
  let asked = 0

  const refresh = (): void => void load().catch(onError)
  const load = async (): Promise<void> => {
    const ask = ++asked
    const { items } = await memory.list({ limit: MOST })
    if (ask !== asked) return
    fill(list, ...items.map((listing) => rowOf(listing, (id) => then(memory.accept(id)))))
    if (items.length === 0) fill(list, h('li', { class: 'empty' }, 'Nothing yet. A run that succeeds is stored here.'))
    forget.hidden = items.length === 0
  }
  /** The button that was pressed goes; the focus must not go with it. */
  const then = (change: Promise<unknown>): void => {
    title.focus({ preventScroll: true })
    change.then(refresh, onError)
  }
  memory.subscribe(refresh)
  refresh()
  return {
    element: h(
      'section',
      { class: 'card', 'aria-labelledby': 'learned-title' },
      h('div', { class: 'heading' }, title, forget),
      h(
        'p',
        { class: 'note' },
        'Whatever holds text of a page is read again only once code or you have confirmed it. Otherwise a page could teach the agent.',
      ),
      list,
    ),
    refresh,
  }
}

/** Forgets at the second press: the first one asks. */
function forgetButton(onConfirmed: () => void): HTMLButtonElement {
  let asked = false
  const ask = (again: boolean): void => {
    asked = again
    setText(button, again ? 'Forget for good?' : 'Forget all of it')
  }
  const button = h('button', {
    type: 'button',
    class: 'quiet',
    on: { click: () => (asked ? onConfirmed() : ask(true)), blur: () => ask(false) },
  })
  ask(false)
  return button
}

function rowOf({ trajectory, status }: TrajectoryListing, accept: (id: string) => void): HTMLElement {
  const { id, goal, steps, createdAt, provenance } = trajectory
  const by = { agent: 'success is the agent’s own word', user: 'you confirmed the success' }
  const judge = provenance.rewardSource
  const success = judge === 'agent' || judge === 'user' ? by[judge] : 'code checked the success'
  return h(
    'li',
    {},
    h('b', {}, goal),
    statusChip(status),
    h('span', { class: 'note' }, `${plural(steps.length, 'step')}, ${success}; ${dateTime(createdAt)}`),
    status === 'quarantined' && h('button', { type: 'button', class: 'small', on: { click: () => accept(id) } }, 'Accept'),
  )
}
