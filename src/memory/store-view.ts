/**
 * What this handle holds of the store in RAM (index, caches, who is left out), and how it keeps up with the changes of other
 * handles. The store's revision decides: nothing is returned that was computed before a change which the store already has.
 */
import type { Embedder } from '../core/embedder.ts'
import { changedSince, revisionOf } from './changes.ts'
import { refuseOtherEmbedder } from './embedder-check.ts'
import type { TrajectoryIndex } from './index/trajectory-index.ts'
import { checkKeysRow } from './rows.ts'
import type { KeysRow, StoreReader, TrajectoryStore } from './store/trajectory-store.ts'
import type { TrajectoryCache } from './trajectory-cache.ts'

export interface StoreView {
  /** Stored but not retrieved: pruned ones, and damaged ones with what is wrong. */
  readonly pruned: ReadonlySet<string>
  readonly corrupt: ReadonlyMap<string, string>
  /** Takes a trajectory that cannot be read out of retrieval. */
  onDamaged(id: string, error: Error): void
  /**
   * Takes in what other handles had changed when this was called; `true` where nothing was taken in meanwhile. Costs one small
   * read where nothing changed. Errors: `embedder-mismatch`.
   */
  refresh(): Promise<boolean>
  /** Takes over what this handle has committed, under its number in the store. */
  committed(change: Change, revision: number | undefined): void
}

/** What one transaction did to what can be retrieved. */
export interface Change {
  stored?: KeysRow | undefined
  pruned?: readonly string[]
  deleted?: string
  cleared?: true
}

export interface StoreViewOptions {
  store: TrajectoryStore
  embedder: Embedder
  index: TrajectoryIndex
  cache: TrajectoryCache
}

/** Rows of keys read at once. */
const PAGE = 500

/** Reads the keys of all that can be retrieved. Writes nothing. Errors: `embedder-mismatch`. */
export async function openStoreView(options: StoreViewOptions): Promise<StoreView> {
  const { store, embedder } = options
  const contents = createContents(options)
  /** Every change up to this one is in the contents. */
  let seen = -1
  /** How often changes of others were taken in. */
  let taken = 0
  let catchingUp: Promise<void> | undefined

  const catchUp = async (): Promise<void> => {
    const { revision, changed } = await store.read((reader) => readNews(reader, { seen, embedder }))
    if (revision <= seen) return
    if (changed) for (const { id, keys } of changed) contents.replace(id, keys)
    else if (seen < 0) for await (const page of pagesOf(store)) contents.replaceAll(page)
    else {
      // At one stroke: a search meanwhile finds what was there before, not a part of what is there now.
      const rows: KeysRow[] = []
      for await (const page of pagesOf(store)) rows.push(...page)
      contents.apply({ cleared: true })
      contents.replaceAll(rows)
    }
    // Of what changed since that read, numbers are higher: it is looked at again.
    seen = revision
    taken++
  }
  const alone = (): Promise<void> => (catchingUp ??= catchUp().finally(() => (catchingUp = undefined)))

  await catchUp()
  return {
    ...contents,
    async refresh() {
      const before = taken
      const revision = revisionOf(await store.read((reader) => reader.get('meta', 'meta')))
      if (revision > seen) await alone()
      // One that was under way already may have begun before this change.
      if (revision > seen) await alone()
      return taken === before
    },
    committed(change, revision) {
      // Catching up with others may have brought it along.
      if (revision !== undefined && revision <= seen) return
      contents.apply(change)
      // Where changes of others lie between, they are still to be read.
      if (revision === seen + 1) seen = revision
    },
  }
}

interface Contents extends Pick<StoreView, 'pruned' | 'corrupt' | 'onDamaged'> {
  apply(change: Change): void
  /** Forgets what was known under the id, and takes in its row where there is one. */
  replace(id: string, row: KeysRow | undefined): void
  replaceAll(rows: readonly KeysRow[]): void
}

function createContents({ embedder, index, cache }: StoreViewOptions): Contents {
  const pruned = new Set<string>()
  const corrupt = new Map<string, string>()

  const onDamaged = (id: string, error: Error): void => {
    corrupt.set(id, error.message)
    index.remove(id)
  }
  const admit = (row: KeysRow): void => {
    try {
      const keys = checkKeysRow(row, row.id, embedder.dimensions)
      if (keys.active) index.add(keys)
      else pruned.add(keys.id)
    } catch (error) {
      onDamaged(row.id, error as Error)
    }
  }
  const replace = (id: string, row: KeysRow | undefined): void => {
    for (const ids of [corrupt, pruned]) ids.delete(id)
    index.remove(id)
    cache.forget(id)
    if (row) admit(row)
  }
  return {
    pruned,
    corrupt,
    onDamaged,
    replace,
    replaceAll: (rows) => rows.forEach((row) => replace(row.id, row)),
    apply({ stored, pruned: ids = [], deleted, cleared }) {
      if (cleared) for (const all of [corrupt, pruned, index, cache]) all.clear()
      if (deleted !== undefined) replace(deleted, undefined)
      if (stored) replace(stored.id, stored)
      for (const id of ids) {
        index.remove(id)
        pruned.add(id)
      }
    },
  }
}

interface News {
  revision: number
  /** `undefined` where too much changed to tell. */
  changed: { id: string; keys: KeysRow | undefined }[] | undefined
}

async function readNews(reader: StoreReader, { seen, embedder }: { seen: number; embedder: Embedder }): Promise<News> {
  const meta = await reader.get('meta', 'meta')
  await refuseOtherEmbedder(reader, meta, embedder)
  const ids = meta && changedSince(meta, seen)
  const changed = ids && (await Promise.all(ids.map(async (id) => ({ id, keys: await reader.get('keys', id) }))))
  return { revision: revisionOf(meta), changed }
}

async function* pagesOf(store: TrajectoryStore): AsyncGenerator<KeysRow[], void, undefined> {
  let after: string | undefined
  for (let more = true; more;) {
    const from = after
    const rows = await store.read((reader) => reader.rows('keys', { after: from, limit: PAGE }))
    yield rows
    after = rows.at(-1)?.id
    more = rows.length === PAGE
  }
}
