/** Shares with their intervals: what the learning curve and the comparison show. */

export interface Share {
  /** 0 to 1. */
  rate: number
  /** Bounds of the 95 % interval, 0 to 1. */
  low: number
  high: number
  successes: number
  count: number
}

/** The 97.5 % point of the normal distribution: two-sided 95 %. */
const Z = 1.959964

/**
 * Share of successes with its Wilson score interval (E. B. Wilson 1927), which stays sensible for few trials and near 0 and 1.
 * Without trials nothing is known: the interval is all of 0 to 1 and the rate 0.
 */
export function wilson(successes: number, count: number): Share {
  if (count === 0) return { rate: 0, low: 0, high: 1, successes, count }
  const rate = successes / count
  const scale = 1 + Z ** 2 / count
  const centre = (rate + Z ** 2 / (2 * count)) / scale
  const half = (Z / scale) * Math.sqrt((rate * (1 - rate)) / count + Z ** 2 / (4 * count ** 2))
  // At 0 and 1 the bound is exact; arithmetic alone would leave it a hair beside.
  const low = successes === 0 ? 0 : Math.max(0, centre - half)
  const high = successes === count ? 1 : Math.min(1, centre + half)
  return { rate, low, high, successes, count }
}

/** For each outcome the share of successes among it and up to `window - 1` before it. */
export function movingShare(outcomes: readonly boolean[], window: number): Share[] {
  let successes = 0
  return outcomes.map((outcome, index) => {
    successes += Number(outcome)
    if (index >= window) successes -= Number(outcomes[index - window])
    return wilson(successes, Math.min(index + 1, window))
  })
}

/** The same smoothing for probabilities: for each position the mean of it and up to `window - 1` values before it. */
export function movingMean(values: readonly number[], window: number): number[] {
  return values.map((_, index) => {
    const part = values.slice(Math.max(0, index + 1 - window), index + 1)
    return part.reduce((sum, value) => sum + value, 0) / part.length
  })
}

/**
 * Exact two-sided sign test: how likely `wins` against `losses`, or a split as uneven, would be if both were equally likely.
 * Ties do not count. 0 to 1; without wins and losses nothing speaks against chance.
 */
export function signTest(wins: number, losses: number): number {
  const count = wins + losses
  // Logarithms, since 2 ** -count leaves the range of numbers for long comparisons.
  let term = -count * Math.LN2
  let tail = 0
  for (let fewer = 0; fewer <= Math.min(wins, losses); fewer++) {
    tail += Math.exp(term)
    term += Math.log((count - fewer) / (fewer + 1))
  }
  return Math.min(1, 2 * tail)
}

/** Share of successes among all outcomes. */
export function share(outcomes: readonly boolean[]): Share {
  return wilson(outcomes.filter(Boolean).length, outcomes.length)
}
