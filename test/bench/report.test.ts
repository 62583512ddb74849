import { expect, test } from 'vitest'
import { curveChart } from '../../bench/learning/chart.ts'
import { finishedUnits, HEADER, parseEpisodes, toLine, type EpisodeRow } from '../../bench/learning/episode-rows.ts'
import { goalsUntilRecovered, tablesOf } from '../../bench/learning/report.ts'

const EPISODE: EpisodeRow = {
  row: 'exemplars/standard/none',
  model: 'embedded/world-2',
  embedder: 'hash/1-384',
  family: 'store',
  world: 0,
  seed: -7,
  index: 0,
  goals: 1,
  goal: 'this mug is a kitchen thing , put it away',
  success: false,
  steps: 6,
  optimal: 3,
  budget: 6,
  malformed: 1,
  decisions: 13,
  milliseconds: [12.5, 40],
  inputTokens: 1300,
  outputTokens: 65,
  k: 0,
  shown: 0,
  memory: 0,
  pruned: 0,
  floor: 0.2,
  floorSteps: 5.8,
  ideal: 1,
  idealSteps: 3,
  error: '',
}

const episodes = (row: string, successes: readonly boolean[], more: Partial<EpisodeRow> = {}): EpisodeRow[] =>
  successes.map((success, world) => ({ ...EPISODE, row, world, success, ...more }))

/** One world of a loop whose `i`-th goal succeeds where `wins` says so. */
const loop = (row: string, world: number, wins: readonly boolean[]): EpisodeRow[] =>
  wins.map((success, index) => ({ ...EPISODE, row, world, index, goals: wins.length, success }))

/** Cells of the line that begins with `label`. */
function cells(table: string | undefined, label: string): string[] {
  const line = table?.split('\n').find((text) => text.startsWith(`| ${label} |`)) ?? ''
  return line
    .split('|')
    .map((cell) => cell.trim())
    .slice(1, -1)
}

test('episodes survive the file, commas, quotes and all; a line cut off by a crash does not', () => {
  const all = [EPISODE, { ...EPISODE, world: 1, goal: 'say "no" , please', error: 'model-failed', success: true, milliseconds: [] }]
  const text = `${[HEADER, ...all.map(toLine)].join('\n')}\n`
  expect(parseEpisodes(text)).toEqual(all)
  expect(parseEpisodes(text.slice(0, -5))).toEqual(all.slice(0, 1))
  expect(() => parseEpisodes(`a,b\n${text}`)).toThrow(/other columns/)
})

test('a unit is finished when all of its goals are there', () => {
  const whole = loop('curve/learning/curation', 0, [true, false, true])
  const broken = loop('curve/learning/curation', 1, [true, false, true]).slice(0, 2)
  expect([...finishedUnits([...whole, ...broken])]).toEqual(['curve/learning/curation#0'])
})

test('every row stands between floor and ceiling, with n, interval, time and tokens', () => {
  const wins = Array.from({ length: 20 }, (_, i) => i < 10)
  const { exemplars, ...others } = tablesOf(episodes('exemplars/standard/retrieved-3', wins))
  expect(others).toEqual({})
  const labels = exemplars
    ?.split('\n')
    .slice(2)
    .map((line) => line.split('|')[1]?.trim())
  expect(labels).toEqual(['*uniform explorer (floor)*', 'retrieved, k = 3', '*full knowledge (ceiling)*'])
  expect(cells(exemplars, 'retrieved, k = 3')).toEqual([
    'retrieved, k = 3',
    '20',
    '50.0 [29.9–70.1]',
    '6.00',
    '40 / 40',
    '100 + 5.0',
    '16.7',
  ])
  expect(cells(exemplars, '*uniform explorer (floor)*').slice(1, 4)).toEqual(['20', '20.0 [20.0–20.0]', '5.80'])
})

test('setups have floors and ceilings of their own, and episodes that broke off are said', () => {
  const { setups } = tablesOf([
    ...episodes('exemplars/store/none', [false, true], { error: 'model-failed' }),
    ...episodes('exemplars/unknown/none', [true], { floor: 0.3 }),
  ])
  expect(cells(setups, '*words of no vocabulary: uniform explorer (floor)*')[2]).toBe('30.0 [30.0–30.0]')
  expect(cells(setups, '*things put away: uniform explorer (floor)*')[2]).toBe('20.0 [20.0–20.0]')
  expect(cells(setups, 'things put away: no memory').at(-1)).toContain('2 episodes broke off')
})

test('where a world has several goals the interval comes from the worlds', () => {
  const alike = [0, 1, 2, 3].flatMap((world) =>
    loop(
      'embedder/standard/hash',
      world,
      Array.from({ length: 10 }, (_, i) => i % 2 === 0),
    ),
  )
  const apart = [0, 1, 2, 3].flatMap((world) => loop('embedder/standard/hash', world, Array<boolean>(10).fill(world % 2 === 0)))
  const interval = (rows: EpisodeRow[]) => cells(tablesOf(rows)['embedder'], 'hash embedder, retrieved, k = 3: hash/1-384')[2]
  expect(interval(alike)).toBe('50.0 [35.2–64.8]')
  expect(interval(apart)).toBe('50.0 [0.0–100.0]')
})

test('random weights are called by their name', () => {
  const { embedder } = tablesOf(episodes('embedder/standard/transformers', [true], { embedder: 'transformers/bench/minilm/q8' }))
  expect(embedder).toContain('| transformers embedder, retrieved, k = 3: transformers/bench/minilm/q8, RANDOM WEIGHTS |')
})

test('the recovery is the end of the first twenty goals after the change that are within three points of the ideal', () => {
  const worlds = (agent: (i: number) => boolean) =>
    [0, 1].map((world) =>
      loop(
        'change/half-way/recency',
        world,
        Array.from({ length: 100 }, (_, i) => agent(i)),
      ),
    )
  expect(
    goalsUntilRecovered(
      worlds(() => true),
      50,
    ),
  ).toBe(20)
  expect(
    goalsUntilRecovered(
      worlds((i) => i < 50 || i >= 65),
      50,
    ),
  ).toBe(35)
  expect(
    goalsUntilRecovered(
      worlds((i) => i < 50),
      50,
    ),
  ).toBe(Infinity)
})

test('a row of the change that was not run is listed, not left out', () => {
  const { change } = tablesOf([0, 1].flatMap((world) => loop('change/half-way/recency', world, Array<boolean>(80).fill(true))))
  expect(cells(change, 'curation, counts that decay')[1]).toBe('not run')
  expect(cells(change, 'recency alone').slice(1, 6)).toEqual(['2 × 80', ...Array<string>(3).fill('100.0 [91.2–100.0]'), '20 [20–20]'])
})

test('the chart is drawn from the learning curve alone, for light and dark', () => {
  expect(curveChart(episodes('exemplars/standard/none', [true]))).toBeUndefined()
  const rows = [0, 1].flatMap((world) =>
    loop(
      'curve/learning/curation',
      world,
      Array.from({ length: 40 }, (_, i) => i >= 20),
    ),
  )
  const chart = curveChart(rows) ?? ''
  expect(chart).toContain('prefers-color-scheme:dark')
  expect(chart).not.toContain('NaN')
  const agent = /<path class="agent" d="M([^"]*)L([^"]*)"\/>/.exec(chart)?.[0] ?? ''
  const heights = [...agent.matchAll(/[ML][\d.]+ ([\d.]+)/g)].map(([, y]) => Number(y))
  expect(heights).toEqual([354, 354, 44, 44])
})
