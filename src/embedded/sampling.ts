/** From logits to the next token, and from tokens to the text that may already be shown. */
import type { Random } from './random.ts'

/** The token with the highest logit at `temperature` 0, else one drawn with probability softmax(logits / temperature). */
export function sampleToken(logits: Float32Array, temperature: number, random: Random): number {
  let best = 0
  for (let token = 1; token < logits.length; token++) if (at(logits, token) > at(logits, best)) best = token
  if (temperature <= 0) return best
  const highest = at(logits, best)
  const weights = Array.from(logits, (logit) => Math.exp((logit - highest) / temperature))
  let left = random.next() * weights.reduce((sum, weight) => sum + weight, 0)
  for (const [token, weight] of weights.entries()) {
    left -= weight
    if (left < 0) return token
  }
  return best // rounding can leave a remainder
}

export interface StopState {
  /** What is certainly part of the answer. */
  text: string
  stopped: boolean
}

/**
 * Cuts `text` at the first of the `stops`, and the space before it. While more may come, an ending that could be the start of a stop is held back,
 * so that what was streamed is never taken back.
 */
export function applyStops(text: string, stops: readonly string[], more: boolean): StopState {
  const found = stops.map((stop) => text.indexOf(stop)).filter((index) => index >= 0)
  if (found.length > 0) return { text: text.slice(0, Math.min(...found)).trimEnd(), stopped: true }
  const held = more ? Math.max(0, ...stops.map((stop) => overlap(text, stop))) : 0
  const certain = text.slice(0, text.length - held)
  return { text: more ? certain.trimEnd() : certain, stopped: false }
}

/** Length of the longest ending of `text` that `stop` starts with. */
function overlap(text: string, stop: string): number {
  for (let length = Math.min(stop.length - 1, text.length); length > 0; length--) if (text.endsWith(stop.slice(0, length))) return length
  return 0
}

function at(values: Float32Array, index: number): number {
  return values[index] as number
}
