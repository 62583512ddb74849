/** The script-tag build's assets: beside the script. Stands in for `assets.ts`. */
import type { Assets } from './assets.ts'
import { verifiedUrl } from './verified.script.ts'

export const assets: Assets = {
  embeddingWorker: () => verifiedUrl('workers/embedding.worker.js'),
  memoryWorker: () => verifiedUrl('workers/memory.worker.js'),
  embeddedWorker: () => verifiedUrl('workers/embedded.worker.js'),
  ortGlue: () => verifiedUrl('ort/ort-wasm-simd-threaded.asyncify.mjs'),
  ortWasm: () => verifiedUrl('ort/ort-wasm-simd-threaded.asyncify.wasm'),
  embeddedWeights: () => verifiedUrl('models/embedded.onnx'),
}
