/** Holds what an episode, or a batch of them, uses up against what it may use up. Loaded where there is a budget, or a price. */
import * as z from 'zod/mini'
import type { Budget, PriceTable, Totals } from '../core/budget.ts'
import { RepriseError } from '../core/errors.ts'
import type { ModelCall } from '../core/message.ts'
import { priceTableSchema } from '../util/price-table.ts'
import { priced } from '../util/prices.ts'
import { parse } from '../util/validate.ts'

/** Tells calls with what they cost, where that is known. Errors: `invalid-options`. */
export function pricesOf(table: PriceTable): (call: ModelCall) => ModelCall {
  const prices = parse(z.object({ prices: priceTableSchema }), { prices: table }, 'Options').prices
  return (call) => priced(call, prices)
}

export interface LimitsOptions {
  budget: Budget
  whose: 'episode' | 'batch'
}

export interface Limits {
  /** Fires when one is exceeded; its reason is the error. */
  readonly signal: AbortSignal
  /** The error that ends whatever lives on the budget: beyond a limit, or, where `more` is wanted, at one. */
  refusal(used: Totals, more: boolean, calls: readonly ModelCall[]): RepriseError | undefined
  /** Stops the timer. */
  close(): void
}

export function openLimits({ budget, whose }: LimitsOptions): Limits {
  const over = new AbortController()
  const { timeoutMs, costUSD } = budget
  const usedUp = (limit: keyof Budget, used: number): RepriseError =>
    new RepriseError(
      'budget-exceeded',
      `The budget of the ${whose} is used up: ${used} of ${budget[limit]} ${UNITS[limit]} (${limit}). What was done is on the error (error.trajectory); nothing of it was stored.`,
    )
  const timer = timeoutMs && setTimeout(() => over.abort(usedUp('timeoutMs', timeoutMs)), timeoutMs)
  return {
    signal: over.signal,
    refusal: ({ calls, usage, milliseconds }, more, latest) => {
      const unknown = costUSD && latest.find((call) => call.usage.costUSD === undefined)
      if (unknown) over.abort(unpriced(unknown))
      const used = {
        calls,
        tokens: usage.inputTokens + usage.outputTokens,
        // Sums of dollars in binary are a little beside.
        costUSD: Math.round((usage.costUSD ?? 0) * 1e9) / 1e9,
        timeoutMs: milliseconds,
      }
      let atLimit: RepriseError | undefined
      for (const [limit, most] of Object.entries(budget) as [keyof Budget, number][]) {
        // Whoever else lives on it would only spend more. At a limit the others may yet do with what they have.
        if (used[limit] > most) over.abort(usedUp(limit, used[limit]))
        if (more && used[limit] === most) atLimit = usedUp(limit, most)
      }
      return over.signal.aborted ? (over.signal.reason as RepriseError) : atLimit
    },
    close: () => clearTimeout(timer),
  }
}

const UNITS = { calls: 'calls of models', tokens: 'tokens', costUSD: 'US dollars', timeoutMs: 'milliseconds' } as const

function unpriced({ model, usage }: ModelCall): RepriseError {
  // As in `priced`: no prompt has no tokens, so whatever the table says of it, nothing can be computed.
  if (usage.inputTokens === 0)
    return new RepriseError(
      'invalid-options',
      `${model} does not tell how many tokens a call takes, so that budget.costUSD cannot be kept, whatever its price. Limit calls or time instead, or give it the price 0 in prices.models where it is free. Nothing was stored.`,
    )
  return new RepriseError(
    'invalid-options',
    `Nothing tells what a call of ${model} costs, so that budget.costUSD cannot be kept. Give its price in prices.models (0 where it is free), or limit tokens or calls instead. Nothing was stored.`,
  )
}
