/** One stored trajectory, whole, with what became of it, and the way to delete it. */
import type { OpenMemory, TrajectoryListing } from 'reprise'
import { fill, h } from '../dom.ts'
import { dateTime, percent } from '../format.ts'

export interface DetailView {
  show(memory: OpenMemory, listing: TrajectoryListing): void
}

export function createDetail(dialog: HTMLDialogElement, hooks: { onDeleted(): void; onError(error: unknown): void }): DetailView {
  return {
    show: (memory, listing) => {
      const remove = deleteButton(async () => {
        try {
          await memory.delete(listing.trajectory.id)
          // First, so that the focus is back on the row when the row goes.
          dialog.close()
          hooks.onDeleted()
        } catch (error) {
          dialog.close()
          hooks.onError(error)
        }
      })
      const close = h('button', { type: 'button', autofocus: true, on: { click: () => dialog.close() } }, 'Close')
      const title = h('h2', { id: 'detail-title' }, listing.trajectory.goal)
      fill(
        dialog,
        h('div', { class: 'content' }, title, factsOf(listing), stepsOf(listing), h('div', { class: 'buttons end' }, remove, close)),
      )
      dialog.showModal()
    },
  }
}

/** Deletes at the second press: the first one asks. */
function deleteButton(onConfirmed: () => Promise<void>): HTMLButtonElement {
  let asked = false
  const button = h('button', { type: 'button', class: 'danger' }, 'Delete')
  button.addEventListener('click', () => {
    if (asked) void onConfirmed()
    asked = true
    button.textContent = 'Delete for good?'
  })
  button.addEventListener('blur', () => {
    asked = false
    button.textContent = 'Delete'
  })
  return button
}

function factsOf({ trajectory, status, retrievals, successes, utility }: TrajectoryListing): HTMLElement {
  const { plan, outcome, reward, createdAt, provenance, id } = trajectory
  const facts: [string, string][] = [
    ['Status', status === 'active' ? 'in use' : 'taken out of retrieval, since few episodes that read it succeeded'],
    ['Succeeded', retrievals === 0 ? 'not read yet' : `${successes} of ${retrievals} episodes that read it (utility ${percent(utility)})`],
    ['Stored', dateTime(createdAt)],
    ['Model', provenance.model || 'not told'],
    ['Success said by', `${provenance.rewardSource}, reward ${reward}`],
    ['Id', id],
    ['Plan', plan || 'none'],
    ['In the end', outcome || 'nothing seen'],
  ]
  return h('dl', { class: 'facts' }, ...facts.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]))
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
