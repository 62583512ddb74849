/** One goal of the person's choice, run once. */
import { byId, fill, h, setAttribute, setText } from '../dom.ts'

export interface TryView {
  /** Offers goals. */
  show(goals: readonly string[], refusal: Refusal): void
  enable(ready: boolean): void
}

/** Why the world has no such goal; `null` where it has. */
export type Refusal = (goal: string) => string | null

const NOTE = 'Runs once and stores nothing.'

export function createTry(onRun: (goal: string, side: 'with memory' | 'without memory') => void): TryView {
  const input = byId('try-goal', HTMLInputElement)
  const memory = byId('try-memory', HTMLInputElement)
  const button = byId('try-run', HTMLButtonElement)
  const note = byId('try-note', HTMLElement)
  let enabled = false
  // Not disabled while something runs: the focus would be lost.
  const enable = (ready: boolean): void => {
    enabled = ready
    setAttribute(button, 'aria-disabled', !ready && 'true')
  }
  let refusal: Refusal = () => null
  const refuse = (why: string | null): void => {
    setAttribute(input, 'aria-invalid', why !== null && 'true')
    setAttribute(note, 'class', why === null ? 'note' : 'note refusal')
    if (why === null) return
    setText(note, `${why} The field’s list has them all.`)
    input.focus()
    note.scrollIntoView({ block: 'nearest' })
  }

  input.addEventListener('input', () => {
    refuse(null)
    setText(note, NOTE)
  })
  byId('try', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault()
    const goal = input.value.trim()
    if (!goal || !enabled) return
    const why = refusal(goal)
    refuse(why)
    if (why !== null) return
    setText(note, NOTE)
    onRun(goal, memory.checked ? 'with memory' : 'without memory')
  })
  return {
    show: (goals, next) => {
      refusal = next
      refuse(null)
      setText(note, NOTE)
      const known = goals.toSorted()
      fill(byId('try-goals', HTMLElement), ...known.map((goal) => h('option', { value: goal })))
      input.value = known[0] ?? ''
      enable(true)
    },
    enable,
  }
}
