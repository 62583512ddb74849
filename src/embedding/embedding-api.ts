/** What page and embedding worker say to each other. */
import type { CallContext } from '../util/worker-rpc/serve.ts'

/** What a model runs on. */
export type Device = 'webgpu' | 'wasm'

/** Number formats that models are offered in. */
export type Dtype = 'fp32' | 'fp16' | 'q8' | 'int8' | 'uint8' | 'q4' | 'q4f16' | 'bnb4'

/** Which weights to run, and on what. URLs are absolute: the worker may come from elsewhere than the page. */
export interface LoadInput {
  model: string
  revision: string | undefined
  dtype: Dtype
  device: Device
  host: string | undefined
  localPath: string | undefined
  ort: { mjs: string; wasm: string }
}

/** How much of one file of the weights has arrived; told in steps of about a hundredth, and when it is whole. */
export interface EmbeddingProgress {
  /** Name of the file, e.g. `onnx/model.onnx`. */
  file: string
  /** Bytes so far. */
  loaded: number
  /** Bytes, or `null` where the server does not say. */
  total: number | null
  /** 0 to 1, or `null` where the total is not known. */
  ratio: number | null
}

/** The worker's methods. A worker loads once; one whose load or inference failed is of no further use. */
export interface EmbeddingApi {
  [method: string]: (input: never, context: CallContext) => unknown
  /** The device that can be had: WebGPU where an adapter answers and gives a device. */
  probe(input: null): Promise<Device>
  /** Emits `EmbeddingProgress`. */
  load(input: LoadInput, context: CallContext): Promise<void>
  embed(texts: readonly string[], context: CallContext): Promise<Float32Array[]>
  /** Answers `embed` on a port as well. */
  connect(input: { port: MessagePort }): void
}
