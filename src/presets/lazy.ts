/** Parts that are loaded when they are first needed. Each is an export of its own, so that a bundle holds no part that it never loads. */

export const loadAiSdk = (): Promise<typeof import('../llm/ai-sdk.ts')> => import('../llm/ai-sdk.ts')

export const loadMemoryClient = (): Promise<typeof import('../memory/memory-client.ts')> => import('../memory/memory-client.ts')
