/** WebGPU devices come and go: what a browser lacks for them, and the news that one is gone. */

/** As much of WebGPU as is looked at here. */
export interface Gpu {
  requestAdapter(options?: object): Promise<GpuAdapter | null>
}

interface GpuAdapter {
  features: ReadonlySet<string>
  requestDevice(descriptor?: object): Promise<GpuDevice>
}

interface GpuDevice {
  lost: Promise<{ reason: string; message: string }>
}

/** The `gpu` of this thread, where the browser has one. */
export function gpuHere(): Gpu | undefined {
  return (navigator as unknown as { gpu?: Gpu }).gpu
}

/** What is missing before a model that needs `features` can run, as a sentence; `undefined` where nothing is. */
export async function lackOfGpu(gpu: Gpu | undefined, features: readonly string[]): Promise<string | undefined> {
  if (!gpu)
    return globalThis.isSecureContext === false
      ? 'WebGPU is there on secure pages only: serve the page by https, or from localhost.'
      : 'This browser has no WebGPU (navigator.gpu) in workers.'
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null)
  if (!adapter)
    return 'This browser has WebGPU, but found no graphics adapter that it may use: it may be switched off, or its driver on the browser’s block list (chrome://gpu tells).'
  const missing = features.filter((feature) => !adapter.features.has(feature))
  if (missing.length === 0) return undefined
  const hint = missing.includes('shader-f16') ? ' The same model in q4f32 form does not need shader-f16.' : ''
  return `The graphics adapter lacks ${missing.join(' and ')}, which this model needs.${hint}`
}

/** Calls `onLost` when a device is gone that was made through `gpu` from now on, whoever asks for it and whatever ends it. */
export function watchGpu(gpu: Gpu, onLost: (why: string) => void): void {
  const requestAdapter = gpu.requestAdapter.bind(gpu)
  gpu.requestAdapter = async (options) => {
    const adapter = await requestAdapter(options)
    if (!adapter) return null
    const requestDevice = adapter.requestDevice.bind(adapter)
    adapter.requestDevice = async (descriptor) => {
      const device = await requestDevice(descriptor)
      void device.lost.then(({ reason, message }) => onLost(`The GPU device was lost (${message || reason || 'no reason given'}).`))
      return device
    }
    return adapter
  }
}
