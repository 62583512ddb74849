/** Where the workers and the files they load lie. The build replaces each `asset(…)` by a URL. */

export interface Assets {
  embeddingWorker(): Promise<string>
  memoryWorker(): Promise<string>
  embeddedWorker(): Promise<string>
  ortGlue(): Promise<string>
  ortWasm(): Promise<string>
  embeddedWeights(): Promise<string>
  embeddedSmallWeights(): Promise<string>
}

export const assets: Assets = {
  embeddingWorker: async () => asset('workers/embedding.worker.js'),
  memoryWorker: async () => asset('workers/memory.worker.js'),
  embeddedWorker: async () => asset('workers/embedded.worker.js'),
  ortGlue: async () => asset('ort/ort-wasm-simd-threaded.asyncify.mjs'),
  ortWasm: async () => asset('ort/ort-wasm-simd-threaded.asyncify.wasm'),
  embeddedWeights: async () => asset('models/embedded.onnx'),
  embeddedSmallWeights: async () => asset('models/embedded-small.onnx'),
}

function asset(path: string): string {
  throw new Error(`${path} has a URL only in a bundle`)
}
