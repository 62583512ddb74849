/**
 * From version 1 of the layout to version 2, within the transaction of the upgrade: a crash in the middle leaves version 1.
 * No more than a few rows are held at once. Records that are damaged are kept as they are; what can be computed is left out where
 * it is not sound, and made again later.
 */
import type { IDBPObjectStore, IDBPTransaction } from 'idb'
import { createTables, type Database, type Transaction } from './idb-schema.ts'
import { convertEpisode, convertTrajectory, embedderOf, type OldMeta, type OldRow } from './rows-of-version-1.ts'
import type { MetaRow } from './trajectory-store.ts'

/** @param onProgress called after every few rows; what it throws ends the migration. */
export async function migrateFrom1(db: Database, transaction: Transaction<'versionchange'>, onProgress: () => void): Promise<void> {
  const stores = layOut(db, transaction)
  const meta = (await stores.meta.get('meta')) as OldMeta | undefined
  const totals: Totals = { lastSeq: 0, bytes: { trajectories: 0, vectors: 0 }, pruned: 0 }
  await migrateTrajectories(stores, { meta, totals, onProgress })
  await migrateEpisodes(stores, { totals, onProgress })
  for (const name of OLD) db.deleteObjectStore(name as never)
  const row = metaOf(meta, totals)
  if (row) await stores.meta.put(row)
}

/** Tables of version 1 that are replaced whole; under these names while they are read. */
const OLD = ['keys of 1', 'ledger of 1', 'stepVectors'] as const
/** Rows read at once. */
const PAGE = 16

/** An object store whose rows may be anything. */
type Loose = IDBPObjectStore<unknown, string[], string, 'versionchange'>
type Name = 'trajectories' | 'keys' | 'observations' | 'reasonings' | 'ledger' | 'episodes' | 'meta' | 'oldKeys' | 'oldLedger' | 'oldSteps'
type Stores = Record<Name, Loose>

interface Totals {
  /** The highest number given to a trajectory or an episode. */
  lastSeq: number
  bytes: MetaRow['bytes']
  pruned: number
}

interface Migration {
  meta: OldMeta | undefined
  totals: Totals
  onProgress(): void
}

function layOut(db: Database, transaction: Transaction<'versionchange'>): Stores {
  const store = (name: string): Loose => (transaction as unknown as IDBPTransaction<unknown, string[], 'versionchange'>).objectStore(name)
  const renamed = (from: string, to: (typeof OLD)[number]): Loose => {
    const old = store(from)
    old.name = to
    return old
  }
  const old = { oldKeys: renamed('keys', 'keys of 1'), oldLedger: renamed('ledger', 'ledger of 1'), oldSteps: store('stepVectors') }
  createTables(db, transaction)
  const made = ['trajectories', 'keys', 'observations', 'reasonings', 'ledger', 'episodes', 'meta'] as const
  return { ...old, ...(Object.fromEntries(made.map((name) => [name, store(name)])) as Record<(typeof made)[number], Loose>) }
}

async function migrateTrajectories(stores: Stores, { meta, totals, onProgress }: Migration): Promise<void> {
  const embedder = embedderOf(meta)
  await eachRow(stores.trajectories, onProgress, async (row) => {
    const [keys, steps, ledger] = await Promise.all([stores.oldKeys.get(row.id), stores.oldSteps.get(row.id), stores.oldLedger.get(row.id)])
    const { tables, bytes } = convertTrajectory({ row, keys, steps, ledger }, embedder)
    await Promise.all(Object.entries(tables).map(([name, converted]) => stores[name as Name].put(converted)))
    totals.lastSeq = Math.max(totals.lastSeq, tables.ledger.seq)
    totals.bytes.trajectories += bytes.trajectories
    totals.bytes.vectors += bytes.vectors
    if (row['status'] === 'pruned') totals.pruned++
  })
}

async function migrateEpisodes(stores: Stores, { totals, onProgress }: Omit<Migration, 'meta'>): Promise<void> {
  await eachRow(stores.episodes, onProgress, async (row) => {
    const id = row['trajectoryId']
    const stored = typeof id === 'string' ? ((await stores.trajectories.get(id)) as OldRow | undefined) : undefined
    const converted = convertEpisode(row, stored?.['trajectory'])
    await (converted ? stores.episodes.put(converted) : stores.episodes.delete(row.id))
    if (typeof row.id === 'number') totals.lastSeq = Math.max(totals.lastSeq, row.id)
  })
}

async function eachRow(store: Loose, onPage: () => void, convert: (row: OldRow) => Promise<void>): Promise<void> {
  let page = (await store.getAll(null, PAGE)) as OldRow[]
  while (page.length > 0) {
    await Promise.all(page.map(convert))
    onPage()
    page = (await store.getAll(IDBKeyRange.lowerBound(page.at(-1)?.id, true), PAGE)) as OldRow[]
  }
}

/** `undefined` where nothing is stored. */
function metaOf(meta: OldMeta | undefined, { lastSeq, ...sums }: Totals): MetaRow | undefined {
  if (!meta && lastSeq === 0) return undefined
  const revision = naturalOf(meta?.revision)
  const nextSeq = Math.max(naturalOf(meta?.nextSeq), lastSeq + 1)
  // Of no embedder where that is not known, so that nothing is taken for vectors of the one in use.
  return { id: 'meta', embedder: embedderOf(meta) ?? { id: '', dimensions: 0 }, nextSeq, revision, forgotten: revision, ...sums }
}

function naturalOf(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0
}
