/**
 * The outcomes of all episodes of one memory, so that the learning curve survives a reload.
 * The memory keeps successes alone; what failed is remembered only here.
 */
import { forget, readJson, writeJson } from './local.ts'

export interface Outcome {
  goal: string
  success: boolean
  steps: number
}

/** One goal of a comparison, tried with and without memory. */
export interface Pair {
  goal: string
  with: Outcome | null
  without: Outcome | null
}

export interface RunLog {
  readonly outcomes: readonly Outcome[]
  /** The last comparison: all its rounds, as long as the memory stayed the same. */
  readonly pairs: readonly Pair[]
  /** How many rounds of comparing were made; each one draws other goals. */
  readonly comparisons: number
  /** Whether the memory has changed since, so that the next round starts a comparison of its own. */
  readonly closed: boolean
  append(outcome: Outcome): void
  closeComparison(): void
  /** Adds goals to the comparison, or starts another one where it is closed; returns where the new ones begin. */
  extendComparison(goals: readonly string[]): number
  setPair(index: number, pair: Pair): void
  /** Reads what another tab may have written meanwhile; returns whether it did. */
  reload(): boolean
  clear(): void
}

interface Kept {
  outcomes: Outcome[]
  pairs: Pair[]
  comparisons: number
  closed: boolean
}

/** Older outcomes than these are dropped: the curve shows no more, and storage is small. */
const MOST_OUTCOMES = 3_000

/** @param memory name of the memory that the outcomes belong to. */
export function openRunLog(memory: string): RunLog {
  const key = `reprise-playground/log/${memory}`
  let kept = checked(readJson(key))
  let written = true
  const save = (): void => void (written = writeJson(key, kept))
  return {
    get outcomes() {
      return kept.outcomes
    },
    get pairs() {
      return kept.pairs
    },
    get comparisons() {
      return kept.comparisons
    },
    get closed() {
      return kept.closed
    },
    append: (outcome) => {
      kept.outcomes = [...kept.outcomes, outcome].slice(-MOST_OUTCOMES)
      save()
    },
    closeComparison: () => {
      if (kept.closed || kept.pairs.length === 0) return
      kept.closed = true
      save()
    },
    extendComparison: (goals) => {
      // A pair that was stopped half-way says nothing.
      const before = kept.closed ? [] : kept.pairs.filter((pair) => pair.with && pair.without)
      kept.pairs = [...before, ...goals.map((goal) => ({ goal, with: null, without: null }))]
      kept.comparisons++
      kept.closed = false
      save()
      return before.length
    },
    setPair: (index, pair) => {
      kept.pairs = kept.pairs.with(index, pair)
      save()
    },
    reload: () => {
      // Where nothing can be written this page's own copy is the only one.
      if (!written) return false
      const before = JSON.stringify(kept)
      kept = checked(readJson(key))
      return JSON.stringify(kept) !== before
    },
    clear: () => {
      kept = checked(null)
      forget(key)
    },
  }
}

/** Another version of this page, or a person, may have written what is there. */
function checked(value: unknown): Kept {
  const given = (typeof value === 'object' && value !== null ? value : {}) as { [field in keyof Kept]?: unknown }
  const pairs = Array.isArray(given.pairs) ? given.pairs.filter(isPair) : []
  return {
    outcomes: Array.isArray(given.outcomes) ? given.outcomes.filter(isOutcome) : [],
    pairs,
    comparisons: typeof given.comparisons === 'number' ? given.comparisons : 0,
    closed: given.closed === true,
  }
}

function isOutcome(value: unknown): value is Outcome {
  const given = value as Partial<Outcome> | null
  return typeof given?.goal === 'string' && typeof given.success === 'boolean' && typeof given.steps === 'number'
}

function isPair(value: unknown): value is Pair {
  const given = value as Partial<Pair> | null
  return (
    typeof given?.goal === 'string' &&
    (given.with === null || isOutcome(given.with)) &&
    (given.without === null || isOutcome(given.without))
  )
}
