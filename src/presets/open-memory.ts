/** The memory with the library's own worker, and an embedder where none is given. */
import type { Embedder } from '../core/embedder.ts'
import { isRepriseError, RepriseError } from '../core/errors.ts'
import type { ConnectMemoryOptions } from '../memory/memory-client.ts'
import type { OpenMemory } from '../memory/open-memory.ts'
import { transformersEmbedder } from './embedders.ts'
import { assetsOf, workerFactory, type Hosting } from './hosting.ts'
import { loadMemoryClient } from './lazy.ts'

/** What `openMemory` takes. */
export interface OpenMemoryOptions extends Hosting {
  /** Memories of one origin are told apart by it; 1 to 200 characters. */
  name: string
  /** What makes vectors of texts; `transformersEmbedder()` by default, which downloads its weights. One that is given stays the caller's to close. */
  embedder?: Embedder
  /** `'auto'` (default) searches exactly while the store is small, then by HNSW where the page's policy allows it. */
  index?: 'auto' | 'exact' | 'hnsw'
  /** `'indexeddb'` (default), or `'memory'`, which keeps nothing beyond the page's life, and loses all where its worker dies. */
  storage?: 'indexeddb' | 'memory'
  /**
   * Trajectories kept, 1 or more; any number by default. Where one is stored beyond it, those of the lowest utility are deleted, the
   * older first among equals; the event `evicted` names them.
   */
  maxTrajectories?: number
  /**
   * A store holds the vectors of one embedder. Where it was filled with another one, `'rebuild'` (default) makes them all again in
   * the background, from the stored texts: until that is done a search finds what is done already. `'refuse'` rejects with
   * `embedder-mismatch`, and changes nothing.
   */
  otherEmbedder?: 'rebuild' | 'refuse'
  /**
   * Ask the browser, once per page and when something is first stored, to keep it even when space runs out (default `true`). Some
   * browsers then ask their user. The answer is in `stats()`. `false` leaves the asking to the page.
   */
  persist?: boolean
}

/**
 * Opens a memory, made when it is not there yet. It lives in a worker; what it has acknowledged survives reload and restart.
 * A worker that dies is replaced by itself.
 * Errors: `invalid-options`; `memory-blocked` (no IndexedDB, or a newer version's store); `embedder-mismatch` (only with
 * `otherEmbedder: 'refuse'`); `memory-quota`; `worker-lost` (the worker, or the part of this library that talks to it, did not load).
 *
 * @example
 * const memory = await openMemory({ name: 'support', embedder: hashEmbedder() })
 */
export async function openMemory(options: OpenMemoryOptions): Promise<OpenMemory> {
  if (typeof options !== 'object' || options === null)
    throw new RepriseError('invalid-options', 'openMemory options: the value must be an object with a name.')
  const { createWorker: _createWorker, assetBase: _assetBase, embedder, ...rest } = options
  const createWorker = workerFactory(options, 'reprise memory', assetsOf(options).memoryWorker)
  const connect = async (used: Embedder): Promise<OpenMemory> => {
    const { connectMemory, serveEmbedder } = await loadClient()
    return connectMemory({ ...rest, embedder: used, serveEmbedder, createWorker } satisfies ConnectMemoryOptions)
  }
  if (embedder !== undefined) return connect(embedder)

  const own = transformersEmbedder(hostingOf(options))
  try {
    const memory = await connect(own)
    return { ...memory, close: () => memory.close().finally(own.close) }
  } catch (error) {
    own.close()
    throw error
  }
}

async function loadClient(): ReturnType<typeof loadMemoryClient> {
  try {
    return await loadMemoryClient()
  } catch (error) {
    if (isRepriseError(error)) throw error
    const message = `The part that opens memories could not be loaded: ${String(error)} Nothing was changed. Try again when the page's server can be reached.`
    throw new RepriseError('worker-lost', message, { cause: error })
  }
}

function hostingOf({ assetBase }: Hosting): Hosting {
  return assetBase === undefined ? {} : { assetBase }
}
