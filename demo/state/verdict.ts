/** What a comparison says, in words: goal by goal, since both sides tried the same ones. */
import { chance, plural } from '../format.ts'
import { signTest } from '../stats.ts'
import type { Pair } from './run-log.ts'

/** From here on chance alone is held for the worse explanation. */
const LEVEL = 0.05

export interface Compared {
  pairs: readonly Pair[]
  /** The memory has changed since. */
  closed: boolean
  /** Whether another round has goals to try. */
  more: boolean
}

/** A sentence or three; never advises a round that cannot be run. */
export function pairedVerdict({ pairs, closed, more }: Compared): string {
  const whole = pairs.filter((pair) => pair.with && pair.without)
  if (whole.length === 0) return more ? 'Press Compare once something was learned.' : NOTHING_LEFT
  const wins = whole.filter((pair) => pair.with?.success && !pair.without?.success).length
  const losses = whole.filter((pair) => !pair.with?.success && pair.without?.success).length
  const p = signTest(wins, losses)
  const counts = `Memory solved ${plural(wins, 'goal')} that failed without it, the other way round ${losses} (sign test ${chance(p)}).`
  return [counts, meaning(wins - losses, p), whatNext({ sure: p < LEVEL, closed, more })].filter(Boolean).join(' ')
}

const NOTHING_LEFT = 'Every goal of this world was tried; Setup has other worlds.'

function meaning(lead: number, p: number): string {
  if (p >= LEVEL) return 'Chance alone could do this.'
  return lead > 0 ? 'Chance alone would hardly do this.' : 'So memory did harm here, more than chance alone would.'
}

function whatNext({ sure, closed, more }: { sure: boolean; closed: boolean; more: boolean }): string {
  if (!more) return sure ? '' : NOTHING_LEFT
  if (closed) return 'The memory has changed since: the next Compare begins anew.'
  return sure ? '' : 'Compare again adds other fresh goals.'
}
