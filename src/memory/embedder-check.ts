/** Vectors of two embedders never meet in one store: the store names the one it keeps to. */
import type { Embedder } from '../core/embedder.ts'
import { RepriseError } from '../core/errors.ts'
import type { Locks } from './locks.ts'
import type { MetaRow, TrajectoryStore } from './store/trajectory-store.ts'

type Named = Pick<Embedder, 'id' | 'dimensions'>

export function sameEmbedder(stored: Named, given: Named): boolean {
  return stored.id === given.id && stored.dimensions === given.dimensions
}

/** Rejects with `embedder-mismatch` where the store keeps to another embedder by now; one without any takes this one. */
export function refuseOtherEmbedder(meta: MetaRow | undefined, given: Named): void {
  if (!meta || isFree(meta) || sameEmbedder(meta.embedder, given)) return
  const { id, dimensions } = meta.embedder
  throw new RepriseError(
    'embedder-mismatch',
    `This memory keeps vectors of the embedder ${id} (${dimensions} numbers), not of ${given.id} (${given.dimensions} numbers). ` +
      `Nothing was touched. Open it with ${id}, or with otherEmbedder: 'rebuild' to embed everything again.`,
  )
}

/** Of a memory that was emptied: whoever writes next decides. */
export const NO_EMBEDDER: Named = { id: '', dimensions: 0 }

function isFree({ embedder }: MetaRow): boolean {
  return sameEmbedder(embedder, NO_EMBEDDER)
}

/** What the store says of itself; of one that is new or was emptied, what it will say. */
export function metaOf(meta: MetaRow | undefined, { id, dimensions }: Named): MetaRow {
  const embedder = { id, dimensions }
  if (meta) return isFree(meta) ? { ...meta, embedder } : meta
  return { id: 'meta', embedder, nextSeq: 1, revision: 0, forgotten: 0, bytes: { trajectories: 0, vectors: 0 }, pruned: 0 }
}

/** What to do with vectors of another embedder: make all of them again, or leave the store alone. */
export type OtherEmbedder = 'rebuild' | 'refuse'

interface Adoption {
  store: TrajectoryStore
  embedder: Named
  locks: Locks
  otherEmbedder: OtherEmbedder
}

/**
 * Makes the store keep to this embedder from now on. Its vectors of another one stay where they are, each with the name of that
 * one, until they have been made again; other handles that still use that one are told so. Errors: `embedder-mismatch`.
 */
export async function adoptEmbedder({ store, embedder, locks, otherEmbedder }: Adoption): Promise<void> {
  const [meta, count] = await store.read(async (reader) => [await reader.get('meta', 'meta'), await reader.count('trajectories')] as const)
  if (!meta || isFree(meta) || sameEmbedder(meta.embedder, embedder)) return
  if (otherEmbedder === 'refuse' && count > 0) refuseOtherEmbedder(meta, embedder)
  const { id, dimensions } = embedder
  await locks.exclusive('write', () =>
    store.write(async (writer) => {
      const current = metaOf(await writer.get('meta', 'meta'), embedder)
      if (sameEmbedder(current.embedder, embedder)) return
      const revision = current.revision + 1
      await writer.put('changes', { id: revision, ids: null })
      await writer.put('meta', { ...current, embedder: { id, dimensions }, revision })
    }),
  )
}
