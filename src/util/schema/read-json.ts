/** JSON that a model wrote, made safe to hand to schemas and tools. */
import type { JsonValue } from '../../core/json.ts'

export type ReadJson = { ok: true; value: JsonValue } | { ok: false; why: string }

/** Parses `text`. Refuses the key `__proto__`, numbers too large for a number (`1e999`) and values nested more than 64 deep. Never throws. */
export function readJson(text: string): ReadJson {
  let forbidden = false
  let tooLarge = false
  try {
    const value = JSON.parse(text, (key, part: unknown) => {
      // Copied carelessly by a tool, this key would change an object's prototype.
      if (key === '__proto__') forbidden = true
      if (part === Infinity || part === -Infinity) tooLarge = true
      return part
    }) as JsonValue
    if (forbidden) return { ok: false, why: 'the key "__proto__" is not allowed' }
    if (tooLarge) return { ok: false, why: 'a number is too large' }
    return isDeeper(value, DEEPEST) ? { ok: false, why: `it is nested more than ${DEEPEST} deep` } : { ok: true, value }
  } catch (error) {
    return { ok: false, why: (error as Error).message.slice(0, 200) }
  }
}

/** Schemas are checked by functions that call themselves for each level. */
const DEEPEST = 64

function isDeeper(value: JsonValue, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value as Record<string, JsonValue>).some((part) => isDeeper(part, levels - 1))
}
