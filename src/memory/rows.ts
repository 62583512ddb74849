/** The border between a store and the rest: rows are checked when they are read, since anything may have written them. */
import * as z from 'zod/mini'
import { RepriseError } from '../core/errors.ts'
import { storedTrajectorySchema } from '../core/trajectory-schemas.ts'
import type { Trajectory } from '../core/trajectory.ts'
import { isPacked, type PackedVectors } from '../util/packed-vectors.ts'
import { explain } from '../util/validate.ts'
import { newLedger } from './curator.ts'
import type { KeysRow, LedgerRow, StepVectorsRow, TrajectoryRow } from './store/trajectory-store.ts'

const count = z.int().check(z.gte(0))
const weight = z.number().check(z.gte(0))
const packed = { values: z.instanceof(Int16Array<ArrayBuffer>), scales: z.instanceof(Float32Array<ArrayBuffer>) }
const trajectoryRow = z.object({
  id: z.string(),
  seq: z.number(),
  status: z.enum(['active', 'pruned', 'retired', 'quarantined']),
  onAccept: z.exactOptional(z.enum(['pruned', 'retired'])),
  supersededBy: z.exactOptional(z.string()),
  replaces: z.exactOptional(z.string()),
  bytes: weight,
  trajectory: storedTrajectorySchema,
})
const keysRow = z.object({
  id: z.string(),
  active: z.boolean(),
  goalKey: z.string(),
  planKey: z.string(),
  createdAt: z.iso.datetime({ offset: true }),
  taskId: z.exactOptional(z.string()),
  source: z.exactOptional(z.string()),
  vectors: z.exactOptional(z.object(packed)),
  embedder: z.exactOptional(z.string()),
})
const stepVectorsRow = z.object({ id: z.string(), ...packed })
const ledgerRow = z.object({
  id: z.string(),
  seq: z.number(),
  utility: z.number().check(z.gte(-2), z.lte(1)),
  waiting: z.exactOptional(z.string()),
  retrievals: count,
  successesWhenRetrieved: count,
  decayed: z.exactOptional(z.object({ retrievals: weight, successes: weight })),
  shares: weight,
  sharesOfSuccesses: weight,
  feedback: z.exactOptional(
    z.object({
      last: z.array(
        z.object({
          id: z.string(),
          at: z.string(),
          value: z.number().check(z.gte(-1), z.lte(1)),
          source: z.enum(['user', 'verifier', 'review']),
          note: z.exactOptional(z.string()),
        }),
      ),
      weight,
      successes: weight,
    }),
  ),
})

/** The row, or `memory-corrupt`. */
export function checkTrajectoryRow(row: unknown, id: string): TrajectoryRow {
  const result = z.safeParse(trajectoryRow, row)
  if (!result.success) fail(id, row === undefined ? 'its record is missing' : `its record: ${explain(result.error.issues)}`)
  const checked: TrajectoryRow = result.data
  return checked.trajectory.id === checked.id ? checked : fail(id, 'its record names another id')
}

/** The keys as they can be searched; `undefined` where they have to be made again: damaged, not embedded, or by another embedder. */
export function keysOf(row: unknown, { id, dimensions }: { id: string; dimensions: number }): KeysRow | undefined {
  const result = z.safeParse(keysRow, row)
  if (!result.success) return undefined
  const keys: KeysRow = result.data
  if (!keys.active) return keys
  const { vectors, embedder } = keys
  return vectors && embedder === id && vectors.scales.length === 2 && isPacked(vectors, dimensions) ? keys : undefined
}

/** The vectors of so many steps; `undefined` where they have to be made again. */
export function stepVectorsOf(row: unknown, dimensions: number): StepVectorsRow | undefined {
  const result = z.safeParse(stepVectorsRow, row)
  return result.success && isPacked(result.data, dimensions) ? result.data : undefined
}

/** There are as many vectors as the trajectory has steps. */
export function fitsSteps({ steps }: Trajectory, { scales }: PackedVectors): boolean {
  return steps.length === scales.length
}

/** The counts; none yet where the row is missing or unreadable, so that a damaged ledger loses counts and no trajectory. */
export function ledgerRowOf(row: unknown, id: string, seq: number): LedgerRow {
  const result = z.safeParse(ledgerRow, row)
  return result.success ? result.data : newLedger(id, seq)
}

function fail(id: string, why: string): never {
  throw new RepriseError(
    'memory-corrupt',
    `The stored trajectory ${id} is damaged: ${why}. It is left out. Delete it; it can then be added again.`,
  )
}
