/** From raw episodes to the tables of `docs/learning.md`. Pure. */
import type { EpisodeRow } from './episode-rows.ts'
import { byWorld, DASH, decisionCells, floorOf, percent, range, successOf, table } from './report-cells.ts'
import { ROWS, type Experiment, type Row } from './rows.ts'
import { blocks, bootstrap, mean, movingMean } from './statistics.ts'

/** Goals within which a moving rate is taken, and the points within which it counts as recovered. */
const RECOVERY_WINDOW = 20
const RECOVERY_POINTS = 0.03

/** Tables by the name of their place in the document; those without an episode are left out. */
export function tablesOf(episodes: readonly EpisodeRow[]): Record<string, string> {
  const of = (experiment: Experiment): Measured[] => {
    const rows = ROWS.filter((row) => row.experiment === experiment)
    return rows.map((row) => ({ row, episodes: episodes.filter(({ row: name }) => name === row.name) }))
  }
  const exemplars = of('exemplars')
  const made = {
    exemplars: shareTable(exemplars.filter(({ row }) => row.setup === 'standard')),
    setups: shareTable(exemplars.filter(({ row }) => row.setup !== 'standard')),
    curve: curveTable(of('curve')),
    change: changeTable(of('change')),
    poison: poisonTable(of('poison')),
    embedder: shareTable(of('embedder')),
  }
  return Object.fromEntries(Object.entries(made).filter(([, text]) => text !== ''))
}

/** One row of a table with its episodes; none where it was not run. */
interface Measured {
  row: Row
  episodes: readonly EpisodeRow[]
}

const DECISION_HEADS = ['steps', 'ms a decision, median / p95', 'tokens a decision, in + out', 'actions without sense %']

/** Success of every row, between floor and ceiling in the same worlds. */
function shareTable(rows: readonly Measured[]): string {
  const setups = [...new Set(rows.map(({ row }) => row.setup))]
  const lines = setups.flatMap((setup) => {
    const own = rows.filter(({ row, episodes }) => row.setup === setup && episodes.length > 0)
    const longest = own.toSorted((a, b) => b.episodes.length - a.episodes.length)[0]?.episodes
    if (!longest) return []
    const prefix = setup === 'standard' ? '' : `${(own[0]?.row.label ?? '').split(':')[0] ?? ''}: `
    return [
      [
        `*${prefix}uniform explorer (floor)*`,
        count(longest),
        range(floorOf(longest, 'floor')),
        steps(longest, 'floorSteps'),
        DASH,
        DASH,
        DASH,
      ],
      ...own.map(({ row, episodes }) => [labelOf(row, episodes), count(episodes), range(successOf(episodes)), ...decisionCells(episodes)]),
      [`*${prefix}full knowledge (ceiling)*`, count(longest), '100', steps(longest, 'optimal'), DASH, DASH, DASH],
    ]
  })
  return lines.length === 0 ? '' : table(['', 'n', 'success % [95 %]', ...DECISION_HEADS], lines)
}

/** With the embedder, where that is what is compared. The one that the benchmark makes itself has learnt nothing, and the table says so. */
function labelOf({ experiment, label }: Row, episodes: readonly EpisodeRow[]): string {
  if (experiment !== 'embedder') return label
  const ids = [...new Set(episodes.map(({ embedder }) => embedder))]
  return `${label}: ${ids.map((id) => (id.includes('bench/minilm') ? `${id}, RANDOM WEIGHTS` : id)).join('; ')}`
}

