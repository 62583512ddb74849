/** The script-tag build's lazy parts: self-contained modules beside the script. Stands in for `lazy.ts`. */
import { verifiedUrl } from './verified.script.ts'

export const loadAiSdk = (): Promise<typeof import('../llm/ai-sdk.ts')> => part('parts/ai-sdk.js')

export const loadMemoryClient = (): Promise<typeof import('../memory/memory-client.ts')> => part('parts/memory-client.js')

async function part<M>(path: string): Promise<M> {
  const url = await verifiedUrl(path)
  return (await import(/* webpackIgnore: true */ /* @vite-ignore */ url)) as M
}
