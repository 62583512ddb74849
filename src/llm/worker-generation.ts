/** What the page and a worker with a local model say to each other, whichever package runs the model. */
import type { JsonSchema } from '../core/json.ts'
import type { Message } from '../core/message.ts'
import type { Generation } from '../core/model.ts'
import type { CallContext } from '../util/worker-rpc/serve.ts'

/** One question, without what cannot cross to a worker. */
export interface GenerationInput {
  messages: Message[]
  temperature: number | undefined
  maxTokens: number | undefined
  stop: readonly string[]
  seed: number | undefined
  responseSchema: JsonSchema | undefined
  /** Whether a model that can think aloud before it answers may do so. */
  thinking: boolean
}

/** How fast an answer was made. */
export interface GenerationSpeed {
  /** Tokens of the prompt read per second; absent where the model does not tell. */
  inputTokensPerSecond?: number
  /** Tokens of the answer made per second, its first one left out. */
  outputTokensPerSecond: number
  /** Milliseconds from the beginning of the work to the first token. */
  firstTokenMilliseconds: number
}

/** An answer, or the news that this worker will give none any more. */
export type GenerationOutcome =
  | { kind: 'answer'; generation: Generation; speed: GenerationSpeed | undefined; warnings: readonly string[] }
  | { kind: 'lost'; why: string }

/** The method by which such a worker is asked. Questions are answered one after another. */
export interface GenerationApi {
  [method: string]: (input: never, context: CallContext) => unknown
  /** Emits the answer piece by piece as strings. */
  generate(input: GenerationInput, context: CallContext): Promise<GenerationOutcome>
}
