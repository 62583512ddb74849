/** The script-tag build's lazy parts: self-contained modules beside the script. Stands in for `lazy.ts`. */
import { verifiedUrl } from './verified.script.ts'

export const loadOpenAI = (): Promise<typeof import('../llm/ai-sdk-openai.ts')> => part('parts/openai.js')

export const loadCompatible = (): Promise<typeof import('../llm/ai-sdk-compatible.ts')> => part('parts/openai-compatible.js')

export const loadAnthropic = (): Promise<typeof import('../llm/ai-sdk-anthropic.ts')> => part('parts/anthropic.js')

export const loadGoogle = (): Promise<typeof import('../llm/ai-sdk-google.ts')> => part('parts/google.js')

export const loadFromAISDK = (): Promise<typeof import('../llm/from-ai-sdk-ask.ts')> =>
  Promise.reject(new Error('fromAISDK is not in the script tag.'))

export const loadLocalParts = (): Promise<typeof import('../llm/local-parts.ts')> => part('parts/local-models.js')

export const loadMemoryClient = (): Promise<typeof import('./memory-part.ts')> => part('parts/memory-client.js')

export const loadEmbeddingWorker = (): Promise<typeof import('../embedding/embedding-worker.ts')> => part('parts/embedding-worker.js')

export const loadEmbeddedWorker = (): Promise<typeof import('../embedded/embedded-worker.ts')> => part('parts/embedded-worker.js')

/** Acting in the page and on files, and asking about it: `pageEnvironment`, `resumeRun`, `createRedactor`, `fileEnvironment`, `confirmDialog`, `runPanel`. */
export const loadEnvironments = (): Promise<typeof import('./environments-part.ts')> => part('parts/environments.js')

export const loadStructured = (): Promise<typeof import('../llm/structured/structured-answers.ts')> => part('parts/structured.js')

async function part<M>(path: string): Promise<M> {
  const url = await verifiedUrl(path)
  return (await import(/* webpackIgnore: true */ /* @vite-ignore */ url)) as M
}
