/** Schemas for trajectories that come from outside: callers, stores, files. Apart from the others, since only the memory's worker needs them. */
import * as z from 'zod/mini'
import type { Step, Trajectory, TrajectoryInput } from './trajectory.ts'

const step: z.ZodMiniType<Step> = z.object({
  observation: z.string(),
  reasoning: z.string(),
  action: z.string(),
  metadata: z.exactOptional(z.record(z.string(), z.json())),
})

const rewardSource = z.enum(['environment', 'verifier', 'user', 'seed', 'import'])
const reward = z.number().check(z.gte(0), z.lte(1))
const id = z.string().check(z.minLength(1), z.maxLength(256))

/** A stored trajectory. */
export const trajectorySchema: z.ZodMiniType<Trajectory> = z.object({
  id,
  goal: z.string(),
  plan: z.string(),
  steps: z.array(step),
  outcome: z.string(),
  success: z.boolean(),
  reward,
  taskId: z.exactOptional(z.string()),
  supersedes: z.exactOptional(id),
  createdAt: z.iso.datetime({ offset: true }),
  provenance: z.object({ origin: z.string(), model: z.string(), rewardSource, pageText: z.boolean() }),
  metadata: z.record(z.string(), z.json()),
})

/** A trajectory as a caller gives it. Unknown fields are refused, so that a misspelt one is noticed. */
export const trajectoryInputSchema: z.ZodMiniType<TrajectoryInput> = z.strictObject({
  id: z.exactOptional(id),
  goal: z.string().check(z.minLength(1)),
  plan: z.exactOptional(z.string()),
  steps: z.array(step),
  outcome: z.exactOptional(z.string()),
  success: z.exactOptional(z.boolean()),
  reward: z.exactOptional(reward),
  taskId: z.exactOptional(z.string()),
  supersedes: z.exactOptional(id),
  createdAt: z.exactOptional(z.iso.datetime({ offset: true })),
  provenance: z.exactOptional(
    z.object({
      origin: z.exactOptional(z.string()),
      model: z.exactOptional(z.string()),
      rewardSource: z.exactOptional(rewardSource),
      pageText: z.exactOptional(z.boolean()),
    }),
  ),
  metadata: z.exactOptional(z.record(z.string(), z.json())),
})
