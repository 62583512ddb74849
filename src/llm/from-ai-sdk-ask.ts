/** Asks a language model object that the host made with the AI SDK. Loaded on demand. */
import type { Capabilities, GenerateRequest, Generation } from '../core/model.ts'
import { askModel } from './ai-sdk-ask.ts'
import type { AISDKModel } from './ai-sdk-types.ts'
import { persist, type Attempts, type Persistence } from './attempts.ts'
import { toRepriseError } from './remote-failure.ts'
import { structured } from './structured/structured.ts'

/** One call, with as many attempts as it takes. Errors as `createFromAISDK` says. */
export function ask(model: AISDKModel, persistence: AISDKPersistence, request: GenerateRequest): Promise<Generation> {
  const { id, capabilities } = persistence
  return structured({ id, capabilities, generate: (asked) => persist(attemptsOf(model, persistence), asked) }).generate(request)
}

/** How patiently such a model is asked, and what it can do by itself. */
export interface AISDKPersistence extends Persistence {
  capabilities: Capabilities
}

function attemptsOf(model: AISDKModel, persistence: AISDKPersistence): Attempts {
  return {
    ...persistence,
    attempt: (request, { alive }) => askModel(model, request, { withheld: persistence.withheld, quirks: {}, onPart: alive }),
    explain: (failure, progress) =>
      toRepriseError(failure, { ...persistence, ...progress, baseURL: undefined, keySource: 'the key that the model was made with' }),
  }
}
