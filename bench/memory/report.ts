/** From what the pages measured to the tables of `docs/measured.md`. Pure. */
import type { Phase } from '../../src/core/trajectory.ts'
import { percent, table } from '../learning/report-cells.ts'
import { quantile } from '../learning/statistics.ts'
import { aimsTable } from './aims.ts'
import { STEPS } from './corpus.ts'
import { shareOfEqual } from './oracle.ts'
import type { Call } from './parts.ts'
import { PHASES, type Opened, type Part, type Results } from './stages.ts'

/** What was measured at one size; `fresh` are openings in a browser that was just started. */
export type Measured = Omit<Results, 'open' | 'link'> & { size: number; fresh: Opened[] }

/** Everything that a run measured, smallest size first. */
export interface Run {
  sizes: readonly Measured[]
  link: Results['link']
}

/** Tables by name. */
export function tablesOf(run: Run): Record<string, string> {
  const { sizes, link } = run
  return {
    retrieval: retrievalTable(sizes),
    parts: partsTable(sizes, link),
    storing: storingTable(sizes),
    search: searchTable(sizes),
    precision: precisionTable(sizes),
    aims: aimsTable(sizes),
  }
}

const NAMES: Record<Phase, string> = { plan: 'plan (goal)', reason: 'reason (goal, plan, observation)', act: 'act (goal, plan, reasoning)' }

function retrievalTable(sizes: readonly Measured[]): string {
  const lines = sizes.flatMap(({ size, retrieve, peers }) => [
    ...PHASES.map((phase) => {
      const { cold, hot, answers } = retrieve.phases[phase]
      const equal = shareOfEqual(peers.answers.float32[phase], answers)
      return [whole(size), NAMES[phase], both(hot), both(cold), ratio(median(peers.scans), median(hot)), `${percent(equal)} %`]
    }),
    [whole(size), '*brute-force scan of all steps, no messages*', both(peers.scans), '', '1', ''],
  ])
  const heads = ['trajectories', 'decision', 'hot: ms p50 / p95', 'cold: ms p50 / p95', 'times faster than the scan', 'equal to float32']
  return table(heads, lines)
}

const PARTS: readonly [keyof Call | 'messages', string][] = [
  ['messages', 'messages between page and worker'],
  ['steps', 'step vectors read'],
  ['records', 'records read'],
  ['other', 'number of the last change, and other reads'],
  ['computing', 'computing (search, ranking, unpacking)'],
]

/** Medians; a retrieval that reads two tables at once counts both. */
function partsTable(sizes: readonly Measured[], link: Results['link']): string {
  const states = ['hot', 'cold'] as const
  const lines = sizes.flatMap(({ size, retrieve, peers }) => [
    ...PARTS.map(([part, label]) => [
      whole(size),
      label,
      ...PHASES.flatMap((phase) => states.map((state) => ms(median(retrieve.phases[phase].parts[state].map((one) => partOf(one, part)))))),
    ]),
    [
      whole(size),
      '*the index search in it, by itself*',
      ...PHASES.flatMap((phase) => [ms(median(ownSearch({ peers, retrieve, size }, phase))), '']),
    ],
    [
      whole(size),
      '*whole, while so watched*',
      ...PHASES.flatMap((phase) => states.map((state) => ms(median(retrieve.phases[phase].parts[state].map(({ page }) => page))))),
    ],
  ])
  const heads = ['trajectories', 'part, ms p50', ...PHASES.flatMap((phase) => states.map((state) => `${phase}, ${state}`))]
  const beyond = median(link.fresh) - median(link.known)
  return `${table(heads, lines)}\n\nNot in it: a new text's way to an embedder that lives in the page and into the cache, ${ms(beyond)} ms (whole call ${both(link.fresh)} against ${both(link.known)} for a known text).`
}

function partOf(part: Part, name: keyof Call | 'messages'): number {
  return name === 'messages' ? part.page - part.total : part[name]
}

/** Of the index that answers at this size, as the engine asks it. */
export function ownSearch(
  { peers, fill }: Pick<Measured, 'peers'> & Partial<Pick<Measured, 'fill' | 'retrieve' | 'size'>>,
  phase: Phase,
): number[] {
  const kind = fill?.index.startsWith('hnsw') ? 'hnsw' : 'exact'
  return peers.searches[`${kind} ${phase === 'plan' ? 'goal' : 'pair'}`] ?? []
}

