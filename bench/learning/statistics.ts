/** Shares, means and their 95 % intervals. Pure. */
import { createRandom } from '../../src/embedded/random.ts'

export { wilson } from '../../src/util/statistics.ts'

/** A value with its interval, all of one unit. */
export interface Estimate {
  value: number
  low: number
  high: number
}

/**
 * Percentile bootstrap (Efron 1979) over whole groups: what lies in one group (a world) is not independent, groups are.
 * `statistic` sees the groups that were drawn, with repetitions.
 */
export function bootstrap<G>(groups: readonly G[], statistic: (groups: readonly G[]) => number, { seed = 1, draws = 1000 } = {}): Estimate {
  const random = createRandom(seed)
  const values = Array.from({ length: draws }, () => statistic(groups.map(() => random.pick(groups)))).toSorted((a, b) => a - b)
  return { value: statistic(groups), low: at(values, 0.025), high: at(values, 0.975) }
}

/** NaN for no values. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** The value below which a share `q` lies, by rounding up to a value that is there. NaN for no values. */
export function quantile(values: readonly number[], q: number): number {
  return at(
    values.toSorted((a, b) => a - b),
    q,
  )
}

/** Means of `size` values in a row, one for each place where so many end: `values.length - size + 1` of them. */
export function movingMean(values: readonly number[], size: number): number[] {
  return Array.from({ length: Math.max(0, values.length - size + 1) }, (_, i) => mean(values.slice(i, i + size)))
}

/** Values in blocks of `size`; the last one may be shorter. */
export function blocks<T>(values: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, i) => values.slice(i * size, (i + 1) * size))
}

function at(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? NaN
}
