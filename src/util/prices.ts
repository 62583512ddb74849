/** What calls of models cost. Pure: agent, models and reports compute it in the same way. */
import type { Price, PriceTable } from '../core/budget.ts'
import type { ModelCall, Usage } from '../core/message.ts'

/** US dollars. No more tokens count as cached than there are in the input. */
export function costOf({ inputTokens, outputTokens, cachedInputTokens = 0 }: Usage, { input, output, cachedInput = input }: Price): number {
  const cached = Math.min(cachedInputTokens, inputTokens)
  return ((inputTokens - cached) * input + cached * cachedInput + outputTokens * output) / 1e6
}

/**
 * The call with its cost: as its provider told it, else by the table. Without a cost where the table does not know the model, or
 * where the model did not tell its tokens (no prompt has none) and they are not free.
 */
export function priced(call: ModelCall, prices: PriceTable | undefined): ModelCall {
  const { model, usage } = call
  const price = prices && Object.hasOwn(prices.models, model) ? prices.models[model] : undefined
  if (usage.costUSD !== undefined || !price || (usage.inputTokens === 0 && price.input > 0)) return call
  return { ...call, usage: { ...usage, costUSD: costOf(usage, price) } }
}
