/** Parts that are loaded when they are first needed. */
export const lazy: { aiSdk(): Promise<typeof import('../llm/ai-sdk.ts')> } = {
  aiSdk: () => import('../llm/ai-sdk.ts'),
}
