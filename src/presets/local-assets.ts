/** Where the workers of local models lie; apart from `assets.ts`, so that pages without such models do not carry their names. */

export type LocalWorker = 'web-llm' | 'transformers-model'

/** URL of the worker's file. */
export async function localWorkerUrl(name: LocalWorker): Promise<string> {
  return name === 'web-llm' ? asset('workers/web-llm.worker.js') : asset('workers/transformers-model.worker.js')
}

function asset(path: string): string {
  throw new Error(`${path} has a URL only in a bundle`)
}
