/** The page's side of a worker with transformers.js: which device it is to take, and a second try on the other one. */
import { isRepriseError, RepriseError, type ErrorCode } from '../../core/errors.ts'
import type { Awaitable } from '../../core/json.ts'
import { absoluteUrl } from '../urls.ts'
import type { WorkerClient } from '../worker-rpc/client.ts'
import { keepWorker } from '../worker-rpc/keep-worker.ts'
import type { Api, CallContext } from '../worker-rpc/serve.ts'
import type { Device, OrtUrls, WeightsInput, WeightsProgress } from './weights.ts'

/** The methods that such a worker has, whatever its model is for. It loads once. */
export type WeightsApi = Api & {
  probe(input: null): Promise<Device>
  /** Emits `WeightsProgress`. */
  load(input: WeightsInput, context: CallContext): Promise<void>
}

export interface KeepOnDeviceOptions {
  /** Names the worker in messages: `'embedding worker'`. */
  name: string
  /** The code of a load that failed, and of errors that the worker did not raise itself. */
  failure: ErrorCode
  weights: Pick<WeightsInput, 'model' | 'revision' | 'dtype'>
  /** As the host gave it. */
  setup: DeviceSetup
}

export interface DeviceSetup {
  /** Default `'auto'`. */
  device?: 'auto' | Device
  host?: string
  localPath?: string
  ort: OrtUrls | (() => Awaitable<OrtUrls>)
  createWorker: () => Awaitable<Worker>
  onProgress?: (progress: WeightsProgress) => void
}

export interface OnDevice<A extends Api> {
  client: WorkerClient<A>
  device: Device
}

export interface KeptOnDevice<A extends Api> {
  /** The loaded worker; starts one where there is none. Errors: `worker-lost`, and that of `failure`. */
  get(): Promise<OnDevice<A>>
  /** As that of `keepWorker`. */
  close(error: RepriseError): void
}

export function keepOnDevice<A extends WeightsApi>({ name, failure, weights, setup }: KeepOnDeviceOptions): KeptOnDevice<A> {
  const { device: wish = 'auto', createWorker, onProgress } = setup
  let wanted = wish
  let closed: RepriseError | undefined
  const kept = keepWorker<A, OnDevice<A>>({
    name,
    fallback: failure,
    createWorker,
    prepare: async (client) => {
      const loading = client as unknown as WorkerClient<WeightsApi>
      const input = await weightsInput(weights, setup)
      const device = await chooseDevice(loading, { wanted, failure })
      // A device that answers is no promise that the model runs on it: where that fails the next worker takes the other one.
      if (wanted === 'auto' && device === 'webgpu') wanted = 'wasm'
      await loading.call('load', { ...input, device }, { onEvent: onProgress })
      if (device === 'webgpu') wanted = wish
      return { client, device }
    },
  })
  return {
    async get() {
      const before = wanted
      try {
        return await kept.get()
      } catch (error) {
        if (before === wanted || error === closed || !isRepriseError(error, failure)) throw error
        return kept.get()
      }
    },
    close(error) {
      closed = error
      // A load that was broken off says nothing about the device it was meant for.
      wanted = wish
      kept.close(error)
    },
  }
}

async function weightsInput(
  weights: KeepOnDeviceOptions['weights'],
  { ort, host, localPath }: DeviceSetup,
): Promise<Omit<WeightsInput, 'device'>> {
  const { mjs, wasm } = typeof ort === 'function' ? await ort() : ort
  if (typeof mjs !== 'string' || typeof wasm !== 'string') throw new RepriseError('invalid-options', 'ort must give the URLs mjs and wasm.')
  return {
    ...weights,
    host: host && absoluteUrl(host),
    localPath: localPath && absoluteUrl(localPath),
    ort: { mjs: absoluteUrl(mjs), wasm: absoluteUrl(wasm) },
  }
}

async function chooseDevice(
  client: WorkerClient<WeightsApi>,
  { wanted, failure }: { wanted: 'auto' | Device; failure: ErrorCode },
): Promise<Device> {
  if (wanted === 'wasm') return 'wasm'
  const possible = await client.call('probe', null)
  if (wanted === 'webgpu' && possible !== 'webgpu')
    throw new RepriseError(failure, "This browser gives no WebGPU device here. Use device 'auto', which then takes WASM.")
  return possible
}
