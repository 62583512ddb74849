/** When two samples of a decision are the same. */
import type { Awaitable } from '../../core/json.ts'
import type { LanguageModel } from '../../core/model.ts'
import type { Situation } from '../../core/policy.ts'
import type { Phase } from '../../core/trajectory.ts'

/**
 * `'text'`: the same text, but for white space at its ends. `'json'`: the same JSON, whatever the order of keys, the white space and the
 * spelling of numbers; texts that are no JSON, name a key twice or hold a number that a double cannot (9007199254740993, 1e999) as with
 * `'text'`. A function decides by itself, for instance `judgeEquivalence(model)`.
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
    return canonical(exactly(a)) === canonical(exactly(b))
  } catch {
    return false
  }
}

/** The value of a JSON text that holds nothing which parsing would lose; else it throws. */
function exactly(json: string): unknown {
  const value: unknown = JSON.parse(json)
  let keys = 0
  for (const [token, , colon] of json.matchAll(TOKENS)) {
    if (colon) keys++
    else if (!token.startsWith('"') && decimal(token) !== decimal(String(Number(token)))) throw new RangeError(`${token} is no double.`)
  }
  if (keys !== keysOf(value)) throw new RangeError('A key stands twice.')
  return value
}

/** Strings, with the colon that makes one a key, and numbers. */
const TOKENS = /("[^"\\]*(?:\\.[^"\\]*)*")\s*(:)?|-?\d[\d.eE+-]*/g

/** One spelling of each decimal number: digits without zeros at their ends, and the power of ten of the last. */
function decimal(text: string): string | undefined {
  const [, sign, whole = '', fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text) ?? []
  if (whole === '' || text.length > 400) return undefined
  const digits = (whole + fraction).replace(/^0+/, '')
  const short = digits.replace(/0+$/, '')
  return short && `${sign}${short}e${Number(exponent) - fraction.length + digits.length - short.length}`
}

function keysOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const inner: unknown[] = Object.values(value)
  return inner.reduce<number>((sum, one) => sum + keysOf(one), Array.isArray(value) ? 0 : inner.length)
}

/** As text, the keys of every object in order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
