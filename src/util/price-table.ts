/** The check of a price table that a host gives. Written out, since what a schema of records needs is more than all of this. */
import * as z from 'zod/mini'
import type { PriceTable } from '../core/budget.ts'

export const priceTableSchema: z.ZodMiniType<PriceTable> = z.custom<PriceTable>(
  (value) => {
    const { asOf, models } = fields(value)
    return /^\d{4}-\d\d-\d\d$/.test(String(asOf)) && models instanceof Object && Object.values(models).every(isPrice)
  },
  { error: 'must be { asOf: "2026-01-31", models: { id: { input, output, cachedInput? } } }, in dollars' },
)

function isPrice(value: unknown): boolean {
  const { input, output, cachedInput = 0 } = fields(value)
  return [input, output, cachedInput].every((dollars) => Number.isFinite(dollars) && Number(dollars) >= 0)
}

function fields(value: unknown): Record<string, unknown> {
  return Object(value) as Record<string, unknown>
}
