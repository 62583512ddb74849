/** What came of many rounds, for people. */
import { WAYS } from './browser.ts'
import { OPERATIONS } from './plan.ts'
import type { Outcome } from './round.ts'

/** `true` where nothing was lost, half there, not opened or wrong otherwise. */
export function isSound(outcomes: readonly Outcome[]): boolean {
  return outcomes.every(({ lost, half, wrong, opened }) => opened && lost.length + half.length + wrong.length === 0)
}

export function reportOf(outcomes: readonly Outcome[]): string {
  const rows = [
    ...WAYS.map((way) => [`killed: ${way}`, outcomes.filter((outcome) => outcome.way === way)] as const),
    ...OPERATIONS.map((operation) => [`during: ${operation}`, outcomes.filter((outcome) => outcome.operation === operation)] as const),
    ['all', outcomes] as const,
  ]
  const cells = rows.filter(([, some]) => some.length > 0).map(([name, some]) => [name, ...COLUMNS.map(([, of]) => of(some))])
  const lines = [['', ...COLUMNS.map(([title]) => title)], ...cells]
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => String(line[column]).length))) ?? []
  const text = lines.map((line) =>
    line.map((cell, i) => (i === 0 ? String(cell).padEnd(widths[i] ?? 0) : String(cell).padStart(widths[i] ?? 0))).join('  '),
  )
  return [...text, '', ...FOOT, ...problemsOf(outcomes)].join('\n')
}

const COLUMNS: [string, (some: readonly Outcome[]) => number][] = [
  ['rounds', (some) => some.length],
  ['acknowledged', (some) => sum(some, ({ acknowledged }) => acknowledged)],
  ['lost', (some) => sum(some, ({ lost }) => lost.length)],
  ['half', (some) => sum(some, ({ half }) => half.length)],
  ['wrong', (some) => sum(some, ({ wrong }) => wrong.length)],
  ['opened', (some) => sum(some, ({ opened }) => Number(opened))],
  ['killed amid', (some) => sum(some, ({ amid }) => Number(amid))],
  ['before first', (some) => sum(some, ({ amid, acknowledged }) => Number(!amid && acknowledged === 0))],
  ['stored unsaid', (some) => sum(some, ({ unknown }) => unknown.done)],
  ['not stored', (some) => sum(some, ({ unknown }) => unknown.undone)],
  ['gave up', (some) => sum(some, ({ gaveUp }) => gaveUp)],
  ['copies unnoted', (some) => sum(some, ({ snapshot }) => Number(snapshot === 'unnoted'))],
]

const FOOT = [
  'killed amid: something, but not all, had been acknowledged; before first: nothing had.',
  'stored unsaid, not stored: what was asked and not acknowledged, and was found carried out, or not.',
  'gave up: calls that ended in worker-lost (imports, forks and openings are not begun again by themselves).',
  'copies unnoted: the index was saved, and the store did not know of it yet.',
]

function sum(some: readonly Outcome[], of: (outcome: Outcome) => number): number {
  return some.reduce((total, outcome) => total + of(outcome), 0)
}

export function problemsOf(outcomes: readonly Outcome[]): string[] {
  return outcomes.flatMap(({ lost, half, wrong, operation, way }, i) =>
    Object.entries({ lost, half, wrong }).flatMap(([kind, all]) => all.map((one) => `round ${i} (${operation}, ${way}): ${kind}: ${one}`)),
  )
}
