/** An embedder as it fails: whatever it throws, its caller learns what happened, what was kept and what to do. */
import type { Embedder } from '../core/embedder.ts'
import { isRepriseError, RepriseError } from '../core/errors.ts'
import { sentence } from './sentence.ts'

/** What the embedder returns, unchecked. Errors: those of the library as they are, anything else as `embedder-failed`. */
export async function askEmbedder(embedder: Embedder, ...[texts, options]: Parameters<Embedder['embed']>): Promise<Float32Array[]> {
  try {
    return await embedder.embed(texts, options)
  } catch (error) {
    if (isRepriseError(error)) throw error
    throw new RepriseError(
      'embedder-failed',
      `The embedder ${embedder.id} failed: ${sentence(error)} Nothing was stored. Try again; if it fails every time, it has to be repaired where it was made.`,
      { cause: error },
    )
  }
}
