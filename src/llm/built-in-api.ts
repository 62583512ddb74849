/** The model that a browser brings, as it shows itself to pages: as much of https://webmachinelearning.github.io/prompt-api as is used here. */
import type { JsonSchema } from '../core/json.ts'
import type { Message } from '../core/message.ts'

export interface BuiltInFactory {
  availability(options?: BuiltInLanguages): Promise<'unavailable' | 'downloadable' | 'downloading' | 'available'>
  create(options: BuiltInCreate): Promise<BuiltInSession>
  /** Only where a page may choose the sampling. */
  params?(): Promise<{ defaultTopK: number; maxTopK: number; defaultTemperature: number; maxTemperature: number } | null>
}

export interface BuiltInLanguages {
  expectedInputs?: { type: 'text'; languages: readonly string[] }[]
  expectedOutputs?: { type: 'text'; languages: readonly string[] }[]
}

export interface BuiltInCreate extends BuiltInLanguages {
  initialPrompts?: readonly Message[]
  temperature?: number
  topK?: number
  signal?: AbortSignal
  monitor?(target: EventTarget): void
}

export interface BuiltInSession {
  promptStreaming(input: string, options: { signal: AbortSignal; responseConstraint?: JsonSchema }): ReadableStream<string>
  clone(options: { signal: AbortSignal }): Promise<BuiltInSession>
  destroy(): void
  /** Tokens in the session so far; the older and the newer name. */
  inputUsage?: number
  contextUsage?: number
  inputQuota?: number
  contextWindow?: number
  measureInputUsage?(input: string, options: { signal: AbortSignal }): Promise<number>
  measureContextUsage?(input: string, options: { signal: AbortSignal }): Promise<number>
}
