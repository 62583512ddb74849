/** The learning curve as an SVG that can be read on light and on dark ground. Pure. */
import type { EpisodeRow } from './episode-rows.ts'
import { byWorld } from './report-cells.ts'
import { bootstrap, mean, type Estimate } from './statistics.ts'

const WIDTH = 760
const HEIGHT = 400
const LEFT = 52
const TOP = 44
const RIGHT = 20
const BOTTOM = 46
const BLOCK = 10

interface Curve {
  name: string
  /** Class of its line, band and legend. */
  style: string
  points: readonly Estimate[]
}

/** Of the rows `curve/learning/…`; `undefined` where there is none. */
export function curveChart(episodes: readonly EpisodeRow[]): string | undefined {
  const kept = episodes.filter(({ row }) => row === 'curve/learning/curation')
  const all = episodes.filter(({ row }) => row === 'curve/learning/keep-all')
  const main = kept.length > 0 ? kept : all
  if (main.length === 0) return undefined
  const goals = Math.max(...main.map((row) => row.goals))
  const curves: Curve[] = [
    { name: 'explorer (floor)', style: 'floor', points: curveOf(main, ({ floor }) => floor) },
    { name: 'knows every stored rule (ceiling)', style: 'ideal', points: curveOf(main, ({ ideal }) => ideal) },
    { name: 'agent, no curation', style: 'plain', points: curveOf(all, ({ success }) => Number(success)) },
    { name: 'agent, curation', style: 'agent', points: curveOf(kept, ({ success }) => Number(success)) },
  ].filter(({ points }) => points.length > 0)
  const worlds = byWorld(main).length
  const title = `Success per ten goals from an empty memory, ${worlds} worlds never seen; bands: 95 % over worlds`
  return svg([
    text(LEFT, 18, title, 'start'),
    ...legend(curves),
    ...axes(goals),
    // A fourth band would hide the others.
    ...curves.filter(({ style }) => style !== 'plain').map(({ points, style }) => band(points, { style, goals })),
    ...curves.map(({ points, style }) => line(points, { style, goals })),
  ])
}

function curveOf(episodes: readonly EpisodeRow[], value: (row: EpisodeRow) => number): Estimate[] {
  const goals = Math.max(0, ...episodes.map((row) => row.goals))
  return Array.from({ length: Math.ceil(goals / BLOCK) }, (_, i) => {
    const worlds = byWorld(episodes.filter(({ index }) => Math.floor(index / BLOCK) === i))
    return bootstrap(worlds, (drawn) => mean(drawn.flat().map(value)), { draws: 400 })
  }).filter((point) => !Number.isNaN(point.value))
}

function svg(parts: readonly string[]): string {
  const style = [
    '.ground{fill:#fff}text{fill:#222;font:13px system-ui,sans-serif}.grid{stroke:#ddd}path{fill:none;stroke-width:2.2}path.band{stroke:none;opacity:.16}',
    '.agent{stroke:#0b62c4}.plain{stroke:#b4540a;stroke-dasharray:6 3}.ideal{stroke:#12804a;stroke-dasharray:2 3}.floor{stroke:#777}',
    '.band.agent{fill:#0b62c4}.band.ideal{fill:#12804a}.band.floor{fill:#777}',
    '@media(prefers-color-scheme:dark){.ground{fill:#14171c}text{fill:#e6e6e6}.grid{stroke:#333a44}path.band{opacity:.24}',
    '.agent{stroke:#6db1ff}.plain{stroke:#f0a05a}.ideal{stroke:#5fd39a}.floor{stroke:#a5a5a5}',
    '.band.agent{fill:#6db1ff}.band.ideal{fill:#5fd39a}.band.floor{fill:#a5a5a5}}',
  ].join('')
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Learning curve">`,
    `<style>${style}</style>`,
    `<rect class="ground" width="${WIDTH}" height="${HEIGHT}"/>`,
    ...parts,
    '</svg>\n',
  ].join('\n')
}

function axes(goals: number): string[] {
  const rows = [0, 25, 50, 75, 100].flatMap((value) => {
    const y = yOf(value / 100)
    return [
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}"/>`,
      text(LEFT - 8, Number(y) + 4, `${value} %`, 'end'),
    ]
  })
  const stride = goals > 100 ? 50 : 20
  const columns = Array.from({ length: Math.floor(goals / stride) + 1 }, (_, i) => i * stride)
  return [
    ...rows,
    ...columns.map((goal) => text(Number(xOf(goal, goals)), HEIGHT - BOTTOM + 18, `${goal}`, 'middle')),
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, 'goals', 'middle'),
  ]
}

function legend(curves: readonly Curve[]): string[] {
  let x = LEFT
  return curves.flatMap(({ name, style }) => {
    const at = x
    x += 42 + name.length * 6.6
    return [`<path class="${style}" d="M${at} 32h22"/>`, text(at + 27, 36, name, 'start')]
  })
}

interface Placing {
  style: string
  goals: number
}

/** Points stand in the middle of their ten goals. */
function line(points: readonly Estimate[], { style, goals }: Placing): string {
  const places = points.map(({ value }, i) => `${xOf((i + 0.5) * BLOCK, goals)} ${yOf(value)}`)
  return `<path class="${style}" d="M${places.join('L')}"/>`
}

function band(points: readonly Estimate[], { style, goals }: Placing): string {
  const upper = points.map(({ high }, i) => `${xOf((i + 0.5) * BLOCK, goals)} ${yOf(high)}`)
  const lower = points.map(({ low }, i) => `${xOf((i + 0.5) * BLOCK, goals)} ${yOf(low)}`)
  return `<path class="band ${style}" d="M${[...upper, ...lower.toReversed()].join('L')}Z"/>`
}

function text(x: number, y: number, words: string, anchor: 'start' | 'middle' | 'end'): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${words}</text>`
}

function xOf(goal: number, goals: number): string {
  return (LEFT + ((WIDTH - LEFT - RIGHT) * goal) / goals).toFixed(1)
}

function yOf(share: number): string {
  return (TOP + (HEIGHT - TOP - BOTTOM) * (1 - share)).toFixed(1)
}
