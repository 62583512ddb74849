/** `reprise/models`: language models from elsewhere. */
import type { LanguageModel } from '../core/model.ts'
import { createRemoteModel } from '../llm/remote-model.ts'
import type { RemoteModelOptions } from '../llm/remote-options.ts'
import { loadAiSdk } from './lazy.ts'

export type { RemoteModelOptions }
export type { GenerateRequest, Generation, LanguageModel, Message, ToolCall, ToolSpec, Usage } from '../core/model.ts'

/**
 * A model behind an API: `'openai/gpt-5-mini'`, or `'openai-compatible/<model>'` with its `baseURL` (Ollama, LM Studio, vLLM, OpenRouter
 * and the like). What talks to the API is loaded with the first request.
 * Errors: `invalid-options`, `model-unavailable`, `model-failed`, `model-output`, `aborted`. No error contains a key.
 *
 * @example
 * const model = remoteModel('openai/gpt-5-mini', { getToken: () => fetchTokenFromMyServer() })
 */
export function remoteModel(spec: string, options: RemoteModelOptions): LanguageModel {
  return createRemoteModel(spec, options, loadAiSdk)
}
