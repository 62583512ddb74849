/** The check of replaced words. Apart from their types, which are published and must name no package. */
import * as z from 'zod/mini'

/** For an option that replaces words. */
export const labelsSchema: z.ZodMiniType = z.record(z.string(), z.union([z.string(), z.record(z.string(), z.string())]))
