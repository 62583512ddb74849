/** Parts that are loaded when they are first needed. */

export interface LazyParts {
  aiSdk(): Promise<typeof import('../llm/ai-sdk.ts')>
  memoryClient(): Promise<typeof import('../memory/memory-client.ts')>
}

export const lazy: LazyParts = {
  aiSdk: () => import('../llm/ai-sdk.ts'),
  memoryClient: () => import('../memory/memory-client.ts'),
}
