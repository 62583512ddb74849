/** Binds the memory service to this worker's port, and gives it the way to embedders. */
import { cachedEmbedder } from '../src/embedding/cached-embedder.ts'
import { linkedEmbedder } from '../src/embedding/linked-embedder.ts'
import { storedEmbedder } from '../src/embedding/stored-embedder.ts'
import { createMemoryService } from '../src/memory/memory-service.ts'
import { serve } from '../src/util/worker-rpc/serve.ts'

serve(
  createMemoryService({
    createEmbedder(linked, { lasting }) {
      const embedder = linkedEmbedder(linked)
      // To hash a text is faster than to look up what came of it.
      return cachedEmbedder(lasting && linked.link.kind !== 'hash' ? storedEmbedder(embedder) : embedder)
    },
  }),
  self,
)
