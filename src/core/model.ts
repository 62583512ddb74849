/** What the agent needs of a language model, whoever makes it. */
import type { JsonSchema, JsonValue } from './json.ts'
import type { Message, Usage } from './message.ts'
import type { PromptFormat } from './policy.ts'

export type { Message, Usage }

export interface ToolSpec {
  name: string
  description: string
  inputSchema: JsonSchema
}

export interface ToolCall {
  id: string
  name: string
  input: JsonValue
}

export interface GenerateRequest {
  messages: Message[]
  temperature?: number
  /** Tokens of the answer at most. */
  maxTokens?: number
  /** Texts that end the answer; they are not part of it. */
  stop?: string[]
  seed?: number
  /** The answer must be JSON that matches. */
  responseSchema?: JsonSchema
  tools?: ToolSpec[]
  signal?: AbortSignal
  /** Hears the answer while it is made. Nothing is sent after an abort. */
  onText?(delta: string): void
  /** Hears of settings that the model refused and that were left out. */
  onWarning?(message: string): void
}

export interface Generation {
  text: string
  toolCalls: ToolCall[]
  finishReason: 'stop' | 'length' | 'tool-calls' | 'filtered'
  usage: Usage
}

/** A model behind one call. Errors: `model-unavailable`, `model-failed`, `model-output`, `aborted`. */
export interface LanguageModel {
  /** `'openai/gpt-5-mini'`, `'embedded/reprise-world-1'`. */
  readonly id: string
  /** The prompt format this model was made for, where it is no chat model. */
  readonly prompts?: PromptFormat
  generate(request: GenerateRequest): Promise<Generation>
}
