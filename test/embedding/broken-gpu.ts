/** A GPU that gives one device and then none, as one does whose driver is at its end: models cannot start on it. */
export {}

interface Adapter {
  requestDevice(...options: unknown[]): Promise<unknown>
}
const { gpu } = navigator as unknown as { gpu: { requestAdapter(...options: unknown[]): Promise<Adapter | null> } }
const requestAdapter = gpu.requestAdapter.bind(gpu)
let devices = 0
gpu.requestAdapter = async (...options) => {
  const adapter = await requestAdapter(...options)
  if (!adapter) return null
  const requestDevice = adapter.requestDevice.bind(adapter)
  adapter.requestDevice = (...wishes) => (devices++ === 0 ? requestDevice(...wishes) : Promise.reject(new Error('no device left')))
  return adapter
}
