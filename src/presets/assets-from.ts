/** Workers and assets below one place, by the paths they have in `dist/`. */
import { absoluteUrl } from '../util/urls.ts'
import type { Assets } from './assets.ts'

/** @param base URL of a copy of `dist/`, absolute or relative to the page; with its closing slash. */
export function assetsFrom(base: string): Assets {
  return assetsAt(async (path) => new URL(path, absoluteUrl(base)).href)
}

/** @param locate from a path in `dist/` to the URL where the file can be had. */
export function assetsAt(locate: (path: string) => Promise<string>): Assets {
  return {
    embeddingWorker: () => locate('workers/embedding.worker.js'),
    memoryWorker: () => locate('workers/memory.worker.js'),
    embeddedWorker: () => locate('workers/embedded.worker.js'),
    ortGlue: () => locate('ort/ort-wasm-simd-threaded.asyncify.mjs'),
    ortWasm: () => locate('ort/ort-wasm-simd-threaded.asyncify.wasm'),
    embeddedWeights: () => locate('models/embedded.onnx'),
    embeddedSmallWeights: () => locate('models/embedded-small.onnx'),
  }
}
