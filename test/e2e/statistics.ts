/** Shares with their 95 % intervals. */

export interface Share {
  successes: number
  n: number
  /** Per cent. */
  percent: number
  low: number
  high: number
}

/** Wilson's interval for a share. */
export function shareOf(outcomes: readonly boolean[]): Share {
  const n = outcomes.length
  const successes = outcomes.filter(Boolean).length
  const z = 1.96
  const p = successes / n
  const centre = (p + (z * z) / (2 * n)) / (1 + (z * z) / n)
  const half = (z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n))) / (1 + (z * z) / n)
  return { successes, n, percent: 100 * p, low: 100 * (centre - half), high: 100 * (centre + half) }
}

export function show({ successes, n, percent, low, high }: Share): string {
  return `${percent.toFixed(1)} % [${low.toFixed(1)}–${high.toFixed(1)}] (${successes}/${n})`
}
