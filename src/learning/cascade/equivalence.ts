/** When two samples of a decision are the same. */
import type { Awaitable } from '../../core/json.ts'
import type { LanguageModel } from '../../core/model.ts'
import type { Situation } from '../../core/policy.ts'
import type { Phase } from '../../core/trajectory.ts'

/**
 * `'text'`: the same text, but for white space at its ends. `'json'`: the same JSON, whatever the order of keys, the white space and the
 * spelling of numbers; texts that are no JSON as with `'text'`. A function decides by itself, for instance `judgeEquivalence(model)`.
 */
export type Equivalence = 'text' | 'json' | Equivalent

/** Whether two samples come to the same thing. What it throws ends the episode. */
export type Equivalent = (a: string, b: string, context: EquivalenceContext) => Awaitable<boolean>

export interface EquivalenceContext {
  /** Of what is compared: `act` for the actions of a step. */
  phase: Phase
  /** In which the samples were drawn. Its signal fires also when the comparison is no longer needed. */
  situation: Situation
  /** The same model; what it is asked counts among the calls of the decision. */
  meter(model: LanguageModel): LanguageModel
}

/** Equal texts are never asked about. */
export function equivalenceOf(equivalence: Equivalence): Equivalent {
  const compare = equivalence === 'text' ? () => false : equivalence === 'json' ? sameJson : equivalence
  return (a, b, context) => a.trim() === b.trim() || compare(a, b, context)
}

function sameJson(a: string, b: string): boolean {
  try {
    return canonical(JSON.parse(a)) === canonical(JSON.parse(b))
  } catch {
    return false
  }
}

/** As text, the keys of every object in order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
