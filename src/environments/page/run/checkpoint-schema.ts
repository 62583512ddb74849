/** What a kept run must look like. Rows are the page's own, but a page has many scripts, and a disk may fail. */
import * as z from 'zod/mini'
import type { Checkpoint } from '../../../core/checkpoint.ts'
import { storedTrajectorySchema } from '../../../core/trajectory-schemas.ts'

/** A run as it lies in the database. */
export interface RunRow {
  /** Of the trajectory. */
  id: string
  checkpoint: Checkpoint
  /** When it was kept last: ms since the epoch. */
  savedAt: number
  /** How often it was taken up again. */
  resumes: number
}

const amount = z.number().check(z.gte(0))
const count = z.int().check(z.gte(0))
const score = z.exactOptional(z.number())

const shown = z.object({
  trajectoryId: z.string(),
  phase: z.enum(['plan', 'reason', 'act']),
  step: count,
  score,
  scores: z.exactOptional(z.object({ goal: score, plan: score, observation: score, reasoning: score })),
})

const spent = z.object({
  calls: count,
  usage: z.object({
    inputTokens: amount,
    outputTokens: amount,
    cachedInputTokens: z.exactOptional(amount),
    costUSD: z.exactOptional(amount),
  }),
  milliseconds: amount,
})

export const runRowSchema: z.ZodMiniType<RunRow> = z
  .object({
    id: z.string(),
    checkpoint: z.object({
      state: z.enum(['deciding', 'acting', 'ended']),
      mode: z.enum(['train', 'run']),
      trajectory: storedTrajectorySchema,
      observation: z.string(),
      shown: z.array(shown),
      spent,
    }),
    savedAt: z.number(),
    resumes: count,
  })
  .check(({ value, issues }) => {
    if (value.id !== value.checkpoint.trajectory.id)
      issues.push({ code: 'custom', message: 'must be the id of its trajectory', input: value.id, path: ['id'] })
  })
