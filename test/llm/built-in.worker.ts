import { createBuiltInModel } from '../../src/llm/built-in-model.ts'
import { toWire } from '../../src/util/worker-rpc/wire.ts'

createBuiltInModel()
  .generate({ messages: [{ role: 'user', content: 'Hello' }] })
  .catch((error: unknown) => {
    const { code, message } = toWire(error)
    self.postMessage({ code, message })
  })
