/** Asks Google's Gemini API, through the AI SDK's package. Loaded on demand, since it is large. */
import { createGoogleGenerativeAI } from '@ai-sdk/google'
import type { GenerateRequest, Generation } from '../core/model.ts'
import type { AISDKModel } from './ai-sdk-types.ts'
import { askRemote, PLACEHOLDER, type Remote, type Target } from './remote-ask.ts'

export function ask(remote: Remote, request: GenerateRequest): Promise<Generation> {
  return askRemote(remote, request, languageModel)
}

function languageModel({ model, baseURL, fetch }: Target): AISDKModel {
  return createGoogleGenerativeAI({ baseURL, fetch, apiKey: PLACEHOLDER }).languageModel(model)
}
