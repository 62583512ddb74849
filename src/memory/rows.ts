/** The border between a store and the rest: rows are checked when they are read, since anything may have written them. */
import * as z from 'zod/mini'
import { RepriseError } from '../core/errors.ts'
import { trajectorySchema } from '../core/trajectory-schemas.ts'
import type { Trajectory } from '../core/trajectory.ts'
import { explain } from '../util/validate.ts'
import type { KeysRow, LedgerRow, StepVectorsRow, TrajectoryRow } from './store/trajectory-store.ts'

const trajectoryRow = z.object({
  id: z.string(),
  seq: z.number(),
  status: z.enum(['active', 'pruned']),
  trajectory: trajectorySchema,
})
const vector = z.instanceof(Float32Array)
const keysRow = z.object({
  id: z.string(),
  active: z.boolean(),
  goalText: z.string(),
  planText: z.string(),
  goal: vector,
  plan: vector,
  createdAt: z.iso.datetime({ offset: true }),
  taskId: z.exactOptional(z.string()),
})
const stepVectorsRow = z.object({ id: z.string(), observations: vector, reasonings: vector })
const count = z.int().check(z.gte(0))
const weight = z.number().check(z.gte(0))
const ledgerRow = z.object({
  id: z.string(),
  retrievals: count,
  successesWhenRetrieved: count,
  decayed: z.exactOptional(z.object({ retrievals: weight, successes: weight })),
})

/** The row, or `memory-corrupt`. */
export function checkTrajectoryRow(row: unknown, id: string): TrajectoryRow {
  const checked: TrajectoryRow = check(trajectoryRow, row, { id, what: 'record' })
  return checked.trajectory.id === checked.id ? checked : fail(id, 'its record names another id')
}

/** The row, or `memory-corrupt`; its vectors have `dimensions` numbers. */
export function checkKeysRow(row: unknown, id: string, dimensions: number): KeysRow {
  const checked: KeysRow = check(keysRow, row, { id, what: 'keys' })
  const fits = [checked.goal, checked.plan].every((part) => part.length === dimensions && part.every(Number.isFinite))
  return fits ? checked : fail(id, `its key vectors are not ${dimensions} numbers each`)
}

/** The row, or `memory-corrupt`; it has as many vectors of `dimensions` numbers as the trajectory has steps. */
export function checkStepVectorsRow(row: unknown, id: string, dimensions: number): StepVectorsRow {
  const checked: StepVectorsRow = check(stepVectorsRow, row, { id, what: 'step vectors' })
  const { observations, reasonings } = checked
  const fits = observations.length % dimensions === 0 && observations.length === reasonings.length
  return fits ? checked : fail(id, `its step vectors are not ${dimensions} numbers each`)
}

/** The counts; none yet where the row is missing or unreadable, so that a damaged ledger loses counts and no trajectory. */
export function ledgerRowOf(row: unknown, id: string): LedgerRow {
  const result = z.safeParse(ledgerRow, row)
  return result.success ? result.data : { id, retrievals: 0, successesWhenRetrieved: 0 }
}

/** The trajectory has as many steps as there are vectors, or `memory-corrupt`. */
export function checkStepCount({ id, steps }: Trajectory, vectors: StepVectorsRow, dimensions: number): void {
  if (steps.length * dimensions !== vectors.observations.length) fail(id, 'it has more or fewer steps than step vectors')
}

function check<S extends z.core.$ZodType>(schema: S, row: unknown, { id, what }: { id: string; what: string }): z.output<S> {
  const result = z.safeParse(schema, row)
  return result.success
    ? result.data
    : fail(id, row === undefined ? `its ${what} are missing` : `its ${what}: ${explain(result.error.issues)}`)
}

function fail(id: string, why: string): never {
  throw new RepriseError(
    'memory-corrupt',
    `The stored trajectory ${id} is damaged: ${why}. It is left out. Delete it; it can then be added again.`,
  )
}
