/** What page and WebLLM worker say to each other beside the generation itself. */
import type { CallContext } from '../util/worker-rpc/serve.ts'
import type { GenerationApi } from './worker-generation.ts'
import type { WebLLMAppConfig } from './web-llm-config.ts'

/** How far a model is loaded. */
export interface WebLLMProgress {
  /** `download`: weights come from their server; `load`: they go to the GPU; `compile`: its programs are made ready. */
  stage: 'download' | 'load' | 'compile'
  /** 0 to 1, of this stage. */
  ratio: number
  /** Bytes of this stage so far, to the MiB; `null` where the package does not tell. */
  loaded: number | null
  /** Bytes of this stage in all, worked out from the two; `null` before there is something to work it out from. */
  total: number | null
  /** The package's own words. */
  text: string
}

export interface WebLLMLoadInput {
  id: string
  appConfig: WebLLMAppConfig
}

export type LoadOutcome = { kind: 'loaded' } | { kind: 'lost'; why: string }

/** A worker loads once. */
export type WebLLMApi = GenerationApi & {
  /** Emits `WebLLMProgress`. */
  load(input: WebLLMLoadInput, context: CallContext): Promise<LoadOutcome>
}
