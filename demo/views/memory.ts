/** The memory panel: what is stored, how often it was read and with what success; search, filter, order, pages, files in and out. */
import type { OpenMemory, TrajectoryListing } from 'reprise'
import { byId, h } from '../dom.ts'
import { noticeOf } from '../state/memory-words.ts'
import type { MemoryEvent, Stats, Status } from '../state/memory-types.ts'
import { exportBlob } from '../state/transfer.ts'
import { createImport } from './import.ts'
import { createDetail } from './memory-detail.ts'
import { createRows } from './memory-rows.ts'
import { createStats } from './memory-stats.ts'
import { createLedger } from './shown.ts'
import { createWaiting } from './waiting.ts'

export interface MemoryView {
  /** Shows another memory, from its first page, and follows what happens in it. */
  open(memory: OpenMemory): void
  /** Reads what is shown once more; while training at most twice a second. */
  refresh(): void
}

export interface MemoryHooks {
  onError(error: unknown): void
  onNotice(title: string, text: string): void
  /** The person changed what can be retrieved. */
  onChanged(): void
  /** Another tab changed the memory. */
  onElsewhere(): void
}

const PAGE = 10
const REFRESH_MS = 500

export function createMemoryView({ onError, onNotice, onChanged, onElsewhere }: MemoryHooks): MemoryView {
  let memory: OpenMemory | undefined
  let unsubscribe = (): void => {}
  /** Cursors of the pages before the one shown; the first page has none. */
  let before: (string | undefined)[] = []
  let cursor: string | undefined
  let asked = 0

  const filters = createFilters(() => firstPage())
  const exportButton = byId('memory-export', HTMLButtonElement)
  const importButton = byId('memory-import', HTMLButtonElement)
  const changed = (): void => {
    onChanged()
    void load()
  }
  const detail = createDetail(byId('detail', HTMLDialogElement), { onError, onChanged: changed })
  const stats = createStats({
    figures: byId('memory-figures', HTMLElement),
    facts: byId('memory-facts', HTMLElement).querySelector('dl') ?? h('dl'),
    busy: byId('memory-busy', HTMLElement),
  })
  const files = createImport(
    {
      button: importButton,
      input: byId('import-files', HTMLInputElement),
      box: byId('import', HTMLElement),
      target: byId('memory', HTMLElement),
    },
    { memory: () => memory, onStored: () => refresh() },
  )
  const waiting = createWaiting(byId('waiting', HTMLElement), {
    memory: () => memory,
    search: filters.search,
    filter: () => filters.set('quarantined'),
    onAccepted: (all) => {
      if (all) filters.set('')
      changed()
    },
    onError,
  })
  const ledger = createLedger(byId('ledger', HTMLDetailsElement), () => memory, onError)
  const rows = createRows(byId('memory-table', HTMLElement), {
    heading: byId('memory-title', HTMLElement),
    open: (listing: TrajectoryListing) => memory && detail.show(memory, listing),
    accept: ({ trajectory }) => void memory?.accept(trajectory.id).then(changed, onError),
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
      const page = await reading.list({ limit: PAGE, ...filters.read(), ...(cursor !== undefined && { cursor }) })
      const now = await reading.stats()
      const any = await anyWaiting(reading, now)
      // A later question was asked meanwhile: its answer counts.
      if (ask !== asked) return
      // The last entry of the last page is gone.
      if (page.items.length === 0 && before.length > 0) {
        cursor = before.pop()
        return void load()
      }
      rows.show(page, { number: before.length + 1, filtered: filters.search() !== '' || filters.status() !== undefined })
      stats.show(now)
      waiting.show({ any, filtered: filters.status() === 'quarantined' })
      exportButton.disabled = now.count === 0
      if (now.loading || now.rebuilding) refresh()
    } catch (error) {
      if (ask === asked && reading === memory) onError(error)
    }
  }
  const firstPage = (): void => {
    before = []
    cursor = undefined
    void load()
  }
  let due = false
  const refresh = (): void => {
    if (due) return
    due = true
    setTimeout(() => {
      due = false
      void load()
    }, REFRESH_MS)
  }
  const follow = (event: MemoryEvent): void => {
    const notice = noticeOf(event)
    if (notice) onNotice(notice.title, notice.text)
    if (event.type === 'rebuilding') stats.busy({ rebuilding: event })
    if (event.type === 'changed') onElsewhere()
    refresh()
  }
  exportButton.addEventListener('click', () => memory && void download(memory, exportButton).catch(onError))
  return {
    open: (opened) => {
      unsubscribe()
      memory = opened
      unsubscribe = opened.subscribe(follow)
      files.reset()
      ledger.reset()
      filters.clear()
      firstPage()
    },
    refresh,
  }
}

/** Nothing can wait where all that is stored is in use; elsewhere one that waits is looked for. */
async function anyWaiting(memory: OpenMemory, { count, retrievable, pruned }: Stats): Promise<boolean> {
  if (count <= retrievable + pruned) return false
  return (await memory.list({ status: 'quarantined', limit: 1 })).items.length > 0
}

type Filter = Pick<NonNullable<Parameters<OpenMemory['list']>[0]>, 'order' | 'status' | 'search'>

interface Filters {
  read(): Filter
  search(): string
  status(): Status | undefined
  /** Empty for all. The focus goes there too. */
  set(status: Status | ''): void
  /** Shows all again, without telling. */
  clear(): void
}

function createFilters(onChange: () => void): Filters {
  const search = byId('memory-search', HTMLInputElement)
  const status = byId('memory-status', HTMLSelectElement)
  const order = byId('memory-order', HTMLSelectElement)
  let typing: ReturnType<typeof setTimeout> | undefined
  search.addEventListener('input', () => {
    clearTimeout(typing)
    typing = setTimeout(onChange, 200)
  })
  status.addEventListener('change', onChange)
  order.addEventListener('change', onChange)
  const text = (): string => search.value.trim().replaceAll(/\s+/g, ' ')
  const chosen = (): Status | undefined => (status.value === '' ? undefined : (status.value as Status))
  return {
    read: () => {
      const [wanted, only] = [text(), chosen()]
      return { order: order.value as NonNullable<Filter['order']>, ...(only && { status: only }), ...(wanted && { search: wanted }) }
    },
    search: text,
    status: chosen,
    set: (wanted) => {
      status.value = wanted
      search.value = ''
      onChange()
      status.focus()
    },
    clear: () => {
      search.value = status.value = ''
      order.value = 'newest'
    },
  }
}

/** Hands the export to the person as a file. */
async function download(memory: OpenMemory, button: HTMLButtonElement): Promise<void> {
  if (button.getAttribute('aria-busy') === 'true') return
  button.setAttribute('aria-busy', 'true')
  button.textContent = 'Exporting …'
  try {
    const url = URL.createObjectURL(await exportBlob(memory))
    h('a', { href: url, download: `reprise-memory-${new Date().toISOString().slice(0, 10)}.jsonl` }).click()
    setTimeout(() => URL.revokeObjectURL(url), 60_000)
  } finally {
    button.removeAttribute('aria-busy')
    button.textContent = 'Export'
  }
}
