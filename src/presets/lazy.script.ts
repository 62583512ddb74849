/** The script-tag build's lazy parts: self-contained modules beside the script. Stands in for `lazy.ts`. */
import type { LazyParts } from './lazy.ts'
import { verifiedUrl } from './verified.script.ts'

export const lazy: LazyParts = {
  aiSdk: () => part('parts/ai-sdk.js'),
  memoryClient: () => part('parts/memory-client.js'),
}

async function part<M>(path: string): Promise<M> {
  const url = await verifiedUrl(path)
  return (await import(/* webpackIgnore: true */ /* @vite-ignore */ url)) as M
}
