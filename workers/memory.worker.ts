/** Binds the memory service to this worker's port, and gives it the way to embedders. */
import { cachedEmbedder } from '../src/embedding/cached-embedder.ts'
import { linkedEmbedder } from '../src/embedding/linked-embedder.ts'
import { createMemoryService } from '../src/memory/memory-service.ts'
import { serve } from '../src/util/worker-rpc/serve.ts'

serve(createMemoryService({ createEmbedder: (embedder) => cachedEmbedder(linkedEmbedder(embedder)) }), self)
