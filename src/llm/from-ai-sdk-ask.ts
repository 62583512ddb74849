/** Asks a language model object that the host made with the AI SDK. Loaded on demand. */
import type { GenerateRequest, Generation } from '../core/model.ts'
import { askModel } from './ai-sdk-ask.ts'
import type { AISDKModel } from './ai-sdk-types.ts'
import { persist, type Attempts, type Persistence } from './attempts.ts'
import { toRepriseError } from './remote-failure.ts'

/** One call, with as many attempts as it takes. Errors as `createFromAISDK` says. */
export function ask(model: AISDKModel, persistence: Persistence, request: GenerateRequest): Promise<Generation> {
  return persist(attemptsOf(model, persistence), request)
}

function attemptsOf(model: AISDKModel, persistence: Persistence): Attempts {
  return {
    ...persistence,
    attempt: (request, { alive }, withheld) => askModel(model, request, { withheld, quirks: {}, onPart: alive }),
    explain: (failure, progress) =>
      toRepriseError(failure, {
        ...persistence,
        ...progress,
        secrets: undefined,
        baseURL: undefined,
        keySource: 'the key that the model was made with',
      }),
  }
}
