/** What the agent needs of a language model, whoever makes it. */
import type { JsonSchema, JsonValue } from './json.ts'
import type { Message, ModelCall, Usage } from './message.ts'
import type { PromptFormat } from './policy.ts'

export type { Message, ModelCall, Usage }

/** A tool as a model is told of it. */
export interface ToolSpec {
  name: string
  /** What it does and when to use it. */
  description: string
  /** Of an object: the tool's input. */
  inputSchema: JsonSchema
}

/** A call that a model wants made. Nothing checked it against the tool's schema. */
export interface ToolCall {
  /** The model's own; calls of one answer differ in it. */
  id: string
  name: string
  /** Parsed; `{}` where the model gave none. */
  input: JsonValue
}

/** One question to a model. What a model cannot honour it leaves out, and says so to `onWarning`. */
export interface GenerateRequest {
  /** Oldest first. */
  messages: Message[]
  /** From 0, which is as good as no chance, to 2; the model's own default where absent. */
  temperature?: number
  /** Tokens of the answer at most, 1 or more; the model's own limit where absent. */
  maxTokens?: number
  /** Texts that end the answer; they are not part of it. */
  stop?: string[]
  /** A whole number. With the same one the same request has the same answer, as far as the model can promise it. */
  seed?: number
  /** The answer must be JSON that matches. */
  responseSchema?: JsonSchema
  /** What the model may call instead of answering with text. */
  tools?: ToolSpec[]
  /** Ends the call, which rejects with `aborted` at once. */
  signal?: AbortSignal
  /** Hears the answer while it is made. Nothing is sent after an abort. */
  onText?(delta: string): void
  /** Hears of settings that the model refused and that were left out. */
  onWarning?(message: string): void
}

/** An answer. */
export interface Generation {
  /** Without the stop text; may be empty, for instance where tools are called. */
  text: string
  /** Empty where none is called. */
  toolCalls: ToolCall[]
  /** `stop`: it came to its end or to a stop text; `length`: `maxTokens` cut it; `filtered`: the provider withheld it. */
  finishReason: 'stop' | 'length' | 'tool-calls' | 'filtered'
  /** Of this request alone. */
  usage: Usage
}

/** What a model does by itself, and need not be helped to. What is absent it does not, or nobody knows. */
export interface Capabilities {
  /** Answers that match `responseSchema`, because the model's own decoding keeps to it. */
  schema?: boolean
  /** Calls of `tools`. */
  tools?: boolean
  /** The same answer for the same `seed`. */
  seed?: boolean
  /** Runs without a network, once it is loaded. */
  offline?: boolean
}

/** A model behind one call. Any number of calls may be under way at once. */
export interface LanguageModel {
  /** Maker and model, e.g. `'openai/gpt-5-mini'`, `'embedded/world-2'`. */
  readonly id: string
  readonly capabilities?: Capabilities
  /** The prompt format this model was made for, where it is no chat model. */
  readonly prompts?: PromptFormat
  /**
   * Answers. Errors: `model-unavailable` (it cannot run or be reached here), `model-failed` (it was reached and refused, broke
   * or timed out), `model-output` (its answer is unusable), `worker-lost` (the worker it runs in died), `aborted`.
   */
  generate(request: GenerateRequest): Promise<Generation>
  /** Frees what it holds (a worker, a GPU, weights). A later call loads it again. */
  unload?(): Promise<void>
}
