/** One call of an embedder that may be anybody's: it fails with codes of the library, and what it returns is looked at. */
import type { Embedder } from '../core/embedder.ts'
import { isRepriseError, RepriseError } from '../core/errors.ts'
import { checkVectors } from '../util/vectors.ts'

/**
 * A vector for each text, as copies.
 * Errors: those of `embedder`; `embedder-failed` where it threw something else, or returned vectors of the wrong number,
 * length or norm.
 */
export async function embedChecked(
  embedder: Embedder,
  texts: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Map<string, Float32Array<ArrayBuffer>>> {
  const { id, dimensions } = embedder
  const vectors: unknown = await embedGuarded(embedder, texts, signal)
  checkVectors(vectors, { id, count: texts.length, dimensions })
  // Copies: a vector may be a view into a whole batch, or be changed by whoever made it.
  return new Map(texts.map((text, i) => [text, new Float32Array(vectors[i] as Float32Array)]))
}

async function embedGuarded(embedder: Embedder, texts: readonly string[], signal: AbortSignal | undefined): Promise<unknown> {
  try {
    return await embedder.embed(texts, signal ? { signal } : {})
  } catch (error) {
    if (isRepriseError(error)) throw error
    throw new RepriseError('embedder-failed', `The embedder ${embedder.id} failed: ${String(error)}. Nothing was stored.`, { cause: error })
  }
}
