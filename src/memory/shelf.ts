/**
 * What lies in the tables for one trajectory, and how it is put there, taken away and kept in line: its record, its keys and
 * vectors, its counts, and whether a newer one replaces it. Every function works within a transaction of its caller.
 */
import type { Trajectory } from '../core/trajectory.ts'
import { newLedger, utilityOf } from './curator.ts'
import { textsOf, type TrajectoryVectors } from './embed-texts.ts'
import { keyOf } from './key-of.ts'
import { isUnconfirmed, sourceKeyOf } from './page-text.ts'
import { checkTrajectoryRow, ledgerRowOf } from './rows.ts'
import { TABLES, type KeysRow, type LedgerRow, type StoreReader, type TrajectoryRow, type StoreWriter } from './store/trajectory-store.ts'
import type { Draft } from './transactions.ts'

export interface NewTrajectory {
  trajectory: Trajectory
  /** Absent where it may not be retrieved. */
  vectors: TrajectoryVectors | undefined
  status?: TrajectoryRow['status']
  /** What becomes of one in quarantine when it is accepted; `active` where absent. */
  onAccept?: TrajectoryRow['onAccept'] | undefined
  /** How it fared where it came from. */
  ledger?: Omit<LedgerRow, 'id' | 'seq'> | undefined
}

/** Returns what is stored under its id from now on, which may be an earlier trajectory. */
export async function insert(
  draft: Draft,
  { trajectory, vectors, status = 'active', onAccept, ledger }: NewTrajectory,
): Promise<Trajectory> {
  const { writer, meta } = draft
  const { id } = trajectory
  const stored = await writer.get('trajectories', id)
  // What a file brought must not keep the owner's own from its id.
  if (stored?.status === 'quarantined' && status !== 'quarantined') await remove(draft, id)
  else if (stored) return checkTrajectoryRow(stored, id).trajectory
  const row: TrajectoryRow = { id, seq: meta.nextSeq++, status, bytes: JSON.stringify(trajectory).length, trajectory }
  if (onAccept) row.onAccept = onAccept
  meta.bytes.trajectories += row.bytes
  if (status === 'pruned') meta.pruned++
  await putLedger(draft, row, ledger ? { ...ledger, id, seq: row.seq } : newLedger(id, row.seq))
  await settle(draft, row, vectors)
  if (trajectory.supersedes !== undefined) await settleAgain(draft, trajectory.supersedes)
  return trajectory
}

/**
 * Writes the row, and brings the rest in line with it: whether it may be retrieved, what it replaces and what replaces it. Where
 * `vectors` are given they are stored, else those that are there stay.
 */
export async function settle(draft: Draft, row: TrajectoryRow, vectors?: TrajectoryVectors): Promise<void> {
  const { writer, embedder } = draft
  const { id, status, trajectory } = row
  const { goal, plan, createdAt, taskId, supersedes, success } = trajectory
  const next: TrajectoryRow = { ...row }
  delete next.supersededBy
  delete next.replaces
  const newer = await superseder(writer, row)
  if (newer !== undefined) next.supersededBy = newer
  if (supersedes !== undefined && supersedes !== id && success && status === 'active') next.replaces = supersedes
  await writer.put('trajectories', next)

  const before = await writer.get('keys', id)
  const active = success && status === 'active' && newer === undefined
  const keys: KeysRow = { id, active, goalKey: keyOf(goal), planKey: keyOf(plan), createdAt }
  if (taskId !== undefined) keys.taskId = taskId
  const source = sourceKeyOf(trajectory.provenance)
  if (source !== undefined) keys.source = source
  if (vectors) {
    keys.vectors = vectors.keys
    keys.embedder = embedder.id
    await writer.put('observations', { id, ...vectors.observations })
    await writer.put('reasonings', { id, ...vectors.reasonings })
  } else if (before?.vectors && before.embedder !== undefined) {
    keys.vectors = before.vectors
    keys.embedder = before.embedder
  }
  await writer.put('keys', keys)
  draft.meta.bytes.vectors += vectorBytes(keys, trajectory.steps.length) - vectorBytes(before, trajectory.steps.length)
  draft.change.rows.set(id, keys)
}

async function settleAgain(draft: Draft, id: string): Promise<void> {
  const row = await soundRow(draft.writer, id)
  if (row) await settle(draft, row)
}

