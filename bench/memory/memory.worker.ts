/**
 * The library's memory worker but for its embedder, which costs nothing here: texts name their vectors. Named `parts` it also keeps
 * what each retrieval spent on what; a broadcast of `take` fetches it.
 */
import { createMemoryService } from '../../src/memory/memory-service.ts'
import { serve } from '../../src/util/worker-rpc/serve.ts'
import { watchParts, watchWasm } from './parts.ts'
import { createVectors, DIMENSIONS, EMBEDDER_ID } from './vectors.ts'

const vectorOf = createVectors()
const service = createMemoryService({
  createEmbedder: () => ({ id: EMBEDDER_ID, dimensions: DIMENSIONS, embed: async (texts) => texts.map(vectorOf) }),
})
const wasmBytes = watchWasm()
const parts = self.name === 'parts' ? watchParts() : undefined

serve(parts ? { ...service, retrieve: parts.timed(service.retrieve) } : service, self)

const channel = new BroadcastChannel('bench-memory')
channel.onmessage = ({ data }) => {
  if (data === 'take') channel.postMessage({ calls: parts?.take() ?? [], wasmBytes: wasmBytes() })
}
