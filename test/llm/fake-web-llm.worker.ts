import { createWebLLMService } from '../../src/llm/web-llm-service.ts'
import { serve } from '../../src/util/worker-rpc/serve.ts'
import { fakePackage } from './fake-web-llm.ts'

serve(createWebLLMService(fakePackage, { patience: 300 }), self)
