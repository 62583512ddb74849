/** What an episode, or a batch of them, may use up; and what tokens cost. */

/** Limits; what is absent is not limited. Each must be more than 0. */
export interface Budget {
  /** Tokens in and out together. */
  tokens?: number
  /** US dollars. Every model that is asked must have a known price. */
  costUSD?: number
  /** Calls of models. */
  calls?: number
  /** Milliseconds from the beginning of the episode, or of the batch. */
  timeoutMs?: number
}

/** What tokens cost. Prices change: a table says of which day it is. */
export interface PriceTable {
  /** ISO 8601, a day. */
  asOf: string
  /** By id of the model. */
  models: Record<string, Price>
}

/** US dollars for a million tokens. */
export interface Price {
  input: number
  output: number
  /** Of input that the provider had cached; as `input` where absent. */
  cachedInput?: number
}
