/**
 * Seeded random numbers for the text world, its baselines and the embedded model's sampling: the same seed gives the
 * same numbers in every browser. The generator is Mulberry32 (Tommy Ettinger): 32 bits of state, period 2^32.
 * Good for games and experiments, never for secrets.
 */

/** A stream of random numbers. */
export interface Random {
  /** The next number in [0, 1). */
  next(): number
  /** A whole number in [0, `bound`). */
  integer(bound: number): number
  /** One of `items`, which must not be empty. */
  pick<T>(items: readonly T[]): T
  /** `count` different items in random order (all of them by default). */
  sample<T>(items: readonly T[], count?: number): T[]
}

/** A stream that `seed` decides; only its lowest 32 bits as a whole number count. */
export function createRandom(seed: number): Random {
  let state = seed | 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }
  const integer = (bound: number): number => Math.floor(next() * bound)
  return {
    next,
    integer,
    pick: (items) => items[integer(items.length)] as (typeof items)[number],
    sample: (items, count = items.length) => {
      const rest = [...items]
      return Array.from({ length: Math.min(count, rest.length) }, () => rest.splice(integer(rest.length), 1)[0] as (typeof items)[number])
    },
  }
}

/** One seed, a whole number of 32 bits with a sign, out of several parts (FNV-1a over their text): `deriveSeed(seed, 'goals')`. */
export function deriveSeed(...parts: readonly (number | string)[]): number {
  let hash = 0x811c9dc5
  for (const character of parts.join('\u0000')) hash = Math.imul(hash ^ (character.codePointAt(0) as number), 0x01000193)
  return hash | 0
}