function storingTable(sizes: readonly Measured[]): string {
  const steps = (size: number): number => size * STEPS
  const rows: [string, (one: Measured) => string][] = [
    ['add, ms p50 / p95', ({ fill }) => both(fill.adds)],
    ['fork, ms', ({ fill }) => ms(fill.fork)],
    ['import, ms a trajectory', ({ fill }) => ms(fill.imported.ms / fill.imported.count)],
    ['browser just started: open, ms', ({ fresh }) => spread(fresh.map(({ open }) => open))],
    ['… to first search, ms', ({ fresh }) => spread(fresh.map(({ search }) => search))],
    ['… to everything read, ms', ({ fresh }) => spread(fresh.map(({ loaded }) => loaded))],
    ['… to the index that stays, ms', ({ fresh }) => spread(fresh.map(({ ready }) => ready))],
    ['opened again in a running browser, ms', ({ retrieve }) => both(retrieve.reopened)],
    ['index', ({ fill }) => fill.index.split(':')[0] ?? ''],
    [
      'bytes a step by kind: records, vectors, index',
      ({ size, fill }) =>
        Object.values(fill.bytes)
          .map((bytes) => whole(bytes / steps(size)))
          .join(', '),
    ],
    ['bytes a step on disk, by the browser', ({ size, fill }) => whole(fill.usage / steps(size))],
    ['RAM, MB: page and workers + WASM', ({ ram }) => `${mega(ram.after - ram.before)} + ${mega(ram.wasm)}`],
    ['RAM, bytes a step', ({ size, ram }) => whole(ramOf(ram) / steps(size))],
    [
      'training: longest pause of the main thread, ms (of an idle page)',
      ({ training }) => `${ms(training.longestGap)} (${ms(training.idleGap)})`,
    ],
    ['training: tasks over 50 ms', ({ training }) => `${training.longTasks.length}`],
  ]
  return table(
    ['trajectories', ...sizes.map(({ size }) => whole(size))],
    rows.map(([label, cell]) => [label, ...sizes.map(cell)]),
  )
}

export function ramOf({ before, after, wasm }: Results['ram']): number {
  return after - before + wasm
}

const CONTENDERS: readonly [string, string, string?][] = [
  ['exact pair', 'this library, exact', 'exact'],
  ['hnsw pair', 'this library, hnsw', 'hnsw'],
  ['raw pair', 'hnswlib-wasm by itself', 'raw'],
  ['mememo pair', 'mememo, in memory', 'mememo'],
  ['exact goal', 'this library, exact, goal alone (384 numbers)'],
  ['hnsw goal', 'this library, hnsw, goal alone (384 numbers)'],
]

function searchTable(sizes: readonly Measured[]): string {
  const lines = sizes.flatMap(({ size, peers, fill }) =>
    CONTENDERS.map(([name, label, whose]) => {
      const times = peers.searches[name] ?? []
      const base = median(peers.searches[name.endsWith('goal') ? 'hnsw goal' : 'raw pair'] ?? [])
      const chosen = name.startsWith(fill.index.split(':')[0] ?? '') ? `**${label}**` : label
      const [build, recall] = whose ? [peers.builds[whose], whose === 'exact' ? 1 : peers.recalls[whose]] : []
      return [
        whole(size),
        chosen,
        both(times),
        ratio(median(times), base),
        recall === undefined ? '' : `${percent(recall)} %`,
        build === undefined ? '' : build.toFixed(2),
      ]
    }),
  )
  const heads = ['trajectories', 'index', 'search, ms p50 / p95', 'times hnswlib-wasm', 'of the true nearest', 'build, s']
  return table(heads, lines)
}

/** What would be lost by keeping vectors in fewer bytes, by the oracle alone: no index, no store. */
function precisionTable(sizes: readonly Measured[]): string {
  const kinds = ['int16', 'int8'] as const
  const lines = kinds.map((kind) => [
    `${kind}, one scale a vector`,
    ...sizes.flatMap(({ peers }) =>
      PHASES.map((phase) => {
        const given = peers.answers[kind][phase]
        return `${percent(shareOfEqual(peers.answers.float32[phase].slice(0, given.length), given))} %`
      }),
    ),
  ])
  return table(['vectors kept as', ...sizes.flatMap(({ size }) => PHASES.map((phase) => `${whole(size)}, ${phase}`))], lines)
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)
export const p95 = (values: readonly number[]): number => quantile(values, 0.95)

/** `1.20 / 3.40`: median and 95th percentile. */
export function both(values: readonly number[]): string {
  return `${ms(median(values))} / ${ms(p95(values))}`
}

/** `120 (110–140)`: median, and from the least to the most. */
function spread(values: readonly number[]): string {
  return `${whole(median(values))} (${whole(Math.min(...values))}–${whole(Math.max(...values))})`
}

export function ms(value: number): string {
  return value.toFixed(value < 10 ? 2 : 1)
}

export function mega(bytes: number): string {
  return (bytes / 1e6).toFixed(1)
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

function ratio(value: number, base: number): string {
  return (value / base).toFixed(2)
}
