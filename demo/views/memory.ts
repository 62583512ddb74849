/** The memory table: what is stored, how often it helped; search, pages, export. */
import type { ListPage, OpenMemory, TrajectoryListing } from 'reprise'
import { fill, h, setAttribute, setText } from '../dom.ts'
import { bytes, dateTime, percent } from '../format.ts'
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
}

const PAGE = 10
const REFRESH_MS = 500
const HEADS = ['Goal', 'Steps', 'Retrieved', 'Helped', 'Utility', 'Status', 'Stored'] as const

export function createMemoryView(elements: MemoryElements, onError: (error: unknown) => void): MemoryView {
  const { table, figures, search, exportButton, dialog } = elements
  let memory: OpenMemory | undefined
  /** Cursors of the pages before the one shown; the first page has none. */
  let before: (number | undefined)[] = []
  let cursor: number | undefined
  let asked = 0

  const detail = createDetail(dialog, { onError, onDeleted: () => void load() })
  const rows = createRows(table, {
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
      const text = search.value.trim()
      const page = await reading.list({ limit: PAGE, ...(cursor !== undefined && { cursor }), ...(text && { search: text }) })
      const stats = await reading.stats()
      // A later question was asked meanwhile: its answer counts.
      if (ask !== asked) return
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
  open(listing: TrajectoryListing): void
  next(cursor: number): void
  previous(): void
}

function createRows(host: HTMLElement, actions: RowActions): { show(page: ListPage, at: { number: number; searched: boolean }): void } {
  const body = h('tbody')
  const heads = HEADS.map((text) => h('th', { scope: 'col', class: isNumber(text) ? 'number' : null }, text))
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
function syncRows(body: HTMLElement, listings: readonly TrajectoryListing[], { open }: RowActions): void {
  const known = new Map([...body.children].map((row) => [(row as HTMLElement).dataset['key'], row]))
  const rows = listings.map((listing) => known.get(keyOf(listing)) ?? rowOf(listing, open))
  if (rows.length !== body.childElementCount || rows.some((row, index) => body.children[index] !== row))
    keepFocus(body, () => body.replaceChildren(...rows))
}

/** A row that was rebuilt while it had the focus gives it to its successor. */
function keepFocus(body: HTMLElement, change: () => void): void {
  const focused = document.activeElement?.closest('tr')
  const id = focused && body.contains(focused) ? focused.dataset['id'] : undefined
  change()
  if (id === undefined || body.contains(document.activeElement)) return
  const row = [...body.children].find((candidate) => (candidate as HTMLElement).dataset['id'] === id)
  row?.querySelector('button')?.focus({ preventScroll: true })
}

function keyOf({ trajectory, status, retrievals, successes }: TrajectoryListing): string {
  return [trajectory.id, status, retrievals, successes].join(' ')
}

function rowOf(listing: TrajectoryListing, open: RowActions['open']): HTMLElement {
  const { trajectory, status, retrievals, successes, utility } = listing
  const number = (text: string | number): HTMLElement => h('td', { class: 'number' }, text)
  const row = h(
    'tr',
    {},
    h('td', {}, h('button', { type: 'button', class: 'link', on: { click: () => open(listing) } }, trajectory.goal)),
    number(trajectory.steps.length),
    number(retrievals),
    number(successes),
    number(retrievals === 0 ? '–' : percent(utility)),
    h('td', { class: `status-${status}` }, status === 'active' ? 'in use' : 'taken out'),
    h('td', {}, dateTime(trajectory.createdAt)),
  )
  row.dataset['key'] = keyOf(listing)
  row.dataset['id'] = trajectory.id
  return row
}

function isNumber(head: (typeof HEADS)[number]): boolean {
  return ['Steps', 'Retrieved', 'Helped', 'Utility'].includes(head)
}

function showFigures(host: HTMLElement, stats: Awaited<ReturnType<OpenMemory['stats']>>): void {
  const { storage, index, embedder } = stats
  const kept = storage.kind === 'memory' ? 'until reload' : storage.persisted ? 'yes, promised' : 'yes, while there is room'
  const facts: [string, string][] = [
    ['Stored', String(stats.count)],
    ['In use', String(stats.retrievable)],
    ['Taken out', String(stats.pruned)],
    ['Index', index.kind],
    ['Embedder', `${embedder.id}, ${embedder.dimensions} numbers`],
    ['Site’s storage', storage.usage === undefined ? 'not told' : bytes(storage.usage)],
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
