import { createWebLLMService } from '../../src/llm/web-llm-service.ts'
import { serve } from '../../src/util/worker-rpc/serve.ts'
import { fakePackage } from './fake-web-llm.ts'

// A browser with WebGPU, and no graphics adapter that it may use.
serve(createWebLLMService(fakePackage, { gpu: { requestAdapter: async () => null } }), self)
