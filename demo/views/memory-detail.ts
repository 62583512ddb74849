/** One stored episode, whole, with what became of it, where it was shown, and what can be done about it. */
import type { OpenMemory, TrajectoryListing } from 'reprise'
import { fill, h, setText } from '../dom.ts'
import { dateTime, percent, score } from '../format.ts'
import { STATUS } from '../state/memory-words.ts'
import { statusChip } from './chips.ts'
import { createFeedback } from './feedback.ts'
import { shownWhere } from './shown.ts'

export interface DetailView {
  show(memory: OpenMemory, listing: TrajectoryListing): void
}

export interface DetailHooks {
  onError(error: unknown): void
  /** What can be retrieved may have changed. */
  onChanged(): void
}

export function createDetail(dialog: HTMLDialogElement, { onError, onChanged }: DetailHooks): DetailView {
  /** Closes first: an alert behind the dialog could not be read, and the focus is back on the row before that may go. */
  const failed = (error: unknown): void => {
    dialog.close()
    onError(error)
  }
  const closeAfter = async (change: Promise<unknown>): Promise<void> => {
    try {
      await change
      dialog.close()
      onChanged()
    } catch (error) {
      failed(error)
    }
  }
  const show = (memory: OpenMemory, listing: TrajectoryListing): void => {
    const { id, goal } = listing.trajectory
    const state = h('p', { class: 'state' })
    const facts = h('dl', { class: 'facts' })
    const openOther = (other: string): void =>
      void memory.get(other).then((found) => (found ? show(memory, found) : setText(state, 'That one was deleted since.')), failed)
    const render = (now: TrajectoryListing): void => {
      fill(state, statusChip(now.status), STATUS[now.status].why)
      fill(facts, ...factsOf(now, openOther).flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]))
    }
    render(listing)
    const feedback = createFeedback(listing, {
      give: (signal) => memory.feedback(id, signal),
      onGiven: (now) => {
        if (!now) return void closeAfter(Promise.resolve())
        render(now)
        onChanged()
      },
      onError: failed,
    })
    const accept = h('button', { type: 'button', class: 'primary', on: { click: () => void closeAfter(memory.accept(id)) } }, 'Accept')
    const close = h('button', { type: 'button', autofocus: true, on: { click: () => dialog.close() } }, 'Close')
    const remove = deleteButton(() => void closeAfter(memory.delete(id)))
    const title = h('h2', { id: 'detail-title' }, goal)
    const content = [title, state, facts, stepsOf(listing), feedback, shownWhere(memory, id, failed)]
    const buttons = h('div', { class: 'buttons end' }, remove, listing.status === 'quarantined' && accept, close)
    fill(dialog, h('div', { class: 'content' }, ...content, buttons))
    if (dialog.open) close.focus()
    else dialog.showModal()
    dialog.scrollTop = 0
  }
  return { show }
}

/** Deletes at the second press: the first one asks. */
function deleteButton(onConfirmed: () => void): HTMLButtonElement {
  let asked = false
  const button = h('button', { type: 'button', class: 'danger' }, 'Delete')
  button.addEventListener('click', () => {
    if (asked) onConfirmed()
    asked = true
    button.textContent = 'Delete for good?'
  })
  button.addEventListener('blur', () => {
    asked = false
    button.textContent = 'Delete'
  })
  return button
}

type Fact = [name: string, value: string | HTMLElement]

function factsOf(listing: TrajectoryListing, openOther: (id: string) => void): Fact[] {
  const { trajectory, retrievals, successes, utility, quality, supersededBy } = listing
  const { plan, outcome, reward, createdAt, provenance, id } = trajectory
  const replaced = supersededBy !== undefined && link('Open the one that replaced it', () => openOther(supersededBy))
  return [
    ['Retrieved', retrievals === 0 ? 'not yet' : `by ${retrievals}; ${successes} of these episodes succeeded`],
    ['Utility', utilityText(listing, percent(utility))],
    [
      'Quality',
      quality === null ? 'not known yet' : `${score(quality)}: like utility, each episode counted by how much of what it read was this`,
    ],
    ...(replaced ? ([['Replaced', replaced]] satisfies Fact[]) : []),
    ['Stored', dateTime(createdAt)],
    ['From', `${provenance.origin || 'somewhere'}, model ${provenance.model || 'not told'}`],
    ['Success said by', `${provenance.rewardSource}, reward ${reward}`],
    ['Id', id],
    ['Plan', plan || 'none'],
    ['In the end', outcome || 'nothing seen'],
  ]
}

function utilityText({ retrievals, feedback }: TrajectoryListing, share: string): string {
  if (retrievals === 0 && feedback.length === 0) return 'not known yet'
  return retrievals + 2 * feedback.length < 3 ? `${share}, believed until more is known` : share
}

function link(text: string, click: () => void): HTMLElement {
  return h('button', { type: 'button', class: 'link', on: { click } }, text)
}

function stepsOf({ trajectory }: TrajectoryListing): HTMLElement {
  const rows = trajectory.steps.map(({ observation, reasoning, action }, index) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row', class: 'number' }, index + 1),
      h('td', {}, observation),
      h('td', {}, reasoning),
      h('td', {}, action),
    ),
  )
  const heads = ['#', 'Sees', 'Thinks', 'Does'].map((text) => h('th', { scope: 'col' }, text))
  const table = h('table', {}, h('thead', {}, h('tr', {}, ...heads)), h('tbody', {}, ...rows))
  return h('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': 'Steps' }, table)
}
