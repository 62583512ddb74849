/** Which models WebLLM knows and where they lie, in the words of that package, but without its types: our users do not install it. */
import { absoluteUrl } from '../util/urls.ts'

/** One model: its weights, and the code that runs them. */
export interface WebLLMModelRecord {
  /** What it is called. */
  model_id: string
  /** Where the weights lie, absolute or relative to the page; `resolve/main/` is appended unless the address names a branch so. */
  model: string
  /** Address of its compiled code, a `.wasm` file. */
  model_lib: string
  /** Settings of the model to be replaced, e.g. `{ context_window_size: 8192 }`. */
  overrides?: Record<string, unknown>
  /** Memory of the GPU that it needs, in MiB. */
  vram_required_MB?: number
  /** Whether it is meant for phones too. */
  low_resource_required?: boolean
  buffer_size_required_bytes?: number
  /** Features of WebGPU that it needs, e.g. `shader-f16`. */
  required_features?: string[]
}

/** What replaces the package's own settings. */
export interface WebLLMAppConfig {
  /** Instead of the package's list. */
  model_list?: readonly WebLLMModelRecord[]
  /** Where the browser keeps weights (default `cache`, the Cache API). */
  cacheBackend?: 'cache' | 'indexeddb' | 'opfs'
}

/** The same with absolute addresses: the worker may come from elsewhere than the page. Errors: `invalid-options`. */
export function absoluteConfig({ model_list, ...rest }: WebLLMAppConfig): WebLLMAppConfig {
  if (!model_list) return rest
  return {
    ...rest,
    model_list: model_list.map((record) => ({
      ...record,
      model: absoluteUrl(record.model),
      model_lib: absoluteUrl(record.model_lib),
    })),
  }
}
