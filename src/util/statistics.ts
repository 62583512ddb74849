/** Shares and how well they are known. */

/** A share with its 95 % interval, all from 0 to 1. */
export interface Interval {
  /** NaN where nothing was tried. */
  value: number
  low: number
  high: number
}

/** The 97.5 % point of the normal distribution: two-sided 95 %. */
const Z = 1.959964

/**
 * Wilson's score interval (E. B. Wilson 1927) for `successes` of `n` independent trials, which stays sensible for few of them and near 0
 * and 1. Without trials nothing is known: from 0 to 1.
 */
export function wilson(successes: number, n: number): Interval {
  if (n === 0) return { value: NaN, low: 0, high: 1 }
  const value = successes / n
  const scale = 1 + Z ** 2 / n
  const centre = (value + Z ** 2 / (2 * n)) / scale
  const half = (Z / scale) * Math.sqrt((value * (1 - value)) / n + Z ** 2 / (4 * n ** 2))
  // At 0 and 1 the bound is exact; arithmetic alone would leave it a hair beside.
  return { value, low: successes === 0 ? 0 : centre - half, high: successes === n ? 1 : centre + half }
}
