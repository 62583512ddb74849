/** What page and worker say to each other about weights for transformers.js, whatever the model is for. */

/** What a model runs on. */
export type Device = 'webgpu' | 'wasm'

/** Number formats that models are offered in. */
export type Dtype = 'fp32' | 'fp16' | 'q8' | 'int8' | 'uint8' | 'q4' | 'q4f16' | 'bnb4'

/** Which weights to run, and on what. URLs are absolute: the worker may come from elsewhere than the page. */
export interface WeightsInput {
  model: string
  revision: string | undefined
  dtype: Dtype
  device: Device
  host: string | undefined
  localPath: string | undefined
  ort: OrtUrls
}

/** URLs of ONNX Runtime's loader and of its binary, absolute or relative to the page. */
export interface OrtUrls {
  mjs: string
  wasm: string
}

/** How much of one file of the weights has arrived; told in steps of about a hundredth, and when it is whole. */
export interface WeightsProgress {
  /** Name of the file, e.g. `onnx/model.onnx`. */
  file: string
  /** Bytes so far. */
  loaded: number
  /** Bytes, or `null` where the server does not say. */
  total: number | null
  /** 0 to 1, or `null` where the total is not known. */
  ratio: number | null
}
