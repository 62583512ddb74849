/** What people and reviews said of a stored episode later, and the way to say more. */
import type { OpenMemory, TrajectoryListing } from 'reprise'
import { fill, h, setText } from '../dom.ts'
import { dateTime } from '../format.ts'
import { STATUS, verdictOf } from '../state/memory-words.ts'

export interface FeedbackHooks {
  give(signal: Parameters<OpenMemory['feedback']>[1]): Promise<TrajectoryListing | null>
  /** `null`: it was deleted meanwhile. */
  onGiven(listing: TrajectoryListing | null): void
  onError(error: unknown): void
}

const ABOUT = 'Counts as two episodes. “It did harm” takes it out of use; “It helped” brings it back if pruning or feedback took it out.'

export function createFeedback(listing: TrajectoryListing, { give, onGiven, onError }: FeedbackHooks): HTMLElement {
  const list = h('ul', { class: 'feedback' })
  const render = ({ feedback }: TrajectoryListing): void => fill(list, ...feedback.toReversed().map(entryOf))
  const note = h('input', { id: 'feedback-note', maxlength: 500, autocomplete: 'off', placeholder: 'Why? (optional)' })
  const said = h('p', { class: 'note', role: 'status' }, ABOUT)
  let busy = false
  const press = async (value: 1 | -1): Promise<void> => {
    if (busy) return
    busy = true
    const text = note.value.trim()
    try {
      const now = await give({ value, source: 'user', ...(text && { note: text }) })
      if (now) render(now)
      note.value = ''
      setText(said, now ? `Noted. It is ${STATUS[now.status].word} now.` : '')
      onGiven(now)
    } catch (error) {
      onError(error)
    } finally {
      busy = false
    }
  }
  const button = (text: string, value: 1 | -1): HTMLElement => h('button', { type: 'button', on: { click: () => void press(value) } }, text)
  render(listing)
  return h(
    'section',
    { class: 'feedback-box', 'aria-labelledby': 'feedback-title' },
    h('h3', { id: 'feedback-title' }, 'Was it of use?'),
    h('label', { for: 'feedback-note', class: 'visually-hidden' }, 'Note to your verdict'),
    h('div', { class: 'give' }, note, button('It helped', 1), button('It did harm', -1)),
    said,
    list,
  )
}

function entryOf(entry: TrajectoryListing['feedback'][number]): HTMLElement {
  const who = entry.source === 'user' ? 'you' : entry.source
  const tone = entry.value > 0 ? 'yes' : entry.value < 0 ? 'harm' : 'no'
  const sign = entry.value > 0 ? '✓' : entry.value < 0 ? '✗' : '·'
  return h(
    'li',
    {},
    h('span', { class: tone }, `${sign} ${verdictOf(entry)}`),
    h('span', { class: 'note' }, ` ${who}, ${dateTime(entry.at)}`),
  )
}
