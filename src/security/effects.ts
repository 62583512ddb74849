/** The order of effects, and which of two is the graver. Everything that asks, asks by this order. */
import type { Effect } from '../core/environment.ts'

/** From harmless to grave. */
export const EFFECTS: readonly Effect[] = ['read', 'fill', 'submit', 'navigate', 'destructive', 'pay']

/** Whether `effect` is graver than `above`. One that is not on the list is graver than all that are. */
export function exceeds(effect: Effect, above: Effect): boolean {
  return rank(effect) > EFFECTS.indexOf(above)
}

/** The graver of two. */
export function riskier(a: Effect, b: Effect): Effect {
  return rank(b) > rank(a) ? b : a
}

function rank(effect: Effect): number {
  const at = EFFECTS.indexOf(effect)
  return at === -1 ? EFFECTS.length : at
}
