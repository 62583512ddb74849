/** Where a host keeps workers and assets, if not where the bundler put them. */
import { startWorker } from '../util/worker-rpc/start-worker.ts'
import { assetsFrom } from './assets-from.ts'
import { assets, type Assets } from './assets.ts'

/** Where worker and assets come from. By default from where the bundler put them, or from beside the script of the script tag. */
export interface Hosting {
  /** Makes the worker instead of the library, e.g. from a URL of the host's choice. */
  createWorker?: () => Worker | Promise<Worker>
  /** URL of a folder with a copy of the package's `dist/`, absolute or relative to the page, ending with a slash. */
  assetBase?: string
}

export function assetsOf({ assetBase }: Hosting): Assets {
  return assetBase === undefined ? assets : assetsFrom(assetBase)
}

/** A factory for the worker that lies at `url`, or the host's own. */
export function workerFactory(hosting: Hosting, name: string, url: () => Promise<string>): () => Worker | Promise<Worker> {
  return hosting.createWorker ?? (async () => startWorker(await url(), name))
}

/** URLs of ONNX Runtime's loader and binary. */
export async function ortOf(located: Assets): Promise<{ mjs: string; wasm: string }> {
  const [mjs, wasm] = await Promise.all([located.ortGlue(), located.ortWasm()])
  return { mjs, wasm }
}
