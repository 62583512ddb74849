/** The learning curve with its figures in words, so that nobody needs to see it to know it. */
import { createChart, WINDOW } from '../chart.ts'
import { fill, h, setAttribute, setText } from '../dom.ts'
import { percent, plural, shareText } from '../format.ts'
import { oncePerFrame } from '../frame.ts'
import { movingShare, share } from '../stats.ts'
import type { Outcome } from '../state/run-log.ts'
import type { Reference } from '../state/reference.ts'

export interface CurveView {
  show(state: { outcomes?: readonly Outcome[]; reference?: Reference | null; room?: number }): void
  recolour(): void
}

export interface CurveElements {
  chart: HTMLElement
  readout: HTMLElement
  figures: HTMLElement
  table: HTMLDetailsElement
}

export function createCurve({ chart: host, readout, figures, table }: CurveElements): CurveView {
  const state = { outcomes: [] as readonly Outcome[], reference: null as Reference | null, room: 60 }
  const shown = [figure(figures), figure(figures), figure(figures)]
  let pointed: number | null = null

  const describe = (): void => setText(readout, readoutText(state.outcomes, pointed))
  const chart = createChart(host, (index) => {
    pointed = index
    describe()
  })
  const draw = oncePerFrame(() => {
    const outcomes = state.outcomes.map(({ success }) => success)
    chart.draw({ outcomes, reference: state.reference, room: state.room })
    figuresOf(outcomes).forEach(([name, value], index) => shown[index]?.(name, value))
    setAttribute(host, 'aria-label', labelOf(outcomes, state.reference))
    describe()
    if (table.open) fillTable(table, state.outcomes)
  })
  table.addEventListener('toggle', () => table.open && fillTable(table, state.outcomes))
  draw()
  return {
    show: (next) => {
      Object.assign(state, next)
      draw()
    },
    recolour: chart.recolour,
  }
}

function figure(host: HTMLElement): (name: string, value: string) => void {
  const [term, value] = [h('dt'), h('dd')]
  host.append(h('div', {}, term, value))
  return (newName, newValue) => {
    setText(term, newName)
    setText(value, newValue)
  }
}

/** Where fewer goals were tried than the name promises, the name says how many. */
function figuresOf(outcomes: readonly boolean[]): [string, string][] {
  const [first, last] = [outcomes.slice(0, 10), outcomes.slice(-20)]
  return [
    ['Goals tried', String(outcomes.length)],
    [`Solved of the first ${first.length || 10}`, shareText(share(first))],
    [`Solved of the last ${last.length || 20}`, shareText(share(last))],
  ]
}

function readoutText(outcomes: readonly Outcome[], index: number | null): string {
  if (outcomes.length === 0) return 'Nothing tried yet. The curve rises as successes are remembered.'
  const at = index === null || index >= outcomes.length ? outcomes.length - 1 : index
  const outcome = outcomes[at]
  const average = movingShare(
    outcomes.slice(0, at + 1).map(({ success }) => success),
    WINDOW,
  )[at]
  if (!outcome || !average) return ''
  return `Goal ${at + 1}: ${outcome.success ? 'solved' : 'not solved'} in ${plural(outcome.steps, 'step')} · last ${average.count}: ${shareText(average)} · ${outcome.goal}`
}

function labelOf(outcomes: readonly boolean[], reference: Reference | null): string {
  if (outcomes.length === 0) return 'Learning curve: nothing tried yet'
  const floor = reference ? ` An explorer without memory solves ${percent(reference.floor)}.` : ''
  return `Learning curve over ${plural(outcomes.length, 'goal')}: ${shareText(share(outcomes.slice(0, 10)))} of the first ten solved, ${shareText(share(outcomes.slice(-10)))} of the last ten.${floor}`
}

function fillTable(table: HTMLDetailsElement, outcomes: readonly Outcome[]): void {
  const host = table.querySelector('.scroll')
  if (!host) return
  const averages = movingShare(
    outcomes.map(({ success }) => success),
    WINDOW,
  )
  const rows = outcomes.slice(-300).map((outcome, index) => {
    const at = Math.max(0, outcomes.length - 300) + index
    const average = averages[at]
    return h(
      'tr',
      {},
      h('td', {}, at + 1),
      h('td', {}, outcome.goal),
      h('td', { class: outcome.success ? 'yes' : 'no' }, outcome.success ? '✓ solved' : '✗ not solved'),
      h('td', { class: 'number' }, average ? shareText(average) : ''),
    )
  })
  const heads = ['#', 'Goal', 'Outcome'].map((text) => h('th', { scope: 'col' }, text))
  const last = h('th', { scope: 'col', class: 'number' }, `Last ${WINDOW}`)
  fill(host, h('table', {}, h('thead', {}, h('tr', {}, ...heads, last)), h('tbody', {}, ...rows)))
}
