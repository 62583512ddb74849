/**
 * The worker's side of every model that transformers.js runs: where weights and runtime come from, what is heard of the download,
 * and what becomes of files that arrived damaged. The library itself is handed in, so that only a worker's bundle holds it.
 */
import type { ProgressInfo } from '@huggingface/transformers'
import type { Device, WeightsInput, WeightsProgress } from './weights.ts'
import { weightsFetch } from './weights-fetch.ts'

/** What is used of transformers.js here. */
export type TransformersRuntime = Pick<typeof import('@huggingface/transformers'), 'env' | 'LogLevel'>

/** The device that can be had: WebGPU where an adapter answers and gives a device. */
export async function probeDevice(): Promise<Device> {
  try {
    const { gpu } = navigator as { gpu?: { requestAdapter(): Promise<{ requestDevice(): Promise<{ destroy(): void }> } | null> } }
    const device = await (await gpu?.requestAdapter())?.requestDevice()
    device?.destroy()
    return device ? 'webgpu' : 'wasm'
  } catch {
    return 'wasm'
  }
}

/** Settings that are the library's own, and so one per worker. */
export function configureTransformers({ env, LogLevel }: TransformersRuntime, input: WeightsInput): void {
  const { host, localPath, revision = 'main', ort } = input
  env.logLevel = LogLevel.NONE
  env.fetch = weightsFetch(fetch)
  // The library would import the runtime from a blob, which a strict page forbids; the HTTP cache keeps these files anyway.
  env.useWasmCache = false
  if (env.backends.onnx.wasm) env.backends.onnx.wasm.wasmPaths = { ...ort }
  // A folder is treated as a host with a short layout: in the library's own local mode a full URL loses the tokenizer.
  env.remoteHost = localPath ?? host ?? env.remoteHost
  env.remotePathTemplate = localPath === undefined ? `{model}/resolve/${encodeURIComponent(revision)}/` : '{model}/'
  // Files of the page's own server change with its releases: the HTTP cache knows, the Cache API does not.
  if (localPath !== undefined) env.useBrowserCache = false
}

/** Passes on the progress of each file in steps of a hundredth. */
export function progressReporter(emit: (progress: WeightsProgress) => void): (info: ProgressInfo) => void {
  const sent = new Map<string, number>()
  return (info) => {
    if (info.status !== 'progress') return
    const { file, loaded } = info
    const total = info.total > 0 ? Math.max(info.total, loaded) : null
    if (loaded < (total ?? Infinity) && loaded - (sent.get(file) ?? 0) < (total ?? 1e8) / 100) return
    if (sent.get(file) === loaded) return
    sent.set(file, loaded)
    emit({ file, loaded, total, ratio: total && loaded / total })
  }
}

/** A file that arrived damaged must not be found in the cache again. Anything else stays there: it may be a large download. */
export async function forgetUnreadable({ env }: TransformersRuntime, { model }: WeightsInput, error: unknown): Promise<void> {
  if (!(error instanceof SyntaxError) && !/protobuf|invalid model/i.test(String(error))) return
  try {
    const cache = await caches.open(env.cacheKey)
    const folder = `${env.remoteHost.replace(/\/$/, '')}/${model}/`
    const requests = await cache.keys()
    await Promise.all(requests.filter(({ url }) => url.startsWith(folder)).map((request) => cache.delete(request)))
  } catch {
    // No cache here, so nothing is kept in it.
  }
}

/** Whether a load failed for want of the runtime's own files, rather than of weights. */
export function isRuntimeFailure(what: string): boolean {
  return /backend|wasm/i.test(what) && !/protobuf/i.test(what)
}
