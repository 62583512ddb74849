/** Workers and assets in a folder of the host's choice. */
import { absoluteUrl } from '../util/urls.ts'
import type { Assets } from './assets.ts'

/** @param base URL of a copy of `dist/`, absolute or relative to the page; with its closing slash. */
export function assetsFrom(base: string): Assets {
  const at = async (path: string): Promise<string> => new URL(path, absoluteUrl(base)).href
  return {
    embeddingWorker: () => at('workers/embedding.worker.js'),
    memoryWorker: () => at('workers/memory.worker.js'),
    embeddedWorker: () => at('workers/embedded.worker.js'),
    ortGlue: () => at('ort/ort-wasm-simd-threaded.asyncify.mjs'),
    ortWasm: () => at('ort/ort-wasm-simd-threaded.asyncify.wasm'),
    embeddedWeights: () => at('models/embedded.onnx'),
  }
}
