/** What is said to a model, and what it costs. */

export interface Message {
  role: 'system' | 'user' | 'assistant'
  content: string
}

/** Tokens in and out; money only where the price is known. */
export interface Usage {
  inputTokens: number
  outputTokens: number
  costUSD?: number
}
