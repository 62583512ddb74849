/**
 * Where trajectories wait that hold text of a page and are successes by the agent's word alone. They are stored and listed, never
 * retrieved, until somebody confirms them; and a page that makes many takes no room from what is confirmed.
 */
import type { Trajectory } from '../core/trajectory.ts'
import { creditOwed } from './booking.ts'
import type { TrajectoryVectors } from './embed-texts.ts'
import { isUnconfirmed, sourceKeyOf } from './page-text.ts'
import { changeStatus, insert, remove } from './shelf.ts'
import type { LedgerRow, StoreReader, TrajectoryRow } from './store/trajectory-store.ts'
import type { Draft } from './transactions.ts'

/** Unconfirmed trajectories kept of one source, and of all together, since a site can make up sources. The oldest go first. */
export const WAITING = { ofOneSource: 100, inAll: 1_000 } as const
/** Rows of the ledger read at once. */
const PAGE = 128

/**
 * Stores it as its provenance allows: retrievable, or waiting. Returns what is stored under its id from now on, which may be an
 * earlier trajectory.
 */
export async function admit(draft: Draft, added: { trajectory: Trajectory; vectors: TrajectoryVectors | undefined }): Promise<Trajectory> {
  const { trajectory } = added
  if (!isUnconfirmed(trajectory)) return insert(draft, added)
  const stored = await insert(draft, { trajectory, vectors: undefined, status: 'quarantined' })
  await makeRoom(draft, sourceKeyOf(trajectory.provenance))
  return stored
}

/**
 * Takes one out of quarantine: its owner has accepted it. One that waited to be confirmed says from now on that a user did so, and
 * what its episode was shown is credited.
 */
export async function release(draft: Draft, row: TrajectoryRow, { status, vectors }: Release): Promise<void> {
  if (!isUnconfirmed(row.trajectory)) return changeStatus(draft, row, { status, vectors })
  const { trajectory } = row
  const confirmed: Trajectory = { ...trajectory, provenance: { ...trajectory.provenance, rewardSource: 'user' } }
  const bytes = JSON.stringify(confirmed).length
  draft.meta.bytes.trajectories += bytes - row.bytes
  await changeStatus(draft, { ...row, trajectory: confirmed, bytes }, { status, vectors })
  await creditOwed(draft, row.id)
}

interface Release {
  status: TrajectoryRow['status']
  vectors: TrajectoryVectors | undefined
}

async function makeRoom(draft: Draft, source: string | undefined): Promise<void> {
  const waiting = await allWaiting(draft.writer)
  const same = waiting.filter((row) => row.waiting === source)
  const gone = new Set(same.slice(0, Math.max(0, same.length - WAITING.ofOneSource)))
  const left = waiting.filter((row) => !gone.has(row))
  for (const row of left.slice(0, Math.max(0, left.length - WAITING.inAll))) gone.add(row)
  for (const { id } of gone) {
    await remove(draft, id)
    draft.evicted.push(id)
  }
}

/** They stand first in the order of utility, the oldest before the others, and are never many more than may wait in all. */
async function allWaiting(reader: StoreReader): Promise<LedgerRow[]> {
  const waiting: LedgerRow[] = []
  for (;;) {
    const last = waiting.at(-1)
    const page = await reader.by('utility', { from: last && [last.utility, last.seq], order: 'ascending', limit: PAGE })
    waiting.push(...page.filter((row) => row.waiting !== undefined))
    if (page.length < PAGE || page.at(-1)?.waiting === undefined) return waiting
  }
}
