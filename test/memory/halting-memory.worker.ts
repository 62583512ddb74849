/** The memory worker, but for one method: it says that it was called, and never answers. Its name says which, and what it does before. */
import { linkedEmbedder } from '../../src/embedding/linked-embedder.ts'
import { createMemoryService, type MemoryApi } from '../../src/memory/memory-service.ts'
import { serve, type CallContext } from '../../src/util/worker-rpc/serve.ts'

const [how, method] = self.name.split(':') as ['before' | 'after' | 'close' | 'throw', keyof MemoryApi]
const service = createMemoryService({ createEmbedder: linkedEmbedder })
const channel = new BroadcastChannel(self.name)

const halting = async (input: never, context: CallContext): Promise<never> => {
  if (how === 'after') await service[method](input, context)
  if (how === 'close') self.close()
  if (how === 'throw')
    setTimeout(() => {
      throw new Error('outside of any call')
    })
  channel.postMessage(null)
  return new Promise(() => {})
}

serve({ ...service, [method]: halting }, self)
