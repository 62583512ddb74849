/** What an episode, or a batch of them, may use up; what was used; and what tokens cost. */
import type { Usage } from './message.ts'

/**
 * Limits; what is absent is not limited. Each must be more than 0. A call of a model begins only while something is left of every
 * limit, and a decision that went beyond one is not acted on; what ends exactly at a limit has not exceeded it.
 */
export interface Budget {
  /** Tokens in and out together, as far as the models tell them. */
  tokens?: number
  /** US dollars. Every model that is asked must have a known price. */
  costUSD?: number
  /** Calls of models, those that failed included. A whole number. */
  calls?: number
  /**
   * Milliseconds from the beginning of the episode, or of the batch, whoever takes them; ends a call in the middle. Verifying and
   * storing what the environment called a success are not interrupted. At most 2,147,483,647.
   */
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

/** What was used up. */
export interface Totals {
  /** Calls of models that were answered. */
  calls: number
  /** Of these calls. Money only where the cost of each of them is known. */
  usage: Usage
  milliseconds: number
}
