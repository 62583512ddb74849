/** Shares with their 95 % intervals. */
import { wilson } from '../../src/util/statistics.ts'

export interface Share {
  successes: number
  n: number
  /** Per cent. */
  percent: number
  low: number
  high: number
}

/** With Wilson's interval. */
export function shareOf(outcomes: readonly boolean[]): Share {
  const successes = outcomes.filter(Boolean).length
  const { value, low, high } = wilson(successes, outcomes.length)
  return { successes, n: outcomes.length, percent: 100 * value, low: 100 * low, high: 100 * high }
}

export function show({ successes, n, percent, low, high }: Share): string {
  return `${percent.toFixed(1)} % [${low.toFixed(1)}–${high.toFixed(1)}] (${successes}/${n})`
}
