/** The same goals with and without memory, side by side, and what the pairs say. */
import type { FamilyName } from 'reprise/embedded'
import { fill, h, setAttribute, setText } from '../dom.ts'
import { shareText } from '../format.ts'
import { oncePerFrame } from '../frame.ts'
import { pairedVerdict } from '../state/verdict.ts'
import { share, type Share } from '../stats.ts'
import type { Outcome, Pair } from '../state/run-log.ts'

export interface CompareView {
  show(state: Partial<CompareState>): void
}

export interface CompareState {
  pairs: readonly Pair[]
  /** The memory has changed since. */
  closed: boolean
  /** Whether another round has goals to try. */
  more: boolean
  leftOut: readonly FamilyName[]
}

export interface CompareElements {
  about: HTMLElement
  result: HTMLElement
  goals: HTMLElement
}

const ABOUT = 'Goals that training has not tried, each run with and without memory. Nothing is stored while comparing.'
const FAMILY: Record<FamilyName, string> = { store: 'putting things away', desk: 'routing requests', meal: 'serving lunch' }

export function createCompare({ about, result, goals }: CompareElements): CompareView {
  const sides = { with: createSide('With memory', 'with'), without: createSide('Without memory', 'without') }
  const verdict = h('p', { class: 'note' })
  fill(result, sides.with.element, sides.without.element, verdict)
  const body = h('tbody')
  const heads = ['Goal', 'With', 'Without'].map((text) => h('th', { scope: 'col' }, text))
  fill(goals, h('table', {}, h('thead', {}, h('tr', {}, ...heads)), body))

  const state: CompareState = { pairs: [], closed: false, more: true, leftOut: [] }
  const draw = oncePerFrame(() => {
    sides.with.show(shareOf(state.pairs, 'with'))
    sides.without.show(shareOf(state.pairs, 'without'))
    setText(about, aboutText(state.leftOut))
    setText(verdict, pairedVerdict(state))
    syncRows(body, state.pairs)
  })
  draw()
  return {
    show: (next) => {
      Object.assign(state, next)
      draw()
    },
  }
}

function createSide(name: string, kind: 'with' | 'without'): { element: HTMLElement; show(share: Share): void } {
  const rate = h('span', { class: 'rate' }, '–')
  const band = h('i', { hidden: true })
  const mark = h('b', { hidden: true })
  const element = h(
    'div',
    { class: `side ${kind}` },
    h('span', {}, name),
    rate,
    h('div', { class: 'interval', 'aria-hidden': 'true' }, band, mark),
  )
  return {
    element,
    show: (shown) => {
      setText(rate, shown.count === 0 ? '–' : `${shown.successes} of ${shown.count}: ${shareText(shown)}`)
      band.hidden = mark.hidden = shown.count === 0
      band.style.left = `${shown.low * 100}%`
      band.style.width = `${(shown.high - shown.low) * 100}%`
      mark.style.left = `${shown.rate * 100}%`
    },
  }
}

function aboutText(leftOut: readonly FamilyName[]): string {
  if (leftOut.length === 0) return ABOUT
  return `${ABOUT} Left out: ${leftOut.map((family) => FAMILY[family]).join(', ')}, since training has tried all goals of that kind.`
}

/** Both sides of the same goals: a pair of which one side is missing counts for neither. */
function shareOf(pairs: readonly Pair[], side: 'with' | 'without'): Share {
  return share(pairs.flatMap((pair) => (pair.with && pair.without ? [pair[side]?.success ?? false] : [])))
}

/** Rows stand from the start, so that nothing moves while they fill. */
function syncRows(body: HTMLElement, pairs: readonly Pair[]): void {
  while (body.childElementCount > pairs.length) body.lastElementChild?.remove()
  pairs.forEach((pair, index) => {
    const row = body.children[index] ?? body.appendChild(h('tr', {}, h('td'), h('td'), h('td')))
    const [goal, memory, without] = row.children
    if (goal) setText(goal, pair.goal)
    if (memory) showOutcome(memory, pair.with)
    if (without) showOutcome(without, pair.without)
  })
}

function showOutcome(cell: Element, outcome: Outcome | null): void {
  setText(cell, outcome ? `${outcome.success ? '✓' : '✗'} ${outcome.steps}` : '·')
  setAttribute(cell, 'class', outcome?.success ? 'yes' : 'no')
  setAttribute(cell, 'aria-label', outcome ? `${outcome.success ? 'solved' : 'not solved'} in ${outcome.steps} steps` : 'not tried yet')
}
