/** How WebLLM's load goes, and what to do where it does not. */
import type { AppConfig, InitProgressReport } from '@mlc-ai/web-llm'
import { RepriseError } from '../core/errors.ts'
import type { WebLLMProgress } from './web-llm-api.ts'
import type { WebLLMModelRecord } from './web-llm-config.ts'

const MIB = 1024 * 1024

/** The package tells a share, and bytes in words: `Fetching param cache[3/9]: 61MB fetched. 33% completed, …`. */
export function readProgress({ progress, text }: InitProgressReport): WebLLMProgress {
  const megabytes = /(\d+)MB (fetched|loaded)/.exec(text)
  const ratio = Number.isFinite(progress) ? Math.min(1, Math.max(0, progress)) : 0
  const loaded = megabytes ? Number(megabytes[1]) * MIB : null
  return {
    stage:
      megabytes?.[2] === 'loaded' || text.startsWith('Loading model') ? 'load' : /shader|GPU|Finish/i.test(text) ? 'compile' : 'download',
    ratio,
    loaded,
    total: loaded && ratio > 0 ? Math.max(loaded, Math.round(loaded / ratio)) : null,
    text,
  }
}

interface Damage {
  id: string
  config: AppConfig
  error: unknown
}

interface CacheKeeper {
  deleteChatConfigInCache(modelId: string, appConfig?: AppConfig): Promise<void>
  deleteModelWasmInCache(modelId: string, appConfig?: AppConfig): Promise<void>
}

/** A small file that arrived damaged must not be found in the cache again. Weights stay: they are a large download. */
export async function forgetDamaged(webllm: CacheKeeper, { id, config, error }: Damage): Promise<void> {
  try {
    if (error instanceof SyntaxError) await webllm.deleteChatConfigInCache(id, config)
    if (error instanceof WebAssembly.CompileError || error instanceof WebAssembly.LinkError) await webllm.deleteModelWasmInCache(id, config)
  } catch {
    // No cache here, or none of it in there.
  }
}

/** The package's error, as one of ours that says what to do. */
export function loadFailure(
  error: unknown,
  record: Pick<WebLLMModelRecord, 'model' | 'model_id' | 'model_lib' | 'vram_required_MB'>,
): RepriseError {
  const { model, model_id: id, model_lib, vram_required_MB } = record
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  const say = (message: string): RepriseError => new RepriseError('model-unavailable', message, { cause: error })
  if (/quota/i.test(what))
    return say(
      `The browser has no room for the weights of ${id} (about ${Math.ceil(vram_required_MB ?? 0)} MiB): free some space or take a smaller model. What had arrived is kept. (${what})`,
    )
  if (error instanceof WebAssembly.CompileError || error instanceof WebAssembly.LinkError)
    return say(`The code of ${id} at ${model_lib} is no WebAssembly for this version of WebLLM, or is not there: ${what}`)
  if (error instanceof SyntaxError) return say(`A description of ${id} below ${model} is no JSON, or is not there: ${what}`)
  if (/NetworkError|Cannot fetch|failed to fetch|load failed|on 'Cache'/i.test(what))
    return say(
      `${id} could not be downloaded, its weights from ${model} and its code from ${model_lib}: ${what}. What had arrived is kept. ` +
        'Try again with a network, or serve the files yourself and name the place with appConfig.',
    )
  return say(`${id} could not be loaded: ${what}`)
}
