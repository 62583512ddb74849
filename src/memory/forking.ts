/** A copy of a whole store under another name. Until it is complete it is marked, and whoever opens it finds it empty. */
import { RepriseError } from '../core/errors.ts'
import { throwIfAborted } from '../util/abort.ts'
import { metaOf, NO_EMBEDDER } from './embedder-check.ts'
import { removeEverything } from './shelf.ts'
import { createLocks, type Locks } from './locks.ts'
import { databaseName } from './store/database-name.ts'
import { TABLES, type MetaRow, type Table, type Tables, type TrajectoryStore } from './store/trajectory-store.ts'

export interface ForkOptions {
  source: TrajectoryStore
  locks: Locks
  name: string
  openStore(name: string): Promise<TrajectoryStore>
  signal: AbortSignal
}

/** Rows copied in one transaction. */
const PAGE = 500
export async function fork({ source, locks, name, openStore, signal }: ForkOptions): Promise<void> {
  const target = await openStore(name)
  try {
    const targetLocks = createLocks(databaseName(name))
    // Neither is written meanwhile, so that the copy shows one state. Two that are forked into each other must not wait for ever.
    const alone = (): Promise<void> => targetLocks.exclusive('write', () => copy({ source, target, name, signal }), { signal })
    await locks.exclusive('write', alone, { signal, timeout: Infinity })
  } finally {
    target.close()
  }
}

/** Empties a store that a fork has left unfinished. The lock on writes is the fork's for as long as it is under way. */
export async function discardUnfinished(store: TrajectoryStore, locks: Locks): Promise<void> {
  if (!(await store.read((reader) => reader.get('meta', 'meta')))?.unfinished) return
  await locks.exclusive('write', async () => {
    const meta = await store.read((reader) => reader.get('meta', 'meta'))
    if (meta?.unfinished) await empty(store, meta)
  })
}

/** Whoever has it open learns of it by a higher number, and reads everything anew. */
async function empty(store: TrajectoryStore, before: MetaRow | undefined, mark?: Pick<MetaRow, 'unfinished'>): Promise<number> {
  const revision = (before?.revision ?? 0) + 1
  await store.write(async (writer) => {
    await removeEverything(writer)
    await writer.put('changes', { id: revision, ids: null })
    await writer.put('meta', { ...metaOf(undefined, NO_EMBEDDER), revision, forgotten: revision - 1, ...mark })
  })
  await store.snapshots.write((writer) => writer.clear('snapshots'))
  return revision
}

interface Copy {
  source: TrajectoryStore
  target: TrajectoryStore
  name: string
  signal: AbortSignal
}

/** Snapshots of the index are not copied, nor the changes that others were told of: those of the copy are its own. */
async function copy({ source, target, name, signal }: Copy): Promise<void> {
  const [before, stored] = await target.read(
    async (reader) => [await reader.get('meta', 'meta'), await reader.count('trajectories')] as const,
  )
  if (stored > 0 && !before?.unfinished)
    throw new RepriseError(
      'invalid-options',
      `fork: the memory "${name}" holds ${stored} trajectories already. Nothing was changed. Give another name, or delete it with deleteMemory().`,
    )
  const meta = await source.read((reader) => reader.get('meta', 'meta'))
  const revision = await empty(target, before, { unfinished: true })
  try {
    for (const table of TABLES) if (table !== 'meta' && table !== 'changes') await copyTable({ source, target, table, signal })
    throwIfAborted(signal)
    const { covered: _, ...whole } = metaOf(meta, NO_EMBEDDER)
    const last = Math.max(revision, whole.revision) + 1
    await target.write(async (writer) => {
      await writer.clear('changes')
      await writer.put('changes', { id: last, ids: null })
      await writer.put('meta', { ...whole, revision: last, forgotten: last - 1 })
    })
  } catch (error) {
    await empty(target, { ...metaOf(undefined, NO_EMBEDDER), revision }).catch(() => {}) // marked as unfinished, it is emptied when it is opened
    throw error
  }
}

async function copyTable<T extends Table>({ source, target, table, signal }: Omit<Copy, 'name'> & { table: T }): Promise<void> {
  let after: Tables[T]['id'] | undefined
  for (let more = true; more;) {
    throwIfAborted(signal)
    const from = after
    const rows = await source.read((reader) => reader.rows(table, { after: from, limit: PAGE }))
    await target.write(async (writer) => void (await Promise.all(rows.map((row) => writer.put(table, row)))))
    after = rows.at(-1)?.id
    more = rows.length === PAGE
  }
}
