/** A worker that embeds through a link, as the memory worker does. */
import type { EmbedderLink } from '../../src/core/embedder.ts'
import { linkedEmbedder } from '../../src/embedding/linked-embedder.ts'
import { serve, type CallContext } from '../../src/util/worker-rpc/serve.ts'
import type { Embedder } from '../../src/core/embedder.ts'

let embedder: Embedder | undefined

const api = {
  link: (options: { id: string; dimensions: number; link: EmbedderLink }): void => {
    embedder = linkedEmbedder(options)
  },
  embed: (texts: readonly string[], { signal }: CallContext): Promise<Float32Array[]> => (embedder as Embedder).embed(texts, { signal }),
}

export type LinkingApi = typeof api
serve(api, self)
