/** The memory worker where there are no broadcast channels: it hears no notice and sends none. */
import { linkedEmbedder } from '../../src/embedding/linked-embedder.ts'
import { createMemoryService } from '../../src/memory/memory-service.ts'
import { serve } from '../../src/util/worker-rpc/serve.ts'

Reflect.deleteProperty(globalThis, 'BroadcastChannel')
serve(createMemoryService({ createEmbedder: linkedEmbedder }), self)