/** Early and late success from an empty memory, then both curves in blocks of ten. */
function curveTable(rows: readonly Measured[]): string {
  const run = rows.filter(({ episodes }) => episodes.length > 0)
  const first = run[0]
  if (!first) return ''
  const goals = goalsOf(first.episodes)
  const tail = Math.min(50, Math.floor(goals / 4))
  const early = (all: readonly EpisodeRow[]): EpisodeRow[] => all.filter(({ index }) => index < 10)
  const late = (all: readonly EpisodeRow[]): EpisodeRow[] => all.filter(({ index, goals: own }) => index >= own - tail)
  const lines = [
    [
      '*uniform explorer (floor)*',
      count(first.episodes),
      ...cellsOf(first.episodes, 'floor'),
      steps(late(first.episodes), 'floorSteps'),
      DASH,
      DASH,
      DASH,
    ],
    ...run.flatMap(({ row, episodes }) => [
      [row.label, count(episodes), range(successOf(early(episodes))), range(successOf(late(episodes))), ...decisionCells(late(episodes))],
      [
        `*${row.label}: ideal agent that knows every stored rule*`,
        count(episodes),
        ...cellsOf(episodes, 'ideal'),
        steps(late(episodes), 'idealSteps'),
        DASH,
        DASH,
        DASH,
      ],
      [`${row.label}: agent minus ideal, points`, '', DASH, range(differenceOf(late(episodes))), DASH, DASH, DASH, DASH],
    ]),
    ['*full knowledge (ceiling)*', count(first.episodes), '100', '100', steps(late(first.episodes), 'optimal'), DASH, DASH, DASH],
  ]
  const heads = ['', 'worlds × goals', 'first 10 goals, success % [95 %]', `last ${tail} goals, success % [95 %]`, ...DECISION_HEADS]
  return `${table(heads, lines)}\n\nSuccess in percent, and steps, per ten goals:\n\n${blockTable(run)}`

  function cellsOf(all: readonly EpisodeRow[], column: 'floor' | 'ideal'): string[] {
    return [range(floorOf(early(all), column)), range(floorOf(late(all), column))]
  }
}

function changeTable(rows: readonly Measured[]): string {
  const run = rows.filter(({ episodes }) => episodes.length > 0)
  const first = run[0]
  if (!first) return ''
  const half = goalsOf(first.episodes) / 2
  const between = (all: readonly EpisodeRow[], from: number, to: number): EpisodeRow[] =>
    all.filter(({ index }) => index >= from && index < to)
  const parts = [
    [half - 20, half],
    [half, half + 20],
    [2 * half - 20, 2 * half],
  ] as const
  const lines = [
    [
      '*uniform explorer (floor)*',
      count(first.episodes),
      ...parts.map((part) => range(floorOf(between(first.episodes, ...part), 'floor'))),
      DASH,
      DASH,
      DASH,
    ],
    ...rows.flatMap(({ row, episodes }) =>
      episodes.length === 0
        ? [[row.label, 'not run', DASH, DASH, DASH, DASH, DASH, DASH]]
        : [
            [
              row.label,
              count(episodes),
              ...parts.map((part) => range(successOf(between(episodes, ...part)))),
              recovery(episodes, half),
              ...decisionCells(episodes).slice(1, 3),
            ],
            [
              `*${row.label}: ideal agent that knows every stored rule*`,
              count(episodes),
              ...parts.map((part) => range(floorOf(between(episodes, ...part), 'ideal'))),
              DASH,
              DASH,
              DASH,
            ],
          ],
    ),
    ['*full knowledge (ceiling)*', count(first.episodes), '100', '100', '100', DASH, DASH, DASH],
  ]
  const heads = [
    '',
    'worlds × goals',
    'last 20 before, %',
    'first 20 after, %',
    'last 20, %',
    'goals until within 3 points of the ideal',
    ...DECISION_HEADS.slice(1, 3),
  ]
  return `${table(heads, lines)}\n\nSuccess in percent, and steps, per ten goals; the rules change after goal ${half}:\n\n${blockTable(run)}`
}

/** Goals since the change when a moving rate of 20 goals is first back at the ideal agent's, less 3 points. */
function recovery(episodes: readonly EpisodeRow[], changed: number): string {
  const worlds = byWorld(episodes).filter((world) => world.length === goalsOf(episodes))
  if (worlds.length === 0) return DASH
  const { value, low, high } = bootstrap(worlds, (drawn) => goalsUntilRecovered(drawn, changed))
  const shown = (goals: number): string => (goals === Infinity ? `over ${goalsOf(episodes) - changed}` : goals.toFixed(0))
  return `${shown(value)} [${shown(low)}–${shown(high)}]`
}

