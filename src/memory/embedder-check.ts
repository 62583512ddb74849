/** Vectors of two embedders never meet in one store: the store names the one it keeps to. */
import type { Embedder } from '../core/embedder.ts'
import { RepriseError } from '../core/errors.ts'
import type { MetaRow } from './store/trajectory-store.ts'

type Named = Pick<Embedder, 'id' | 'dimensions'>

export function sameEmbedder(stored: Named, given: Named): boolean {
  return stored.id === given.id && stored.dimensions === given.dimensions
}

/** Rejects with `embedder-mismatch` where the store keeps to another embedder by now; one without any takes this one. */
export function refuseOtherEmbedder(meta: MetaRow | undefined, given: Named): void {
  if (!meta || sameEmbedder(meta.embedder, given)) return
  const { id, dimensions } = meta.embedder
  throw new RepriseError(
    'embedder-mismatch',
    `This memory keeps vectors of the embedder ${id} (${dimensions} numbers), not of ${given.id} (${given.dimensions} numbers). ` +
      `Nothing was touched. Open it with ${id}, or with otherEmbedder: 'rebuild' to embed everything again.`,
  )
}

/** What the store says of itself; of one that is new, what it will say. */
export function metaOf(meta: MetaRow | undefined, { id, dimensions }: Named): MetaRow {
  return meta ?? { id: 'meta', embedder: { id, dimensions }, nextSeq: 1, revision: 0, forgotten: 0, bytes: { trajectories: 0, vectors: 0 }, pruned: 0 }
}
