/** Vectors of two embedders never meet in one store. */
import type { Embedder } from '../core/embedder.ts'
import { RepriseError } from '../core/errors.ts'
import type { MetaRow, StoreReader } from './store/trajectory-store.ts'

/** Rejects with `embedder-mismatch` where the store holds vectors of another embedder; one without vectors takes any. */
export async function refuseOtherEmbedder(reader: StoreReader, meta: MetaRow | undefined, embedder: Embedder): Promise<void> {
  if (meta && !sameEmbedder(meta.embedder, embedder) && (await reader.count('keys')) > 0) throw mismatch(meta.embedder, embedder)
}

type Named = Pick<Embedder, 'id' | 'dimensions'>

function sameEmbedder(stored: Named, given: Named): boolean {
  return stored.id === given.id && stored.dimensions === given.dimensions
}

function mismatch(stored: Named, given: Named): RepriseError {
  return new RepriseError(
    'embedder-mismatch',
    `This memory holds vectors of the embedder ${stored.id} (${stored.dimensions} numbers), but was opened with ${given.id} ` +
      `(${given.dimensions} numbers). Nothing was touched. Open it with ${stored.id}, open a memory of another name, or delete this one with deleteMemory().`,
  )
}
