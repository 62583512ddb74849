/** The script-tag build's workers of local models: beside the script. Stands in for `local-assets.ts`. */
import type { LocalAssets } from './local-assets.ts'
import { verifiedUrl } from './verified.script.ts'

export const localAssets: LocalAssets = {
  webLLMWorker: () => verifiedUrl('workers/web-llm.worker.js'),
  transformersWorker: () => verifiedUrl('workers/transformers-model.worker.js'),
}
