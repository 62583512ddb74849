/** The script-tag build's lazy parts: self-contained modules beside the script. Stands in for `lazy.ts`. */
import { verifiedUrl } from './verified.script.ts'

export const lazy: { aiSdk(): Promise<typeof import('../llm/ai-sdk.ts')> } = {
  aiSdk: async () => {
    const url = await verifiedUrl('parts/ai-sdk.js')
    return (await import(/* webpackIgnore: true */ /* @vite-ignore */ url)) as typeof import('../llm/ai-sdk.ts')
  },
}
