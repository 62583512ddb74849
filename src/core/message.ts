/** What is said to a model, and what it costs. */

/** One message of a conversation. */
export interface Message {
  role: 'system' | 'user' | 'assistant'
  content: string
}

/** Tokens in and out; money only where the price is known. */
export interface Usage {
  /** Tokens of the prompt; 0 where the model does not tell. */
  inputTokens: number
  /** Tokens of the answer, hidden reasoning included; 0 where the model does not tell. */
  outputTokens: number
  /** Of `inputTokens` those that the provider had cached; absent where it does not tell. */
  cachedInputTokens?: number
  /** US dollars; absent where the price is not known. */
  costUSD?: number
}

/** What was asked of one model for one answer. */
export interface ModelCall {
  /** Id of the model. */
  model: string
  usage: Usage
  /** From the question to the end of the answer. */
  milliseconds: number
  /** From the question to the first text; absent where the answer was not streamed. */
  firstTextMilliseconds?: number
}
