/** A worker that embeds through the stored embeddings of its origin, and says what it had to ask for. */
import { hashEmbedder } from '../../src/embedding/hash-embedder.ts'
import { storedEmbedder, type StoredEmbedder, type StoredEmbedderOptions } from '../../src/embedding/stored-embedder.ts'
import { serve } from '../../src/util/worker-rpc/serve.ts'
import { recorded } from './recorded-embedder.ts'

const inner = recorded(hashEmbedder({ dimensions: 64 }))
let stored: StoredEmbedder | undefined

const api = {
  open: (options: StoredEmbedderOptions): void => void (stored = storedEmbedder(inner, options)),
  embed: (texts: readonly string[]): Promise<Float32Array[]> => (stored as StoredEmbedder).embed(texts),
  idle: (): Promise<void> => (stored as StoredEmbedder).idle(),
  forget: (texts: readonly string[] | null): Promise<void> => (stored as StoredEmbedder).forget(texts),
  asked: (): string[] => inner.batches.flat(),
}

export type StoringApi = typeof api
serve(api, self)
