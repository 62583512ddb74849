/** Counts what a model is asked, for use without an agent. */
import * as z from 'zod/mini'
import type { PriceTable, Totals } from '../core/budget.ts'
import type { LanguageModel, ModelCall } from '../core/model.ts'
import { callsOf } from '../util/failed-calls.ts'
import { wrapModel } from '../util/plain-model.ts'
import { priceTableSchema } from '../util/price-table.ts'
import { priced } from '../util/prices.ts'
import { tell } from '../util/tell.ts'
import { steadyClock, timedCall } from '../util/timed-call.ts'
import { addTotals, NO_TOTALS, totalsOf } from '../util/usage.ts'
import { callable, parse, withMethods } from '../util/validate.ts'

/** What `meter` takes. */
export interface MeterOptions {
  /** What tokens cost, by the id of the model; for calls whose cost the provider does not tell. */
  prices?: PriceTable
  /** Milliseconds, from any beginning; for tests. */
  clock?: () => number
  /** Hears of each call that was answered. What it throws harms nothing; it goes to the page's error handler. */
  onCall?: (call: ModelCall) => void
}

/** A model that knows what it was asked. */
export interface MeteredModel extends LanguageModel {
  /** Of the calls answered so far, a copy. `milliseconds` is their sum, though some may have gone on at once. */
  totals(): Totals
}

/**
 * The same model, counted: tokens, cost where it is known, milliseconds to the first text and to the end. A call that failed or was
 * aborted is not counted, since nobody tells its tokens; answers that were unusable for a schema or tools are. Errors of `meter`: `invalid-options`.
 *
 * @example
 * const model = meter(remoteModel('openai/gpt-5-mini', { getToken }), { prices })
 * await model.generate({ messages })
 * console.log(model.totals().usage)
 */
export function meter(model: LanguageModel, options: MeterOptions = {}): MeteredModel {
  parse(withMethods('generate'), model, 'The model of meter')
  parse(optionsSchema, options, 'meter options')
  const { prices, clock = steadyClock, onCall } = options
  let totals = NO_TOTALS
  const book = (counted: ModelCall): void => {
    const call = priced(counted, prices)
    totals = addTotals(totals, totalsOf([call]))
    tell(onCall, call)
  }
  return wrapModel(model, (inner) => ({ ...counting(inner, { clock, book }), totals: () => structuredClone(totals) }))
}

interface Counting {
  clock: () => number
  book(call: ModelCall): void
}

function counting(model: LanguageModel, { clock, book }: Counting): LanguageModel {
  const { id, capabilities, prompts } = model
  return {
    id,
    ...(capabilities && { capabilities }),
    ...(prompts && { prompts }),
    ...(model.unload && { unload: async () => model.unload?.() }),
    async generate(request) {
      try {
        const { answer, times } = await timedCall(model, request, clock)
        book({ model: id, usage: answer.usage, ...times })
        return answer
      } catch (error) {
        for (const call of callsOf(error)) book(call)
        throw error
      }
    },
  }
}

const optionsSchema = z.strictObject({
  prices: z.optional(priceTableSchema),
  clock: z.optional(callable),
  onCall: z.optional(callable),
})
