/** What rows of version 1 of the layout become in version 2. Pure, and sure of nothing about what it is given. */
import type { Shown } from '../../core/memory.ts'
import type { Trajectory } from '../../core/trajectory.ts'
import { packVectors, type PackedVectors } from '../../util/packed-vectors.ts'
import { newLedger, utilityOf } from '../curator.ts'
import { keyOf } from '../key-of.ts'
import { summarize } from '../ledger.ts'
import type { EpisodeRow, KeysRow, LedgerRow, StepVectorsRow } from './trajectory-store.ts'

/** A row of any table: whatever was stored under the id. */
export type OldRow = { id: string } & Record<string, unknown>
export type OldMeta = Record<string, unknown>

export interface Embedded {
  id: string
  dimensions: number
}

/** The embedder of the stored vectors; `undefined` where that is not known. */
export function embedderOf(meta: OldMeta | undefined): Embedded | undefined {
  const { id, dimensions } = recordOf(meta?.['embedder'])
  return typeof id === 'string' && Number.isSafeInteger(dimensions) ? { id, dimensions: dimensions as number } : undefined
}

/** All that was stored of one trajectory. */
export interface OldTrajectory {
  row: OldRow
  keys: unknown
  steps: unknown
  ledger: unknown
}

export interface Converted {
  tables: { trajectories: unknown; keys: KeysRow; ledger: LedgerRow; observations?: StepVectorsRow; reasonings?: StepVectorsRow }
  bytes: { trajectories: number; vectors: number }
}

export function convertTrajectory({ row, keys, steps, ledger }: OldTrajectory, embedder: Embedded | undefined): Converted {
  const { id } = row
  const trajectory = soundOf(row['trajectory'], id)
  const active = row['status'] === 'active' && trajectory?.success !== false
  const vectors = active && trajectory && embedder ? vectorsOf({ trajectory, keys, steps }, embedder.dimensions) : undefined
  const bytes = sizeOf(row['trajectory'])
  return {
    tables: {
      trajectories: { ...row, bytes },
      keys: { ...keysOf({ id, active, trajectory, keys }), ...(vectors && embedder && { vectors: vectors.keys, embedder: embedder.id }) },
      ledger: ledgerOf({ id, seq: typeof row['seq'] === 'number' ? row['seq'] : 0, ledger }),
      ...(vectors && { observations: { id, ...vectors.observations }, reasonings: { id, ...vectors.reasonings } }),
    },
    bytes: { trajectories: bytes, vectors: vectors ? Object.values(vectors).reduce((sum, packed) => sum + packedSize(packed), 0) : 0 },
  }
}

/** The trajectory, where what is needed of it here is there. */
function soundOf(value: unknown, id: string): Trajectory | undefined {
  const { goal, plan, createdAt, steps, success, ...rest } = recordOf(value)
  const texts = [goal, plan, createdAt].every((text) => typeof text === 'string')
  return texts && Array.isArray(steps) && typeof success === 'boolean' && rest['id'] === id ? (value as Trajectory) : undefined
}

interface KeysInput {
  id: string
  active: boolean
  trajectory: Trajectory | undefined
  keys: unknown
}

/** Of a damaged trajectory what its old keys knew, so that it is come upon, and named as damaged, when its vectors are made again. */
function keysOf({ id, active, trajectory, keys }: KeysInput): KeysRow {
  const { goalText, planText, createdAt } = recordOf(keys)
  const old = { goal: textOf(goalText), plan: textOf(planText), createdAt: textOf(createdAt) || new Date(0).toISOString() }
  const { goal, plan, createdAt: at, taskId }: Pick<Trajectory, 'goal' | 'plan' | 'createdAt' | 'taskId'> = trajectory ?? old
  return { id, active, goalKey: keyOf(goal), planKey: keyOf(plan), createdAt: at, ...(typeof taskId === 'string' && { taskId }) }
}

interface OldVectors {
  trajectory: Trajectory
  keys: unknown
  steps: unknown
}

/** All of them, or none where any is missing or damaged, or of other texts. */
function vectorsOf(
  { trajectory, keys, steps }: OldVectors,
  dimensions: number,
): Record<'keys' | 'observations' | 'reasonings', PackedVectors> | undefined {
  const { goal, plan, goalText, planText } = recordOf(keys)
  if (goalText !== trajectory.goal || planText !== trajectory.plan) return undefined
  const { observations, reasonings } = recordOf(steps)
  const count = trajectory.steps.length
  const parts = { goal: split(goal, 1, dimensions), plan: split(plan, 1, dimensions) }
  const both = { observations: split(observations, count, dimensions), reasonings: split(reasonings, count, dimensions) }
  if (!parts.goal || !parts.plan || !both.observations || !both.reasonings) return undefined
  return {
    keys: packVectors([...parts.goal, ...parts.plan]),
    observations: packVectors(both.observations),
    reasonings: packVectors(both.reasonings),
  }
}

function split(vectors: unknown, count: number, dimensions: number): Float32Array[] | undefined {
  if (!(vectors instanceof Float32Array) || vectors.length !== count * dimensions || !vectors.every(Number.isFinite)) return undefined
  return Array.from({ length: count }, (_, place) => vectors.subarray(place * dimensions, (place + 1) * dimensions))
}

function packedSize({ values, scales }: PackedVectors): number {
  return values.byteLength + scales.byteLength
}

/** In UTF-16 code units, as JSON. */
function sizeOf(trajectory: unknown): number {
  try {
    return JSON.stringify(trajectory)?.length ?? 0
  } catch {
    return 0
  }
}

/** With the counts that can be read, or begun anew. */
function ledgerOf({ id, seq, ledger }: { id: string; seq: number; ledger: unknown }): LedgerRow {
  const { retrievals, successesWhenRetrieved, decayed } = recordOf(ledger)
  if (!isCount(retrievals) || !isCount(successesWhenRetrieved)) return newLedger(id, seq)
  const { retrievals: weight, successes } = recordOf(decayed)
  const weights = isWeight(weight) && isWeight(successes) && { decayed: { retrievals: weight, successes } }
  const row = { ...newLedger(id, seq), retrievals, successesWhenRetrieved, ...weights }
  return { ...row, utility: utilityOf(row) }
}

/** `undefined` where it says neither when nor with what outcome. */
export function convertEpisode(row: Record<string, unknown>, trajectory: unknown): EpisodeRow | undefined {
  const { id, at, trajectoryId, success } = row
  if (typeof id !== 'number' || typeof at !== 'string' || typeof success !== 'boolean') return undefined
  const stored = typeof trajectoryId === 'string'
  const shown = summarize(Array.isArray(row['shown']) ? row['shown'].filter(isShown) : [])
  const shownIds = shown.map((one) => one.trajectoryId)
  const episode = stored ? trajectoryId : `episode-${id}`
  return { id, episode, at, goal: textOf(recordOf(trajectory)['goal']), stored, success, pruned: [], shown, shownIds }
}

function isShown(value: unknown): value is Shown {
  const { trajectoryId, phase, step } = recordOf(value)
  return typeof trajectoryId === 'string' && (phase === 'plan' || phase === 'reason' || phase === 'act') && isCount(step)
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function isWeight(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
