/** Asks servers that speak OpenAI's language, through the AI SDK's package for them. Loaded on demand, since it is large. */
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import type { GenerateRequest, Generation } from '../core/model.ts'
import type { AISDKModel } from './ai-sdk-types.ts'
import { askRemote, type Remote, type Target } from './remote-ask.ts'
import type { RemoteQuirks } from './remote-presets.ts'

export function ask(remote: Remote, request: GenerateRequest): Promise<Generation> {
  return askRemote(remote, request, languageModel)
}

function languageModel({ model, baseURL, fetch, capabilities, quirks }: Target): AISDKModel {
  const provider = createOpenAICompatible({
    name: 'openai-compatible',
    baseURL,
    fetch,
    includeUsage: quirks.streamOptions ?? true,
    supportsStructuredOutputs: capabilities.schema === true,
    transformRequestBody: (body) => inWordsOf(quirks, body),
  })
  return provider.chatModel(model)
}

type Body = Record<string, unknown>

function inWordsOf({ seedName }: RemoteQuirks, body: Body): Body {
  if (seedName === undefined || body.seed === undefined) return body
  const { seed, ...rest } = body
  return { ...rest, [seedName]: seed }
}
