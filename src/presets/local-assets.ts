/** Where the workers of local models lie; apart from `assets.ts`, so that pages without such models do not carry their names. */

export interface LocalAssets {
  webLLMWorker(): Promise<string>
  transformersWorker(): Promise<string>
}

export const localAssets: LocalAssets = {
  webLLMWorker: async () => asset('workers/web-llm.worker.js'),
  transformersWorker: async () => asset('workers/transformers-model.worker.js'),
}

function asset(path: string): string {
  throw new Error(`${path} has a URL only in a bundle`)
}
