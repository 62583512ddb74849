/** The rows of the memory table, and the buttons that turn its pages. */
import type { ListPage, TrajectoryListing } from 'reprise'
import { fill, h, setAttribute, setText } from '../dom.ts'
import { dateTime, percent } from '../format.ts'
import { statusChip } from './chips.ts'

export interface RowActions {
  /** Gets the focus where the row that had it was the last one. */
  heading: HTMLElement
  open(listing: TrajectoryListing): void
  accept(listing: TrajectoryListing): void
  next(cursor: string): void
  previous(): void
}

export interface RowsView {
  show(page: ListPage, at: { number: number; filtered: boolean }): void
}

/** Narrow windows show the `main` columns alone; a row's dialog has the rest. */
const HEADS = [
  { name: 'Goal', kind: 'main' },
  { name: 'Status', kind: 'main' },
  { name: 'Steps', kind: 'number' },
  { name: 'Retrieved', kind: 'number', title: 'Episodes that read it' },
  { name: 'Succeeded', kind: 'number', title: 'Episodes that read it and succeeded' },
  { name: 'Utility', kind: 'number', title: 'Share of successes, with feedback counted double' },
  { name: 'Stored', kind: '' },
] as const

export function createRows(host: HTMLElement, actions: RowActions): RowsView {
  const body = h('tbody')
  const heads = HEADS.map(({ name, kind, ...rest }) => h('th', { scope: 'col', class: kind, ...rest }, name))
  const empty = h('p', { class: 'empty' })
  let next: string | undefined
  const previousButton = h('button', { type: 'button', on: { click: () => !isOff(previousButton) && actions.previous() } }, 'Previous')
  const nextButton = h('button', { type: 'button', on: { click: () => next !== undefined && actions.next(next) } }, 'Next')
  const where = h('span')
  const caption = h('caption', { class: 'visually-hidden' }, 'Stored episodes')
  const table = h('table', {}, caption, h('thead', {}, h('tr', {}, ...heads)), body)
  fill(host, table, empty, h('div', { class: 'pager' }, where, previousButton, nextButton))
  return {
    show: (page, { number, filtered }) => {
      next = page.next
      syncRows(body, page.items, actions)
      empty.hidden = page.items.length > 0
      setText(
        empty,
        filtered
          ? 'Nothing stored is like that.'
          : 'Nothing is stored yet. Successful episodes appear here; exported files can be dropped here too.',
      )
      setText(where, `Page ${number}`)
      // Not disabled: the focus would be lost at the first and the last page.
      setAttribute(previousButton, 'aria-disabled', number === 1 && 'true')
      setAttribute(nextButton, 'aria-disabled', next === undefined && 'true')
    },
  }
}

function isOff(button: HTMLButtonElement): boolean {
  return button.getAttribute('aria-disabled') === 'true'
}

/** Rows whose content stays keep their elements, and with them the focus. */
function syncRows(body: HTMLElement, listings: readonly TrajectoryListing[], actions: RowActions): void {
  const known = new Map([...body.children].map((row) => [(row as HTMLElement).dataset['key'], row]))
  const rows = listings.map((listing) => known.get(keyOf(listing)) ?? rowOf(listing, actions))
  if (rows.length !== body.childElementCount || rows.some((row, index) => body.children[index] !== row))
    keepFocus(body, actions.heading, () => body.replaceChildren(...rows))
}

/** A row that goes while it has the focus gives it to its successor: itself built anew, else the next row, else the last. */
function keepFocus(body: HTMLElement, heading: HTMLElement, change: () => void): void {
  const button = document.activeElement
  const focused = button?.closest('tr')
  const index = focused ? [...body.children].indexOf(focused) : -1
  change()
  if (!focused || index < 0 || body.contains(document.activeElement)) return
  const again = [...body.children].find((row) => (row as HTMLElement).dataset['id'] === focused.dataset['id'])
  const row = again ?? body.children[index] ?? body.lastElementChild
  const same = button?.classList.contains('small') ? row?.querySelector<HTMLElement>('button.small') : null
  const target = same ?? row?.querySelector('button') ?? heading
  target.focus({ preventScroll: true })
}

function keyOf({ trajectory, status, retrievals, successes, utility }: TrajectoryListing): string {
  return [trajectory.id, status, retrievals, successes, utility].join(' ')
}

function rowOf(listing: TrajectoryListing, { open, accept }: RowActions): HTMLElement {
  const { trajectory, status, retrievals, successes, utility, feedback } = listing
  const label = `Accept: ${trajectory.goal}`
  const cells = [
    h('button', { type: 'button', class: 'link', on: { click: () => open(listing) } }, trajectory.goal),
    h(
      'span',
      { class: 'state' },
      statusChip(status),
      status === 'quarantined' &&
        h('button', { type: 'button', class: 'small', 'aria-label': label, on: { click: () => accept(listing) } }, 'Accept'),
    ),
    trajectory.steps.length,
    retrievals,
    successes,
    retrievals === 0 && feedback.length === 0 ? '–' : percent(utility),
    dateTime(trajectory.createdAt),
  ]
  const row = h('tr', {}, ...cells.map((cell, index) => h('td', { class: HEADS[index]?.kind }, cell)))
  row.dataset['key'] = keyOf(listing)
  row.dataset['id'] = trajectory.id
  return row
}
