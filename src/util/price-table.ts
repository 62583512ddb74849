/** The check of a price table that a host gives. */
import * as z from 'zod/mini'
import type { PriceTable } from '../core/budget.ts'

/** Written out, since what a schema of records needs is more than all of this. */
export const priceTableSchema: z.ZodMiniType<PriceTable> = z.custom<PriceTable>(
  (value) =>
    isRecord(value) &&
    /^\d{4}-\d\d-\d\d$/.test(String(value['asOf'])) &&
    isRecord(value['models']) &&
    Object.values(value['models']).every(
      (price) =>
        isRecord(price) &&
        [price['input'], price['output'], price['cachedInput'] ?? 0].every((dollars) => Number(dollars) >= 0 && Number.isFinite(dollars)),
    ),
  { error: 'must be { asOf: "2026-01-31", models: { id: { input, output, cachedInput? } } }, in dollars' },
)

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
