/** The episode under way, and those before it: closed, built when opened, the oldest dropped. */
import { fill, h } from '../dom.ts'
import { frameQueue } from '../frame.ts'
import { applyEvent, type EpisodeView } from '../state/episodes.ts'
import { episodeElement, verdictText, type EpisodeElement } from './episode.ts'
import type { AgentEvent } from 'reprise'

export interface Transcript {
  event(view: EpisodeView, event: AgentEvent): void
  end(view: EpisodeView): void
  clear(): void
}

const MOST_EPISODES = 60

export function createTranscript({ now, past }: { now: HTMLElement; past: HTMLElement }): Transcript {
  let live: { view: EpisodeView; shown: EpisodeElement } | undefined

  const show = (view: EpisodeView): void => {
    if (live?.view === view) return
    live = { view, shown: episodeElement(view, { heading: true }) }
    fill(now, live.shown.element)
  }
  const queue = frameQueue<() => void>(
    (work) => work(),
    () => live?.shown.sync(),
  )
  const empty = (): void => {
    live = undefined
    fill(now, h('p', { class: 'empty' }, 'Nothing is running. Press Train and the agent’s decisions appear here, one by one.'))
    fill(past, h('p', { class: 'empty' }, 'No episodes yet.'))
  }
  empty()
  return {
    event: (view, event) =>
      queue.push(() => {
        applyEvent(view, event)
        show(view)
      }),
    end: (view) =>
      queue.push(() => {
        show(view)
        live?.shown.sync()
        if (past.firstElementChild?.classList.contains('empty')) past.replaceChildren()
        past.prepend(pastEpisode(view))
        while (past.childElementCount > MOST_EPISODES) past.lastElementChild?.remove()
      }),
    clear: () => {
      queue.flush()
      empty()
    },
  }
}

function pastEpisode(view: EpisodeView): HTMLElement {
  const tag = view.side === 'training' ? '' : view.side
  const title = h('span', {}, view.goal, tag && ' ', tag && h('span', { class: 'tag' }, tag))
  const verdict = h('span', { class: `verdict ${view.state}` }, verdictText(view))
  const details = h('details', {}, h('summary', {}, h('span', { class: 'ordinal' }, view.number || '–'), title, verdict))
  details.addEventListener('toggle', () => details.append(episodeElement(view, { heading: false }).element), { once: true })
  return details
}
