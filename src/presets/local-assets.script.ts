/** The script-tag build's workers of local models: beside the script. Stands in for `local-assets.ts`. */
import type { LocalWorker } from './local-assets.ts'
import { verifiedUrl } from './verified.script.ts'

export function localWorkerUrl(name: LocalWorker): Promise<string> {
  return verifiedUrl(`workers/${name}.worker.js`)
}
