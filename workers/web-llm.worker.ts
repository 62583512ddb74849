/** Binds the WebLLM service to this worker's port. */
import { deleteChatConfigInCache, deleteModelWasmInCache, MLCEngine, prebuiltAppConfig } from '@mlc-ai/web-llm'
import { createWebLLMService } from '../src/llm/web-llm-service.ts'
import { serve } from '../src/util/worker-rpc/serve.ts'

const createEngine = (config: ConstructorParameters<typeof MLCEngine>[0]): MLCEngine => new MLCEngine(config)
serve(createWebLLMService({ prebuiltAppConfig, createEngine, deleteChatConfigInCache, deleteModelWasmInCache }), self)
