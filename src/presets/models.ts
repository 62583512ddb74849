/** `reprise/models`: language models from elsewhere. */
import type { LanguageModel } from '../core/model.ts'
import type { AISDKModel } from '../llm/ai-sdk-types.ts'
import { createFromAISDK, type FromAISDKOptions } from '../llm/from-ai-sdk.ts'
import { createRemoteModel, type RemoteParts } from '../llm/remote-model.ts'
import type { RemoteModelOptions } from '../llm/remote-options.ts'
import { loadAnthropic, loadCompatible, loadFromAISDK, loadGoogle, loadOpenAI } from './lazy.ts'
import { structured } from './structured.ts'

export type { AISDKModel, FromAISDKOptions, RemoteModelOptions }
export type { AISDKCallOptions, AISDKPart, AISDKResult } from '../llm/ai-sdk-types.ts'
export {
  builtInModel,
  transformersModel,
  webLLM,
  webLLMModels,
  type BuiltInModelOptions,
  type BuiltInProgress,
  type GenerationSpeed,
  type LocalModel,
  type TransformersModelOptions,
  type WebLLMAppConfig,
  type WebLLMModel,
  type WebLLMModelRecord,
  type WebLLMOptions,
  type WebLLMProgress,
  type WeightsProgress,
} from './local-models.ts'
export { remotePresets, type OptionalSetting, type RemotePreset, type RemoteQuirks, type WireFormat } from '../llm/remote-presets.ts'
export { meter, type MeteredModel, type MeterOptions } from '../llm/meter.ts'
export type { Price, PriceTable, Totals } from '../core/budget.ts'
export {
  generateObject,
  structured,
  type AnySchema,
  type GeneratedObject,
  type GenerateObjectOptions,
  type OutputOf,
  type StandardSchema,
} from './structured.ts'
export type {
  Capabilities,
  GenerateRequest,
  Generation,
  LanguageModel,
  Message,
  ModelCall,
  ToolCall,
  ToolSpec,
  Usage,
} from '../core/model.ts'

/**
 * A model behind an API: `'openai/gpt-5-mini'`, `'anthropic/claude-sonnet-4-5'`, `'google/gemini-2.5-flash'`, one of another of
 * `remotePresets` (`'openrouter/…'`, `'groq/…'`, `'mistral/…'`, `'deepseek/…'`, `'ollama/qwen3'`, `'lmstudio/…'`, `'llamacpp/…'`,
 * `'vllm/…'`), or `'openai-compatible/<model>'` with its `baseURL`. What talks to the API is loaded with the first request.
 * Errors: `invalid-options`, `model-unavailable`, `model-failed`, `model-output`, `aborted`. No error contains a key.
 *
 * @example
 * const model = remoteModel('openai/gpt-5-mini', { getToken: () => fetchTokenFromMyServer() })
 * const local = remoteModel('ollama/qwen3')
 */
export function remoteModel(spec: string, options: RemoteModelOptions = {}): LanguageModel {
  return structured(createRemoteModel(spec, options, REMOTE_PARTS))
}

const REMOTE_PARTS: RemoteParts = {
  openai: loadOpenAI,
  'openai-compatible': loadCompatible,
  anthropic: loadAnthropic,
  google: loadGoogle,
}

/**
 * A language model object of the AI SDK, of the current or the previous specification: from any of its providers, with any
 * middleware. It keeps its own key, address and `fetch`.
 * Errors: `invalid-options`, `model-unavailable`, `model-failed`, `model-output`, `aborted`.
 *
 * @example
 * import { createAzure } from '@ai-sdk/azure'
 * const model = fromAISDK(createAzure({ baseURL: '/proxy', apiKey: 'added-by-the-proxy' })('gpt-5-mini'))
 */
export function fromAISDK(model: AISDKModel, options: FromAISDKOptions = {}): LanguageModel {
  return structured(createFromAISDK(model, options, loadFromAISDK))
}
