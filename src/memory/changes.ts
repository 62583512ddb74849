/**
 * The store's own account of what changed last. Each change of what can be retrieved gets a number, written with it in one
 * transaction, so that whoever has the memory open elsewhere learns from one small row whether, and where, to look again.
 */
import type { Embedder } from '../core/embedder.ts'
import type { Change } from './store-view.ts'
import type { MetaRow, StoreWriter } from './store/trajectory-store.ts'

/** Ids remembered in all. Who has missed more reads everything again. */
const REMEMBERED = 100

/** Writes down what the transaction changed, and returns the change's number; `undefined` where it changed nothing. */
export async function noteChange(
  writer: StoreWriter,
  { stored, pruned = [], deleted, cleared }: Change,
  { id, dimensions }: Embedder,
): Promise<number | undefined> {
  const ids = [...(stored ? [stored.id] : []), ...pruned, ...(deleted === undefined ? [] : [deleted])]
  const meta = await writer.get('meta', 'meta')
  if (ids.length === 0 && !(cleared && meta)) return undefined
  const revision = revisionOf(meta) + 1
  const changes = cleared ? [] : shortened([...(meta?.changes ?? []), { revision, ids }])
  await writer.put('meta', { id: 'meta', embedder: { id, dimensions }, nextSeq: 1, ...meta, revision, changes })
  return revision
}

function shortened(changes: readonly NotedChange[]): NotedChange[] {
  let total = 0
  const kept = changes.toReversed().findIndex(({ ids }) => (total += ids.length) > REMEMBERED)
  return kept === -1 ? changes.slice() : changes.slice(changes.length - kept)
}

type NotedChange = NonNullable<MetaRow['changes']>[number]

/** Of a store that holds nothing yet: 0. */
export function revisionOf(meta: MetaRow | undefined): number {
  return meta?.revision ?? 0
}

/** The ids that later changes than `revision` touched, or `undefined` where not all of them are remembered. */
export function changedSince({ changes = [] }: MetaRow, revision: number): string[] | undefined {
  const first = changes[0]
  if (!first || first.revision > revision + 1) return undefined
  return Array.from(new Set(changes.filter((change) => change.revision > revision).flatMap(({ ids }) => ids)))
}