/** The trajectory that replaces this one. Of two that replace each other the newer does. */
async function superseder(reader: StoreReader, { id, trajectory }: TrajectoryRow): Promise<string | undefined> {
  for (const other of await reader.where('supersedes', id, { limit: 8 })) {
    const mutual = trajectory.supersedes === other.id
    if (!mutual || Date.parse(other.trajectory.createdAt) > Date.parse(trajectory.createdAt)) return other.id
  }
  return undefined
}

/** Removes a trajectory with all that lies there for it; `false` where none was stored. */
export async function remove(draft: Draft, id: string): Promise<boolean> {
  const { writer, meta, change } = draft
  const [raw, keys] = [await writer.get('trajectories', id), await writer.get('keys', id)]
  const row = await soundRow(writer, id)
  const steps = (await writer.get('observations', id))?.scales?.length ?? 0
  for (const table of ['trajectories', 'keys', 'observations', 'reasonings', 'ledger'] as const) await writer.delete(table, id)
  // Its episode stays counted, without its text.
  for (const episode of await writer.where('episode', id)) await writer.put('episodes', { ...episode, goal: '' })
  if (raw ?? keys) change.rows.set(id, undefined)
  if (raw) meta.bytes.trajectories -= Number.isFinite(raw.bytes) ? raw.bytes : 0
  if (raw?.status === 'pruned') meta.pruned--
  meta.bytes.vectors -= vectorBytes(keys, steps)
  if (!row) return raw !== undefined
  draft.forgotten.push(...textsOf(row.trajectory))
  if (row.replaces !== undefined) await settleAgain(draft, row.replaces)
  return true
}

/** Empties every table but what the store says of itself, which is the caller's to put right. */
export async function removeEverything(writer: StoreWriter): Promise<void> {
  await Promise.all(TABLES.filter((table) => table !== 'meta').map((table) => writer.clear(table)))
}

/** Gives it another status; counts those that are pruned. */
export async function changeStatus(draft: Draft, row: TrajectoryRow, { status, vectors }: StatusChange): Promise<void> {
  draft.meta.pruned += (status === 'pruned' ? 1 : 0) - (row.status === 'pruned' ? 1 : 0)
  if (row.status === 'quarantined') await putLedger(draft, { ...row, status }, await ledgerOf(draft.writer, row))
  const { onAccept: _, ...rest } = row
  await settle(draft, { ...rest, status }, vectors)
  if (row.trajectory.supersedes !== undefined) await settleAgain(draft, row.trajectory.supersedes)
}

interface StatusChange {
  status: TrajectoryRow['status']
  vectors?: TrajectoryVectors | undefined
}

/**
 * Those in quarantine stand before all others in the order of utility: what nobody has accepted takes nobody's place. What a page
 * may have made the agent record stands before what the owner has imported.
 */
const [UNCONFIRMED, QUARANTINED] = [-2, -1]

/** Writes the counts of the row's trajectory. */
export async function putLedger({ writer }: Draft, { status, trajectory }: TrajectoryRow, ledger: LedgerRow): Promise<void> {
  const { waiting: _, ...counts } = ledger
  if (status !== 'quarantined') return writer.put('ledger', { ...counts, utility: utilityOf(counts) })
  const waiting = isUnconfirmed(trajectory) ? sourceKeyOf(trajectory.provenance) : undefined
  await writer.put('ledger', waiting === undefined ? { ...counts, utility: QUARANTINED } : { ...counts, utility: UNCONFIRMED, waiting })
}

/** Removes those in quarantine, then those of the lowest utility, the oldest first among equals, until at most `limit` are left. */
export async function evict(draft: Draft, limit: number | undefined): Promise<void> {
  const over = limit === undefined ? 0 : (await draft.writer.count('trajectories')) - limit
  if (over <= 0) return
  for (const { id } of await draft.writer.by('utility', { order: 'ascending', limit: over })) {
    await remove(draft, id)
    draft.evicted.push(id)
  }
}

/** `undefined` where nothing is stored, or what is stored cannot be read. */
export async function soundRow(reader: StoreReader, id: string): Promise<TrajectoryRow | undefined> {
  try {
    return checkTrajectoryRow(await reader.get('trajectories', id), id)
  } catch {
    return undefined
  }
}

export async function ledgerOf(reader: StoreReader, { id, seq }: Pick<TrajectoryRow, 'id' | 'seq'>): Promise<LedgerRow> {
  return ledgerRowOf(await reader.get('ledger', id), id, seq)
}

function vectorBytes(keys: KeysRow | undefined, steps: number): number {
  const vectors = keys?.vectors
  return vectors ? (2 + 2 * steps) * (vectors.values.byteLength / 2 + 4) : 0
}
