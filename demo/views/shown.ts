/** What episodes were shown, from the memory's ledger: by stored episode ("where was this shown?") and by episode ("what, and why?"). */
import type { OpenMemory } from 'reprise'
import { fill, h, setText } from '../dom.ts'
import { dateTime } from '../format.ts'
import { bestText, promptsText } from '../state/memory-words.ts'
import type { Episode, Summary } from '../state/memory-types.ts'
import { scoreList } from './chips.ts'

const PAGE = 10

/** A closed `<details>` that reads the ledger when it is first opened. */
export function shownWhere(memory: OpenMemory, trajectoryId: string, onError: (error: unknown) => void): HTMLElement {
  const host = h('div', { class: 'shown-list' })
  const details = h('details', {}, h('summary', {}, 'Where was this shown?'), host)
  const itemOf = (episode: Episode): HTMLElement => {
    const summary = episode.shown.find((one) => one.trajectoryId === trajectoryId)
    return h('li', {}, headOf(episode), ...(summary ? partsOf(summary) : []))
  }
  const pages = createPages(host, { memory, trajectoryId, itemOf, onError, none: 'No recorded episode was shown it.' })
  details.addEventListener('toggle', () => void pages.more(), { once: true })
  return details
}

/** The recorded episodes, each with all that it was shown. `memory` gives the one that is open. */
export function createLedger(
  details: HTMLDetailsElement,
  memory: () => OpenMemory | undefined,
  onError: (error: unknown) => void,
): { reset(): void } {
  const host = details.querySelector('div')
  const start = (): void => {
    const open = memory()
    if (!host || !open || !details.open) return
    const itemOf = (episode: Episode): HTMLElement => h('li', {}, headOf(episode), allShown(open, episode, onError))
    void createPages(host, { memory: open, itemOf, onError, none: 'Nothing was recorded yet: only training is.' }).more()
  }
  details.addEventListener('toggle', start)
  return { reset: start }
}

interface PageOptions {
  memory: OpenMemory
  trajectoryId?: string
  itemOf(episode: Episode): HTMLElement
  onError(error: unknown): void
  /** What is said where there are none. */
  none: string
}

function createPages(host: HTMLElement, { memory, trajectoryId, itemOf, onError, none }: PageOptions): { more(): Promise<void> } {
  const list = h('ol')
  const status = h('p', { class: 'note' }, 'Reading …')
  const button = h('button', { type: 'button', hidden: true, class: 'small', on: { click: () => void more() } }, 'More')
  fill(host, list, status, button)
  let cursor: number | undefined
  let reading = false
  const more = async (): Promise<void> => {
    if (reading) return
    reading = true
    try {
      const page = await memory.episodes({
        limit: PAGE,
        ...(trajectoryId !== undefined && { trajectoryId }),
        ...(cursor !== undefined && { cursor }),
      })
      list.append(...page.items.map(itemOf))
      cursor = page.next
      setText(status, list.childElementCount === 0 ? none : '')
      button.hidden = cursor === undefined
    } catch (error) {
      onError(error)
    } finally {
      reading = false
    }
  }
  return { more }
}

function headOf({ goal, success, at, stored }: Episode): HTMLElement {
  return h(
    'p',
    { class: 'goal' },
    h('span', {}, goal),
    h('span', { class: success ? 'yes' : 'no' }, success ? '✓ solved' : '✗ not solved'),
    h('span', { class: 'note' }, `${dateTime(at)}${stored ? '' : ', not kept'}`),
  )
}

function partsOf(summary: Summary): HTMLElement[] {
  const { best } = summary
  return [h('p', {}, promptsText(summary)), h('p', {}, `${bestText(best)}.`), ...(best.scores ? [scoreList(best.scores)] : [])]
}

/** What one episode was shown; the goals of the memories are read when it is opened. */
function allShown(memory: OpenMemory, { shown }: Episode, onError: (error: unknown) => void): HTMLElement {
  if (shown.length === 0) return h('p', { class: 'note' }, 'It was shown no memory.')
  const count = shown.length === 1 ? '1 memory' : `${shown.length} memories`
  const details = h('details', {}, h('summary', {}, `${count} shown`))
  const open = async (): Promise<void> => {
    try {
      const found = await Promise.all(shown.map(({ trajectoryId }) => memory.get(trajectoryId)))
      const items = shown.map((summary, index) => {
        const goal = found[index]?.trajectory.goal ?? 'deleted since'
        return h('li', {}, h('p', { class: 'goal' }, h('span', {}, goal)), ...partsOf(summary))
      })
      details.append(h('ol', { class: 'inner' }, ...items))
    } catch (error) {
      onError(error)
    }
  }
  details.addEventListener('toggle', () => void open(), { once: true })
  return details
}
