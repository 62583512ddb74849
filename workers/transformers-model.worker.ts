/** Binds the text generation of transformers.js to this worker's port. */
import {
  AutoModelForCausalLM,
  AutoTokenizer,
  env,
  InterruptableStoppingCriteria,
  LogLevel,
  random,
  TextStreamer,
} from '@huggingface/transformers'
import { createTransformersService } from '../src/llm/transformers-service.ts'
import { serve } from '../src/util/worker-rpc/serve.ts'

serve(
  createTransformersService({ AutoModelForCausalLM, AutoTokenizer, env, InterruptableStoppingCriteria, LogLevel, random, TextStreamer }),
  self,
)
