/** The memory with the library's own worker, and an embedder where none is given. */
import type { Embedder } from '../core/embedder.ts'
import { RepriseError } from '../core/errors.ts'
import { serveEmbedder } from '../embedding/linked-embedder.ts'
import { connectMemory } from '../memory/memory-client.ts'
import type { OpenMemory } from '../memory/open-memory.ts'
import { transformersEmbedder } from './embedders.ts'
import { assetsOf, workerFactory, type Hosting } from './hosting.ts'

/** What `openMemory` takes. */
export interface OpenMemoryOptions extends Hosting {
  /** Memories of one origin are told apart by it; 1 to 200 characters. */
  name: string
  /** What makes vectors of texts; `transformersEmbedder()` by default, which downloads its weights. A store keeps to one embedder. One that is given stays the caller's to close. */
  embedder?: Embedder
  /** `'auto'` (default) searches exactly while the store is small, then by HNSW where the page's policy allows it. */
  index?: 'auto' | 'exact' | 'hnsw'
  /** `'indexeddb'` (default), or `'memory'`, which keeps nothing beyond the page's life. */
  storage?: 'indexeddb' | 'memory'
}

/**
 * Opens a memory, made when it is not there yet. It lives in a worker; what it has acknowledged survives reload and restart.
 * Errors: `invalid-options`; `memory-blocked` (no IndexedDB, or a newer version's store); `embedder-mismatch` (the store holds
 * vectors of another embedder); `memory-quota`; `worker-lost`.
 *
 * @example
 * const memory = await openMemory({ name: 'support', embedder: hashEmbedder() })
 */
export async function openMemory(options: OpenMemoryOptions): Promise<OpenMemory> {
  if (typeof options !== 'object' || options === null)
    throw new RepriseError('invalid-options', 'openMemory options: the value must be an object with a name.')
  const { createWorker: _createWorker, assetBase: _assetBase, embedder, ...rest } = options
  const createWorker = workerFactory(options, 'reprise memory', assetsOf(options).memoryWorker)
  if (embedder !== undefined) return connectMemory({ ...rest, embedder, serveEmbedder, createWorker })

  const own = transformersEmbedder(hostingOf(options))
  try {
    const memory = await connectMemory({ ...rest, embedder: own, serveEmbedder, createWorker })
    return { ...memory, close: () => memory.close().finally(own.close) }
  } catch (error) {
    own.close()
    throw error
  }
}

function hostingOf({ assetBase }: Hosting): Hosting {
  return assetBase === undefined ? {} : { assetBase }
}
