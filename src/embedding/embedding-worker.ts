/** What talks to the embedding worker, as one part that is loaded with the first use of an embedder that needs it. */
import { isRepriseError, RepriseError } from '../core/errors.ts'
import { abortable } from '../util/abort.ts'
import { keepOnDevice, type DeviceSetup, type OnDevice } from '../util/transformers/keep-on-device.ts'
import { checkVectors } from '../util/vectors.ts'
import type { Device, Dtype, EmbeddingApi } from './embedding-api.ts'
import { serveIntroductions } from './linked-embedder.ts'

/** A worker that is started when it is needed, and a fresh one when it is lost. Its calls reject with what `closed` was given, once it was. */
export interface EmbeddingWorker {
  embed(texts: readonly string[], signal: AbortSignal | undefined): Promise<Float32Array[]>
  device(signal: AbortSignal | undefined): Promise<Device>
  /** Hands what is introduced on `port` to the worker that runs then. */
  introduce(port: MessagePort): void
  close(error: RepriseError): void
}

export interface EmbeddingWorkerOptions {
  /** Of the embedder. */
  id: string
  dimensions: number
  model: string
  revision: string | undefined
  dtype: Dtype
  setup: DeviceSetup
}

/** This module, as it is loaded. */
export interface EmbeddingWorkerPart {
  openEmbeddingWorker(options: EmbeddingWorkerOptions): EmbeddingWorker
}

export function openEmbeddingWorker({ id, dimensions, setup, ...weights }: EmbeddingWorkerOptions): EmbeddingWorker {
  const worker = keepOnDevice<EmbeddingApi>({ name: 'embedding worker', failure: 'embedder-failed', weights, setup })
  let closed: RepriseError | undefined
  const running = async (): Promise<OnDevice<EmbeddingApi>> => {
    if (closed) throw closed
    return worker.get()
  }
  return {
    async embed(texts, signal) {
      const { client } = await abortable(running(), signal)
      try {
        const vectors = await client.call('embed', texts, { signal })
        checkVectors(vectors, { id, count: texts.length, dimensions })
        return vectors
      } catch (error) {
        // A model that broke once answers nothing any more.
        if (isRepriseError(error, 'embedder-failed'))
          client.close(new RepriseError('worker-lost', 'The embedding worker was ended: its model broke.'))
        throw error
      }
    },
    device: async (signal) => (await abortable(running(), signal)).device,
    introduce(port) {
      serveIntroductions(port, async (introduced) => {
        const { client } = await running()
        await client.call('connect', { port: introduced }, { transfer: [introduced] })
      })
    },
    close(error) {
      closed ??= error
      worker.close(error)
    },
  }
}
