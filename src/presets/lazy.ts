/** Parts that are loaded when they are first needed. Each is an export of its own, so that a bundle holds no part that it never loads. */

export const loadOpenAI = (): Promise<typeof import('../llm/ai-sdk-openai.ts')> => import('../llm/ai-sdk-openai.ts')

export const loadCompatible = (): Promise<typeof import('../llm/ai-sdk-compatible.ts')> => import('../llm/ai-sdk-compatible.ts')

export const loadAnthropic = (): Promise<typeof import('../llm/ai-sdk-anthropic.ts')> => import('../llm/ai-sdk-anthropic.ts')

export const loadGoogle = (): Promise<typeof import('../llm/ai-sdk-google.ts')> => import('../llm/ai-sdk-google.ts')

export const loadFromAISDK = (): Promise<typeof import('../llm/from-ai-sdk-ask.ts')> => import('../llm/from-ai-sdk-ask.ts')

export const loadLocalParts = (): Promise<typeof import('../llm/local-parts.ts')> => import('../llm/local-parts.ts')

export const loadMemoryClient = (): Promise<typeof import('./memory-part.ts')> => import('./memory-part.ts')

export const loadEmbeddingWorker = (): Promise<typeof import('../embedding/embedding-worker.ts')> =>
  import('../embedding/embedding-worker.ts')

export const loadEmbeddedWorker = (): Promise<typeof import('../embedded/embedded-worker.ts')> => import('../embedded/embedded-worker.ts')

/**
 * Acting in the page and on files, and asking about it: `pageEnvironment`, `resumeRun`, `createRedactor`, `fileEnvironment`,
 * `confirmDialog`, `runPanel`. For the script tag, which has no subpaths.
 */
export const loadEnvironments = (): Promise<typeof import('./environments-part.ts')> => import('./environments-part.ts')

export const loadStructured = (): Promise<typeof import('../llm/structured/structured-answers.ts')> =>
  import('../llm/structured/structured-answers.ts')
