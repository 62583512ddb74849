/**
 * What this handle holds of the store in RAM (index, caches, who is left out), and how it keeps up with the changes of other
 * handles. The store's revision decides: nothing is returned that was computed before a change which the store already has.
 */
import type { Embedder } from '../core/embedder.ts'
import { changedSince, type Change } from './changes.ts'
import { refuseOtherEmbedder } from './embedder-check.ts'
import type { TrajectoryIndex } from './index/trajectory-index.ts'
import { keysOf } from './rows.ts'
import type { SnapshotStore } from './snapshot-store.ts'
import { createLoader } from './store-loader.ts'
import type { KeysRow, MetaRow, StoreReader, TrajectoryStore } from './store/trajectory-store.ts'
import type { TrajectoryCache } from './trajectory-cache.ts'

export interface StoreView {
  /** Stored but not retrieved, since the record is damaged; with what is wrong. */
  readonly corrupt: ReadonlyMap<string, string>
  /** Left out until their keys and vectors have been made again. */
  readonly stale: ReadonlySet<string>
  /** Takes a trajectory whose record cannot be read out of retrieval. */
  onDamaged(id: string, error: Error): void
  /** Takes one whose vectors cannot be read out of retrieval, until they have been made again. */
  onStale(id: string): void
  /**
   * Takes in what other handles had changed when this was called; `true` where nothing was taken in meanwhile. Costs one small
   * read where nothing changed. Errors: `embedder-mismatch`.
   */
  refresh(): Promise<boolean>
  /** Takes over what this handle has committed, under its number in the store. */
  committed(change: Change, revision: number | undefined): void
  /** Every change up to this one is in the index. */
  revision(): number
  /** How many trajectories were taken in or out since the saved index that it began with, or since it began empty. */
  takenIn(): number
  /** Present while what was stored before is still being read. */
  loading(): { done: number; total: number } | undefined
  /** Resolves when all is read, with the revision of the saved index that it began with, if any; or when it is closed. Never rejects. */
  readonly loaded: Promise<number | undefined>
  /** Ends what it does by itself. */
  close(): void
}

export interface StoreViewOptions {
  store: TrajectoryStore
  snapshots: SnapshotStore
  embedder: Embedder
  index: TrajectoryIndex
  cache: TrajectoryCache
  /** Told of what others changed; `null` where it was too much to tell. */
  onChanged(ids: readonly string[] | null): void
  /** Told when something has become stale. */
  onStale(): void
  /** Told why not all could be read. */
  onFailed(error: unknown): void
}

/**
 * Reads what the first search needs: the saved index, or the first page of keys; the rest follows by itself. Writes nothing.
 * Errors: `embedder-mismatch`.
 */
export async function openStoreView(options: StoreViewOptions): Promise<StoreView> {
  const { store, index, embedder } = options
  const contents = createContents(options)
  const loader = createLoader(options, contents)
  index.hold()
  /** Every change up to this one is in the contents. */
  let seen = await loader.first()
  /** How often changes of others were taken in. */
  let taken = 0
  let catchingUp: Promise<void> | undefined

  const catchUp = async (): Promise<void> => {
    const { revision, changed } = await store.read((reader) => readNews(reader, { seen, embedder }))
    if (revision <= seen) return
    // Where too much was missed, at one stroke: a search meanwhile finds what was there before, not a part of what is there now.
    if (changed) for (const { id, keys } of changed) contents.replace(id, keys)
    else await loader.again()
    // Of what changed since that read, numbers are higher: it is looked at again.
    seen = revision
    taken++
    options.onChanged(changed?.map(({ id }) => id) ?? null)
  }
  const alone = (): Promise<void> => (catchingUp ??= catchUp().finally(() => (catchingUp = undefined)))
  const refresh = async (): Promise<boolean> => {
    const before = taken
    const meta = await store.read((reader) => reader.get('meta', 'meta'))
    refuseOtherEmbedder(meta, embedder)
    // What a fork has copied so far is not there yet.
    const revision = meta && !meta.unfinished ? meta.revision : 0
    if (revision > seen) await alone()
    // One that was under way already may have begun before this change.
    if (revision > seen) await alone()
    return taken === before
  }
  await refresh()
  const closing = new AbortController()
  const rest = loader.rest(closing.signal)
  return {
    ...contents,
    refresh,
    committed(change, revision) {
      // Catching up with others may have brought it along.
      if (revision !== undefined && revision <= seen) return
      contents.apply(change)
      // Where changes of others lie between, they are still to be read.
      if (revision === seen + 1) seen = revision
    },
    revision: () => seen,
    takenIn: contents.takenIn,
    loading: () => loader.progress(),
    loaded: rest.then(() => {
      index.release()
      return loader.restored()
    }),
    close: () => closing.abort(),
  }
}

export interface Contents extends Pick<StoreView, 'corrupt' | 'stale' | 'onDamaged' | 'onStale' | 'takenIn'> {
  apply(change: Change): void
  /** Forgets what was known under the id, and takes in its row where there is one. */
  replace(id: string, row: KeysRow | undefined): void
  /** Takes in rows that were read before, except those that have changed since. */
  load(rows: readonly KeysRow[]): void
  clear(): void
  /** From here on, what changes is remembered, so that `load` does not bring back what was there before. */
  remember(on: boolean): void
}

function createContents({ embedder, index, cache, onStale: wake }: StoreViewOptions): Contents {
  const corrupt = new Map<string, string>()
  const stale = new Set<string>()
  let changed: Set<string> | undefined
  let takenIn = 0

  const onStale = (id: string): void => {
    index.remove(id)
    cache.forget(id)
    if (corrupt.has(id)) return
    stale.add(id)
    wake()
  }
  const admit = (row: KeysRow): void => {
    const keys = keysOf(row, embedder)
    if (keys?.active) index.add(keys)
    else if (!keys) onStale(row.id)
  }
  const replace = (id: string, row: KeysRow | undefined): void => {
    changed?.add(id)
    takenIn++
    corrupt.delete(id)
    stale.delete(id)
    index.remove(id)
    cache.forget(id)
    if (row) admit(row)
  }
  const clear = (): void => {
    for (const all of [corrupt, stale, index, cache]) all.clear()
  }
  return {
    corrupt,
    stale,
    onDamaged(id, error) {
      stale.delete(id)
      corrupt.set(id, error.message)
      index.remove(id)
    },
    onStale,
    replace,
    clear,
    load(rows) {
      takenIn += rows.length
      for (const row of rows) if (!changed?.has(row.id) && !index.has(row.id)) admit(row)
    },
    takenIn: () => takenIn,
    remember: (on) => void (changed = on ? new Set() : undefined),
    apply({ rows, cleared }) {
      if (cleared) clear()
      for (const [id, row] of rows) replace(id, row)
    },
  }
}

interface News {
  revision: number
  /** `undefined` where too much changed to tell. */
  changed: { id: string; keys: KeysRow | undefined }[] | undefined
}

async function readNews(reader: StoreReader, { seen, embedder }: { seen: number; embedder: Embedder }): Promise<News> {
  const meta: MetaRow | undefined = await reader.get('meta', 'meta')
  refuseOtherEmbedder(meta, embedder)
  const revision = meta && !meta.unfinished ? meta.revision : 0
  if (!meta || revision <= seen) return { revision, changed: [] }
  const ids = await changedSince(reader, { meta, revision: seen })
  const changed = ids && (await Promise.all(ids.map(async (id) => ({ id, keys: await reader.get('keys', id) }))))
  return { revision, changed: changed ?? undefined }
}
