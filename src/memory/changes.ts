/**
 * The store's own account of what changed. Each change of what can be retrieved gets a number, written with it in one
 * transaction, so that whoever has the memory open elsewhere, or saved an index earlier, learns where to look again.
 */
import type { KeysRow, MetaRow, StoreReader, StoreWriter } from './store/trajectory-store.ts'

/** What a transaction did to what can be retrieved. */
export interface Change {
  /** By id the keys as they are now; `undefined` where it was deleted. */
  rows: Map<string, KeysRow | undefined>
  /** Everything that was there before is gone. */
  cleared: boolean
}

export function noChange(): Change {
  return { rows: new Map(), cleared: false }
}

/** Changes remembered for other handles, and at most for the saved index. */
const REMEMBERED = 1_000
const REMEMBERED_FOR_INDEX = 20_000
/** So many are forgotten at once. */
const FORGOTTEN_AT_ONCE = 64

/** Writes down the change and returns the meta row under its number; as it was where nothing changed. */
export async function noteChange(writer: StoreWriter, { rows, cleared }: Change, meta: MetaRow): Promise<MetaRow> {
  const ids = Array.from(rows.keys())
  if (ids.length === 0 && !cleared) return meta
  const revision = meta.revision + 1
  await writer.put('changes', { id: revision, ids: cleared ? null : ids })
  const needed = Math.max(Math.min(revision - REMEMBERED, meta.covered ?? Infinity), revision - REMEMBERED_FOR_INDEX)
  if (needed - meta.forgotten < FORGOTTEN_AT_ONCE) return { ...meta, revision }
  await writer.deleteUpTo('changes', needed)
  return { ...meta, revision, forgotten: needed }
}

/** The ids that later changes than `revision` touched, or `null` where that is too much to tell. */
export async function changedSince(reader: StoreReader, { meta, revision }: { meta: MetaRow; revision: number }): Promise<string[] | null> {
  if (revision < meta.forgotten) return null
  const rows = await reader.rows('changes', { after: revision, limit: REMEMBERED_FOR_INDEX + FORGOTTEN_AT_ONCE })
  // One for each number: a gap would be a change that nobody knows of any more.
  if (rows.length !== meta.revision - revision) return null
  const ids = new Set<string>()
  for (const row of rows) {
    if (!row.ids) return null
    for (const id of row.ids) ids.add(id)
  }
  return Array.from(ids)
}
