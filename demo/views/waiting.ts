/** Says that imported episodes wait, and lets all of them in that the table shows, on every page of it. */
import type { OpenMemory } from 'reprise'
import { fill, h, setText } from '../dom.ts'
import { plural } from '../format.ts'

export interface WaitingHooks {
  memory(): OpenMemory | undefined
  /** The text that the table is searched for; empty for none. */
  search(): string
  /** Makes the table show those that wait. */
  filter(): void
  /** `all`: the table has none of them left. */
  onAccepted(all: boolean): void
  onError(error: unknown): void
}

export interface WaitingView {
  /** Whether any wait, and whether the table shows those alone. */
  show(state: { any: boolean; filtered: boolean }): void
}

/** Accepted at a time: each is embedded first. */
const CHUNK = 50
/** More than a page of the table: asked before it is done. */
const ASK_FROM = 11

export function createWaiting(box: HTMLElement, hooks: WaitingHooks): WaitingView {
  const text = h('p')
  const showButton = h('button', { type: 'button', class: 'small', on: { click: () => hooks.filter() } }, 'Show them')
  const acceptButton = h('button', { type: 'button', id: 'accept-all', class: 'small' }, ALL)
  const said = h('p', { class: 'visually-hidden', role: 'status' })
  fill(box, h('div', { class: 'box-head' }, text, showButton, acceptButton), said)

  let asked: string[] | undefined
  let busy = false
  const unask = (): void => {
    asked = undefined
    if (!busy) setText(acceptButton, ALL)
  }
  const press = async (): Promise<void> => {
    const memory = hooks.memory()
    if (!memory || busy) return
    const ids = asked ?? (await waitingIds(memory, hooks.search()))
    if (!asked && ids.length >= ASK_FROM) {
      asked = ids
      return setText(acceptButton, `Accept all ${ids.length.toLocaleString()}?`)
    }
    busy = true
    let done = 0
    try {
      for (; done < ids.length; done += CHUNK) {
        await memory.accept(ids.slice(done, done + CHUNK))
        setText(acceptButton, `${Math.min(done + CHUNK, ids.length).toLocaleString()} of ${ids.length.toLocaleString()} …`)
      }
      setText(said, `${plural(ids.length, 'episode')} accepted.`)
    } finally {
      busy = false
      unask()
      hooks.onAccepted(done >= ids.length)
    }
  }
  acceptButton.addEventListener('click', () => void press().catch(hooks.onError))
  acceptButton.addEventListener('blur', unask)
  return {
    show: ({ any, filtered }) => {
      setText(
        text,
        filtered
          ? 'These wait: none of them is read before you accept it.'
          : 'Imported episodes wait: none of them is read before you accept it.',
      )
      box.hidden = !any
      showButton.hidden = filtered
      acceptButton.hidden = !filtered
    },
  }
}

const ALL = 'Accept all shown'

async function waitingIds(memory: OpenMemory, search: string): Promise<string[]> {
  const ids: string[] = []
  let cursor: string | undefined
  do {
    const page = await memory.list({
      status: 'quarantined',
      limit: 1000,
      ...(search && { search }),
      ...(cursor !== undefined && { cursor }),
    })
    ids.push(...page.items.map(({ trajectory }) => trajectory.id))
    cursor = page.next
  } while (cursor !== undefined)
  return ids
}
