/** Schemas for trajectories that come from outside: callers, stores, files. Apart from the others, since only the memory's worker needs them. */
import * as z from 'zod/mini'
import { LIMITS, metadata, steps, storedMetadata, text, total } from './trajectory-limits.ts'
import type { Step, Trajectory, TrajectoryInput } from './trajectory.ts'

const rewardSource = z.enum(['environment', 'verifier', 'user', 'seed', 'import', 'agent'])
const reward = z.number().check(z.gte(0), z.lte(1))
const id = text(LIMITS.id).check(z.minLength(1))
const createdAt = z.iso.datetime({ offset: true })
const notItself: z.core.CheckFn<{ id?: string; supersedes?: string }> = ({ value, issues }) => {
  if (value.supersedes === undefined || value.supersedes !== value.id) return
  issues.push({ code: 'custom', message: 'must be the id of another trajectory', input: value.supersedes, path: ['supersedes'] })
}
const step: z.ZodMiniType<Step> = z.object({
  observation: text(),
  reasoning: text(),
  action: text(),
  metadata: z.exactOptional(metadata),
})

/** A whole trajectory that is to be stored. */
export const trajectorySchema: z.ZodMiniType<Trajectory> = z
  .object({
    id,
    goal: text(),
    plan: text(),
    steps: steps(step),
    outcome: text(),
    success: z.boolean(),
    reward,
    taskId: z.exactOptional(text(LIMITS.taskId)),
    supersedes: z.exactOptional(id),
    createdAt,
    provenance: z.object({
      origin: text(),
      model: text(),
      rewardSource,
      pageText: z.boolean(),
      source: z.exactOptional(text(LIMITS.source)),
    }),
    metadata,
  })
  .check(total(), notItself)

/** A trajectory as a caller gives it. Unknown fields are refused, so that a misspelt one is noticed. */
export const trajectoryInputSchema: z.ZodMiniType<TrajectoryInput> = z
  .strictObject({
    id: z.exactOptional(id),
    goal: text().check(z.minLength(1)),
    plan: z.exactOptional(text()),
    steps: steps(step),
    outcome: z.exactOptional(text()),
    success: z.exactOptional(z.boolean()),
    reward: z.exactOptional(reward),
    taskId: z.exactOptional(text(LIMITS.taskId)),
    supersedes: z.exactOptional(id),
    createdAt: z.exactOptional(createdAt),
    provenance: z.exactOptional(
      z.object({
        origin: z.exactOptional(text()),
        model: z.exactOptional(text()),
        rewardSource: z.exactOptional(rewardSource),
        pageText: z.exactOptional(z.boolean()),
        source: z.exactOptional(text(LIMITS.source)),
      }),
    ),
    metadata: z.exactOptional(metadata),
  })
  .check(total(), notItself)

/** A trajectory as it lies in a store: the same shape, of any size, so that what was stored once can always be read. */
export const storedTrajectorySchema: z.ZodMiniType<Trajectory> = z.object({
  id: z.string().check(z.minLength(1)),
  goal: z.string(),
  plan: z.string(),
  steps: z.array(
    z.object({ observation: z.string(), reasoning: z.string(), action: z.string(), metadata: z.exactOptional(storedMetadata) }),
  ),
  outcome: z.string(),
  success: z.boolean(),
  reward,
  taskId: z.exactOptional(z.string()),
  supersedes: z.exactOptional(z.string()),
  createdAt,
  provenance: z.object({ origin: z.string(), model: z.string(), rewardSource, pageText: z.boolean(), source: z.exactOptional(z.string()) }),
  metadata: storedMetadata,
})
