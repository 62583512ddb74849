/** What models used, summed. Pure: agent, models and reports count in the same way. */
import type { Totals } from '../core/budget.ts'
import type { ModelCall, Usage } from '../core/message.ts'

/** Of no call at all; costs nothing, whatever the prices. */
export const NO_USAGE: Usage = { inputTokens: 0, outputTokens: 0, costUSD: 0 }
export const NO_TOTALS: Totals = { calls: 0, usage: NO_USAGE, milliseconds: 0 }

/**
 * Both together. The cost of the sum is known where both costs are: a sum that left one out would be a guess. Cached tokens are
 * those that are told, and absent where there are none.
 */
export function addUsage(a: Usage, b: Usage): Usage {
  const cached = (a.cachedInputTokens ?? 0) + (b.cachedInputTokens ?? 0)
  const costUSD = (a.costUSD ?? NaN) + (b.costUSD ?? NaN)
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    ...(cached > 0 && { cachedInputTokens: cached }),
    ...(costUSD >= 0 && { costUSD }),
  }
}

export function addTotals(a: Totals, b: Totals): Totals {
  return { calls: a.calls + b.calls, usage: addUsage(a.usage, b.usage), milliseconds: a.milliseconds + b.milliseconds }
}

/** Of several calls, one after another. */
export function totalsOf(calls: readonly ModelCall[]): Totals {
  return calls.reduce((sum, { usage, milliseconds }) => addTotals(sum, { calls: 1, usage, milliseconds }), NO_TOTALS)
}
