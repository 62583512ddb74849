/**
 * What this library needs of the AI SDK's language model objects, by their shape: specifications v2, v3 and v4 differ in what they
 * return, not in how they are called. What comes back is `unknown` here, and read with care where it is used.
 */
import type { JsonSchema } from '../core/json.ts'

/** A language model object of the AI SDK, whoever made it: `openai('gpt-5-mini')`, `ollama('qwen3')`, one with middleware around it. */
export interface AISDKModel {
  /** `'v2'`, `'v3'` or `'v4'`. */
  readonly specificationVersion: string
  readonly provider: string
  readonly modelId: string
  doGenerate(options: AISDKCallOptions): PromiseLike<AISDKResult>
  doStream(options: AISDKCallOptions): PromiseLike<{ stream: ReadableStream<AISDKPart> }>
}

/** What is asked. */
export interface AISDKCallOptions {
  prompt: AISDKMessage[]
  temperature?: number
  maxOutputTokens?: number
  stopSequences?: string[]
  seed?: number
  responseFormat?: { type: 'json'; schema: JsonSchema }
  tools?: { type: 'function'; name: string; description: string; inputSchema: JsonSchema }[]
  abortSignal?: AbortSignal
  providerOptions?: Record<string, Record<string, boolean>>
}

type AISDKMessage = { role: 'system'; content: string } | { role: 'user' | 'assistant'; content: { type: 'text'; text: string }[] }

/** A whole answer. */
export interface AISDKResult {
  content: readonly AISDKPart[]
  finishReason: unknown
  usage: unknown
  warnings?: unknown
}

/** A piece of an answer: text, a tool call, the end of a stream. */
export interface AISDKPart {
  readonly type: string
  readonly text?: unknown
  readonly delta?: unknown
  readonly toolCallId?: unknown
  readonly toolName?: unknown
  readonly input?: unknown
  readonly providerExecuted?: unknown
  readonly warnings?: unknown
  readonly finishReason?: unknown
  readonly usage?: unknown
  readonly error?: unknown
}