export function goalsUntilRecovered(worlds: readonly (readonly Pick<EpisodeRow, 'success' | 'ideal'>[])[], changed: number): number {
  const goals = worlds[0]?.length ?? 0
  const gaps = Array.from({ length: goals - changed }, (_, i) => mean(worlds.map((world) => gapOf(world[changed + i]))))
  const at = movingMean(gaps, RECOVERY_WINDOW).findIndex((gap) => gap >= -RECOVERY_POINTS - 1e-9)
  return at < 0 ? Infinity : at + RECOVERY_WINDOW
}

function gapOf(episode: Pick<EpisodeRow, 'success' | 'ideal'> | undefined): number {
  return episode ? Number(episode.success) - episode.ideal : NaN
}

function poisonTable(rows: readonly Measured[]): string {
  const run = rows.filter(({ episodes }) => episodes.length > 0)
  const first = run[0]
  if (!first) return ''
  const late = (all: readonly EpisodeRow[]): EpisodeRow[] => all.filter(({ index, goals }) => index >= goals - 20)
  const pruned = (all: readonly EpisodeRow[]): string =>
    mean(byWorld(all).map((world) => world.reduce((sum, row) => sum + row.pruned, 0))).toFixed(1)
  const lines = [
    [
      '*uniform explorer (floor)*',
      count(first.episodes),
      range(floorOf(first.episodes, 'floor')),
      range(floorOf(late(first.episodes), 'floor')),
      DASH,
      steps(first.episodes, 'floorSteps'),
      DASH,
      DASH,
      DASH,
    ],
    ...run.map(({ row, episodes }) => [
      row.label,
      count(episodes),
      range(successOf(episodes)),
      range(successOf(late(episodes))),
      pruned(episodes),
      ...decisionCells(episodes),
    ]),
    [
      '*knows every true rule that is stored (ceiling)*',
      count(first.episodes),
      range(floorOf(first.episodes, 'ideal')),
      range(floorOf(late(first.episodes), 'ideal')),
      DASH,
      steps(first.episodes, 'idealSteps'),
      DASH,
      DASH,
      DASH,
    ],
  ]
  return table(
    ['', 'worlds × goals', 'all goals, success % [95 %]', 'last 20, success % [95 %]', 'pruned a world', ...DECISION_HEADS],
    lines,
  )
}

function blockTable(rows: readonly Measured[]): string {
  const first = rows[0]
  if (!first) return ''
  const goals = goalsOf(first.episodes)
  const inBlock = (all: readonly EpisodeRow[], from: number): EpisodeRow[] => all.filter(({ index }) => index >= from && index < from + 10)
  const starts = blocks([...Array(goals).keys()], 10).map(([start = 0]) => start)
  const heads = ['goals', 'explorer', ...rows.flatMap(({ row }) => [row.label, 'its steps', 'its ideal'])]
  const lines = starts.map((start) => [
    `${start + 1}–${Math.min(goals, start + 10)}`,
    percent(mean(inBlock(first.episodes, start).map(({ floor }) => floor))),
    ...rows.flatMap(({ episodes }) => {
      const part = inBlock(episodes, start)
      const share = mean(part.map(({ success }) => Number(success)))
      return [percent(share), mean(part.map((row) => row.steps)).toFixed(2), percent(mean(part.map(({ ideal }) => ideal)))]
    }),
  ])
  return table(heads, lines)
}

function differenceOf(episodes: readonly EpisodeRow[]): ReturnType<typeof bootstrap> {
  return bootstrap(byWorld(episodes), (worlds) => mean(worlds.flat().map(gapOf)))
}

function steps(episodes: readonly EpisodeRow[], column: 'floorSteps' | 'idealSteps' | 'optimal'): string {
  return mean(episodes.map((row) => row[column])).toFixed(2)
}

function count(episodes: readonly EpisodeRow[]): string {
  const goals = goalsOf(episodes)
  return goals === 1 ? `${episodes.length}` : `${byWorld(episodes).length} × ${goals}`
}

function goalsOf(episodes: readonly EpisodeRow[]): number {
  return Math.max(...episodes.map(({ goals }) => goals))
}
