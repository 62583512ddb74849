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
  /** The last comparison. */
  readonly pairs: readonly Pair[]
  /** How many comparisons were made; each one draws other goals. */
  readonly comparisons: number
  append(outcome: Outcome): void
  beginComparison(goals: readonly string[]): void
  setPair(index: number, pair: Pair): void
  clear(): void
}

interface Kept {
  outcomes: Outcome[]
  pairs: Pair[]
  comparisons: number
}

/** Older outcomes than these are dropped: the curve shows no more, and storage is small. */
const MOST_OUTCOMES = 3_000

/** @param memory name of the memory that the outcomes belong to. */
export function openRunLog(memory: string): RunLog {
  const key = `reprise-playground/log/${memory}`
  let kept = checked(readJson(key))
  const save = (): void => void writeJson(key, kept)
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
    append: (outcome) => {
      kept.outcomes = [...kept.outcomes, outcome].slice(-MOST_OUTCOMES)
      save()
    },
    beginComparison: (goals) => {
      kept.pairs = goals.map((goal) => ({ goal, with: null, without: null }))
      kept.comparisons++
      save()
    },
    setPair: (index, pair) => {
      kept.pairs = kept.pairs.with(index, pair)
      save()
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
