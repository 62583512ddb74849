/** One goal of the person's choice, run once. */
import { byId, fill, h, setAttribute, setText } from '../dom.ts'

export interface TryView {
  /** Offers goals; `unknown` names the words that the model cannot read. */
  show(goals: readonly string[], unknown: (text: string) => string[]): void
  enable(ready: boolean): void
}

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
  let unknownIn: (text: string) => string[] = () => []

  input.addEventListener('input', () => {
    const words = unknownIn(input.value)
    setText(note, words.length === 0 ? NOTE : `The embedded model does not know ${words.map((word) => `“${word}”`).join(', ')}. ${NOTE}`)
  })
  byId('try', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault()
    const goal = input.value.trim()
    if (goal && enabled) onRun(goal, memory.checked ? 'with memory' : 'without memory')
  })
  return {
    show: (goals, unknown) => {
      unknownIn = unknown
      const known = [...new Set(goals)].toSorted()
      fill(byId('try-goals', HTMLElement), ...known.map((goal) => h('option', { value: goal })))
      input.value = known[0] ?? ''
      enable(true)
    },
    enable,
  }
}
