/** The memory table: what is stored, how often it was read and with what success; search, pages, export. */
import type { ListPage, OpenMemory, TrajectoryListing } from 'reprise'
import { fill, h, setAttribute, setText } from '../dom.ts'
import { dateTime, percent } from '../format.ts'
import { createDetail } from './memory-detail.ts'

export interface MemoryView {
  /** Shows another memory, from its first page. */
  open(memory: OpenMemory): void
  /** Reads what is shown once more; while training at most twice a second. */
  refresh(): void
}

export interface MemoryElements {
  table: HTMLElement
  figures: HTMLElement
  search: HTMLInputElement
  exportButton: HTMLButtonElement
  dialog: HTMLDialogElement
  /** Gets the focus where the row that had it was the last one. */
  heading: HTMLElement
}

export interface MemoryHooks {
  onError(error: unknown): void
  onDeleted(): void
}

const PAGE = 10
const REFRESH_MS = 500
/** Narrow windows show the `main` columns alone; a row's dialog has the rest. */
const HEADS = [
  { name: 'Goal', kind: 'main' },
  { name: 'Steps', kind: 'number' },
  { name: 'Retrieved', kind: 'main number', title: 'Episodes that read it' },
  { name: 'Succeeded', kind: 'main number', title: 'Episodes that read it and succeeded' },
  { name: 'Utility', kind: 'number', title: 'Share of the episodes that read it which succeeded' },
  { name: 'Status', kind: '' },
  { name: 'Stored', kind: '' },
] as const

export function createMemoryView(elements: MemoryElements, { onError, onDeleted }: MemoryHooks): MemoryView {
  const { table, figures, search, exportButton, dialog, heading } = elements
  let memory: OpenMemory | undefined
  /** Cursors of the pages before the one shown; the first page has none. */
  let before: (number | undefined)[] = []
  let cursor: number | undefined
  let asked = 0

  const detail = createDetail(dialog, {
    onError,
    onDeleted: () => {
      onDeleted()
      void load()
    },
  })
  const rows = createRows(table, {
    heading,
    open: (listing) => memory && detail.show(memory, listing),
    next: (next) => {
      before.push(cursor)
      cursor = next
      void load()
    },
    previous: () => {
      cursor = before.pop()
      void load()
    },
  })

  const load = async (): Promise<void> => {
    const reading = memory
    if (!reading) return
    const ask = ++asked
    try {
      const text = search.value.trim().replaceAll(/\s+/g, ' ')
      const page = await reading.list({ limit: PAGE, ...(cursor !== undefined && { cursor }), ...(text && { search: text }) })
      const stats = await reading.stats()
      // A later question was asked meanwhile: its answer counts.
      if (ask !== asked) return
      // The last entry of the last page is gone.
      if (page.items.length === 0 && before.length > 0) {
        cursor = before.pop()
        return void load()
      }
      rows.show(page, { number: before.length + 1, searched: text !== '' })
      showFigures(figures, stats)
      exportButton.disabled = stats.count === 0
    } catch (error) {
      if (ask === asked && reading === memory) onError(error)
    }
  }
  const firstPage = (): void => {
    before = []
    cursor = undefined
    void load()
  }
  let typing: ReturnType<typeof setTimeout> | undefined
  search.addEventListener('input', () => {
    clearTimeout(typing)
    typing = setTimeout(firstPage, 200)
  })
  exportButton.addEventListener('click', () => memory && void exportFile(memory).catch(onError))

  let waiting = false
  return {
    open: (opened) => {
      memory = opened
      search.value = ''
      firstPage()
    },
    refresh: () => {
      if (waiting) return
      waiting = true
      setTimeout(() => {
        waiting = false
        void load()
      }, REFRESH_MS)
    },
  }
}

interface RowActions {
  heading: HTMLElement
  open(listing: TrajectoryListing): void
  next(cursor: number): void
  previous(): void
}

