/** How much the memory holds, how it is kept, and what it is busy with. */
import { fill, h, setText } from '../dom.ts'
import { busyText, factsOf, figuresOf } from '../state/memory-words.ts'
import type { Stats } from '../state/memory-types.ts'

export interface StatsElements {
  figures: HTMLElement
  facts: HTMLElement
  busy: HTMLElement
}

export interface StatsView {
  show(stats: Stats): void
  /** What an event tells, ahead of the next `show`. */
  busy(state: Pick<Stats, 'loading' | 'rebuilding'>): void
}

export function createStats({ figures, facts, busy }: StatsElements): StatsView {
  const showBusy: StatsView['busy'] = (state) => setText(busy, busyText(state))
  return {
    show: (stats) => {
      sync(figures, figuresOf(stats), (name) => h('div', {}, h('dt', {}, name), h('dd')))
      const known = factsOf(stats)
      fill(facts, ...known.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]))
      showBusy(stats)
    },
    busy: showBusy,
  }
}

/** Elements stay as long as their number does; only what differs is written. */
function sync(host: HTMLElement, entries: readonly [name: string, value: string][], make: (name: string) => HTMLElement): void {
  if (host.childElementCount !== entries.length) fill(host, ...entries.map(([name]) => make(name)))
  entries.forEach(([, value], index) => {
    const shown = host.children[index]?.lastElementChild
    if (shown) setText(shown, value)
  })
}
