/**
 * Asks OpenAI, through the AI SDK's package. Loaded on demand, since it is large.
 *
 * By chat completions, not by the Responses API that the package would choose: only the former knows stop texts and seeds, and it
 * stores nothing on the server unless told to.
 */
import { createOpenAI } from '@ai-sdk/openai'
import type { GenerateRequest, Generation } from '../core/model.ts'
import type { AISDKModel } from './ai-sdk-types.ts'
import { askRemote, PLACEHOLDER, type Remote, type Target } from './remote-ask.ts'

export function ask(remote: Remote, request: GenerateRequest): Promise<Generation> {
  return askRemote(remote, request, languageModel)
}

function languageModel({ model, baseURL, fetch }: Target): AISDKModel {
  return createOpenAI({ baseURL, fetch, apiKey: PLACEHOLDER }).chat(model)
}
