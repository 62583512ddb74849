/** Binds the embedding service to this worker's port. */
import { AutoModel, AutoTokenizer, env, FeatureExtractionPipeline, LogLevel } from '@huggingface/transformers'
import { createEmbeddingService } from '../src/embedding/embedding-service.ts'
import { serve } from '../src/util/worker-rpc/serve.ts'

const transformers = { AutoModel, AutoTokenizer, env, FeatureExtractionPipeline, LogLevel }
serve(
  createEmbeddingService(transformers, () => self.close()),
  self,
)
