/** The same goals with and without memory, side by side. */
import { fill, h, setAttribute, setText } from '../dom.ts'
import { shareText } from '../format.ts'
import { oncePerFrame } from '../frame.ts'
import { share, type Share } from '../stats.ts'
import type { Outcome, Pair } from '../state/run-log.ts'

export interface CompareView {
  show(pairs: readonly Pair[]): void
}

export function createCompare({ result, goals }: { result: HTMLElement; goals: HTMLElement }): CompareView {
  const sides = { with: createSide('With memory', 'with'), without: createSide('Without memory', 'without') }
  const verdict = h('p', { class: 'note' })
  fill(result, sides.with.element, sides.without.element, verdict)
  const body = h('tbody')
  const heads = ['Goal', 'With', 'Without'].map((text) => h('th', { scope: 'col' }, text))
  fill(goals, h('table', {}, h('thead', {}, h('tr', {}, ...heads)), body))

  let pairs: readonly Pair[] = []
  const draw = oncePerFrame(() => {
    const shares = { with: shareOf(pairs, 'with'), without: shareOf(pairs, 'without') }
    sides.with.show(shares.with)
    sides.without.show(shares.without)
    setText(verdict, verdictOf(shares))
    syncRows(body, pairs)
  })
  draw()
  return {
    show: (next) => {
      pairs = next
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
      setText(rate, shown.count === 0 ? '–' : `${shareText(shown)} of ${shown.count}`)
      band.hidden = mark.hidden = shown.count === 0
      band.style.left = `${shown.low * 100}%`
      band.style.width = `${(shown.high - shown.low) * 100}%`
      mark.style.left = `${shown.rate * 100}%`
    },
  }
}

function verdictOf({ with: memory, without }: { with: Share; without: Share }): string {
  if (memory.count === 0 || without.count === 0) return 'Press Compare once something was learned.'
  const difference = Math.round((memory.rate - without.rate) * 100)
  const apart = memory.low > without.high || without.low > memory.high
  const sign = difference < 0 ? '−' : '+'
  return `Difference with memory: ${sign}${Math.abs(difference)} percentage points. The intervals ${apart ? 'do not overlap' : 'overlap'}${apart ? '' : ': try more goals'}.`
}

function shareOf(pairs: readonly Pair[], side: 'with' | 'without'): Share {
  return share(pairs.flatMap((pair) => (pair[side] ? [pair[side].success] : [])))
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
