/** What page and embedding worker say to each other. */
import type { Device, WeightsInput } from '../util/transformers/weights.ts'
import type { CallContext } from '../util/worker-rpc/serve.ts'

export type { Device, Dtype, WeightsInput as LoadInput, WeightsProgress as EmbeddingProgress } from '../util/transformers/weights.ts'

/** The worker's methods. A worker loads once; one whose load or inference failed is of no further use. */
export interface EmbeddingApi {
  [method: string]: (input: never, context: CallContext) => unknown
  /** The device that can be had: WebGPU where an adapter answers and gives a device. */
  probe(input: null): Promise<Device>
  /** Emits `WeightsProgress`. */
  load(input: WeightsInput, context: CallContext): Promise<void>
  embed(texts: readonly string[], context: CallContext): Promise<Float32Array[]>
  /** Answers `embed` on a port as well. */
  connect(input: { port: MessagePort }): void
}
