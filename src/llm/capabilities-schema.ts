/** What a host may say of a model's capabilities. Apart, so that the declarations of options name no other package. */
import * as z from 'zod/mini'

/** For options of every kind of model. */
export const capabilitiesSchema: z.ZodMiniType = z.strictObject({
  schema: z.optional(z.boolean()),
  tools: z.optional(z.boolean()),
  seed: z.optional(z.boolean()),
  offline: z.optional(z.boolean()),
})