function createRows(host: HTMLElement, actions: RowActions): { show(page: ListPage, at: { number: number; searched: boolean }): void } {
  const body = h('tbody')
  const heads = HEADS.map(({ name, kind, ...rest }) => h('th', { scope: 'col', class: kind, ...rest }, name))
  const empty = h('p', { class: 'empty' })
  let next: number | undefined
  const previousButton = h('button', { type: 'button', on: { click: () => !isOff(previousButton) && actions.previous() } }, 'Previous')
  const nextButton = h('button', { type: 'button', on: { click: () => next !== undefined && actions.next(next) } }, 'Next')
  const where = h('span')
  const caption = h('caption', { class: 'visually-hidden' }, 'Stored trajectories, the newest first')
  const table = h('table', {}, caption, h('thead', {}, h('tr', {}, ...heads)), body)
  fill(host, table, empty, h('div', { class: 'pager' }, where, previousButton, nextButton))
  return {
    show: (page, { number, searched }) => {
      next = page.next
      syncRows(body, page.items, actions)
      empty.hidden = page.items.length > 0
      setText(empty, searched ? 'Nothing stored has this text.' : 'Nothing is stored yet. Successful episodes appear here.')
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
function syncRows(body: HTMLElement, listings: readonly TrajectoryListing[], { open, heading }: RowActions): void {
  const known = new Map([...body.children].map((row) => [(row as HTMLElement).dataset['key'], row]))
  const rows = listings.map((listing) => known.get(keyOf(listing)) ?? rowOf(listing, open))
  if (rows.length !== body.childElementCount || rows.some((row, index) => body.children[index] !== row))
    keepFocus(body, heading, () => body.replaceChildren(...rows))
}

/** A row that goes while it has the focus gives it to its successor: itself built anew, else the next row, else the last. */
function keepFocus(body: HTMLElement, heading: HTMLElement, change: () => void): void {
  const focused = document.activeElement?.closest('tr')
  const index = focused ? [...body.children].indexOf(focused) : -1
  change()
  if (!focused || index < 0 || body.contains(document.activeElement)) return
  const again = [...body.children].find((row) => (row as HTMLElement).dataset['id'] === focused.dataset['id'])
  const row = again ?? body.children[index] ?? body.lastElementChild
  const target = row?.querySelector('button') ?? heading
  target.focus({ preventScroll: true })
}

function keyOf({ trajectory, status, retrievals, successes }: TrajectoryListing): string {
  return [trajectory.id, status, retrievals, successes].join(' ')
}

function rowOf(listing: TrajectoryListing, open: RowActions['open']): HTMLElement {
  const { trajectory, status, retrievals, successes, utility } = listing
  const cells = [
    h('button', { type: 'button', class: 'link', on: { click: () => open(listing) } }, trajectory.goal),
    trajectory.steps.length,
    retrievals,
    successes,
    retrievals === 0 ? '–' : percent(utility),
    h('span', { class: `status-${status}` }, status === 'active' ? 'in use' : 'taken out'),
    dateTime(trajectory.createdAt),
  ]
  const row = h('tr', {}, ...cells.map((cell, index) => h('td', { class: HEADS[index]?.kind }, cell)))
  row.dataset['key'] = keyOf(listing)
  row.dataset['id'] = trajectory.id
  return row
}

function showFigures(host: HTMLElement, stats: Awaited<ReturnType<OpenMemory['stats']>>): void {
  const { storage, index, embedder } = stats
  const kept = storage.kind === 'memory' ? 'until reload' : storage.persisted ? 'persisted' : 'as long as the browser has room'
  const facts: [string, string][] = [
    ['Stored', String(stats.count)],
    ['In use', String(stats.retrievable)],
    ['Taken out', String(stats.pruned)],
    ['Index', index.kind],
    ['Embedder', `${embedder.id}, ${embedder.dimensions} numbers`],
    ['Kept', kept],
  ]
  if (stats.corrupt.length > 0) facts.push(['Damaged', String(stats.corrupt.length)])
  if (host.childElementCount !== facts.length) fill(host, ...facts.map(([name]) => h('div', {}, h('dt', {}, name), h('dd'))))
  facts.forEach(([, value], position) => {
    const shown = host.children[position]?.lastElementChild
    if (shown) setText(shown, value)
  })
}

/** Writes the lines into a file as they come. */
async function exportFile(memory: OpenMemory): Promise<void> {
  const lines = memory.export()
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const { value, done } = await lines.next()
      if (done) controller.close()
      else controller.enqueue(new TextEncoder().encode(value))
    },
    cancel: async () => void (await lines.return()),
  })
  const url = URL.createObjectURL(await new Response(stream, { headers: { 'content-type': 'application/jsonl' } }).blob())
  h('a', { href: url, download: `reprise-memory-${new Date().toISOString().slice(0, 10)}.jsonl` }).click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
