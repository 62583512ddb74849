/** Cells of the benchmark's tables. */
import type { EpisodeRow } from './episode-rows.ts'
import { bootstrap, mean, quantile, wilson, type Estimate } from './statistics.ts'

export const DASH = '–'

export function table(heads: readonly string[], lines: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(heads), line(heads.map((_, i) => (i === 0 ? '---' : '--:'))), ...lines.map(line)].join('\n')
}

/** Wilson's interval; where a world has several goals the bootstrap over worlds, if that is wider. */
export function successOf(episodes: readonly EpisodeRow[]): Estimate {
  const simple = wilson(episodes.filter(({ success }) => success).length, episodes.length)
  if (episodes.every(({ goals }) => goals === 1)) return simple
  const { low, high } = bootstrap(byWorld(episodes), (worlds) => mean(worlds.flat().map(({ success }) => Number(success))))
  return { value: simple.value, low: Math.min(low, simple.low), high: Math.max(high, simple.high) }
}

/** Of simulated agents, whose share at each goal is known from several attempts: bootstrap over worlds. */
export function floorOf(episodes: readonly EpisodeRow[], column: 'floor' | 'ideal'): Estimate {
  return bootstrap(byWorld(episodes), (worlds) => mean(worlds.flat().map((row) => row[column])))
}

/** Mean steps; time of a decision; its tokens; share of actions that made no sense. */
export function decisionCells(episodes: readonly EpisodeRow[]): string[] {
  const times = episodes.flatMap(({ milliseconds }) => milliseconds)
  const sum = (of: (row: EpisodeRow) => number): number => episodes.reduce((total, row) => total + of(row), 0)
  const decisions = sum((row) => row.decisions)
  const failed = episodes.filter(({ error }) => error !== '').length
  return [
    mean(episodes.map((row) => row.steps)).toFixed(2),
    `${quantile(times, 0.5).toFixed(0)} / ${quantile(times, 0.95).toFixed(0)}`,
    `${(sum((row) => row.inputTokens) / decisions).toFixed(0)} + ${(sum((row) => row.outputTokens) / decisions).toFixed(1)}`,
    percent(sum((row) => row.malformed) / sum((row) => row.steps)) + (failed > 0 ? `; ${failed} episodes broke off` : ''),
  ]
}

export function byWorld(episodes: readonly EpisodeRow[]): EpisodeRow[][] {
  const worlds = new Map<number, EpisodeRow[]>() // Node 20 has no Map.groupBy
  for (const episode of episodes) worlds.set(episode.world, [...(worlds.get(episode.world) ?? []), episode])
  return [...worlds.values()].map((world) => world.toSorted((a, b) => a.index - b.index))
}

/** `97.5 [94.3–98.9]`, in percent. */
export function range({ value, low, high }: Estimate): string {
  return `${percent(value)} [${percent(low)}–${percent(high)}]`
}

export function percent(share: number): string {
  return Number.isNaN(share) ? DASH : (100 * share).toFixed(1)
}
