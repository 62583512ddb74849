/** The arithmetic of population-based training: how tasks are cut into segments, and which database did best. Pure functions. */

/** What a task came to: done, not done, or broken by its environment or by what the model said. */
export type Outcome = '1' | '0' | 'x'

/** One database's part of a segment. */
export interface Stint {
  /** Name of the database. */
  database: string
  /** One `Outcome` per task done so far, in the order of the tasks. */
  outcomes: string
}

/** The segments begun so far, each with the stints of all members. */
export type Segments = readonly (readonly Stint[])[]

/** The part of the tasks that a segment covers. */
export interface Span {
  from: number
  to: number
}

/** One database in one segment. */
export interface SelectionRow {
  /** From 0. */
  segment: number
  /** Place in the population, from 0: a copy that replaces a database takes its place. */
  member: number
  /** Name of the database. */
  database: string
  /** Tasks done in this segment. */
  tasks: number
  successes: number
  /** Tasks that ended with an error of their own; they count as no success. */
  errors: number
  /** Successes among the tasks, 0 to 1; 0 where none is done yet. */
  rate: number
  /** The database whose copy took its place after this segment. */
  replacedBy?: string
}

/** Segments of `first` tasks that double; the last takes what is left. They cover all tasks, each once. */
export function spansOf(tasks: number, first: number): Span[] {
  const spans: Span[] = []
  let from = 0
  for (let length = first; from < tasks; length *= 2) {
    spans.push({ from, to: Math.min(from + length, tasks) })
    from += length
  }
  return spans
}

/**
 * The members of each segment, the best first: by the segment's successes; among equals by the successes in all tasks that made the
 * database, with those of the one that it was copied from; among these the lower member first.
 */
export function standings(segments: Segments): number[][] {
  const orders: number[][] = []
  let totals: number[] = []
  for (const [s, stints] of segments.entries()) {
    const before = segments[s - 1]
    const inherited = (member: number): number =>
      totals[before?.[member]?.database === stints[member]?.database ? member : (orders[s - 1]?.[0] ?? 0)] ?? 0
    totals = stints.map((stint, member) => inherited(member) + successesOf(stint))
    const won = stints.map(successesOf)
    orders.push(Array.from(stints.keys()).toSorted((a, b) => at(won, b) - at(won, a) || at(totals, b) - at(totals, a) || a - b))
  }
  return orders
}

/** Who is replaced by whom after the latest segment; nobody where all did equally well. */
export function replacementIn(segments: Segments): { worst: number; best: number } | undefined {
  const order = standings(segments).at(-1) ?? []
  const [best = 0] = order
  const worst = order.at(-1) ?? 0
  const latest = segments.at(-1) ?? []
  const differs = latest.some((stint) => successesOf(stint) !== successesOf(latest[0] as Stint))
  return differs ? { worst, best } : undefined
}

/** A row per segment and member. */
export function rowsOf(segments: Segments): SelectionRow[] {
  const orders = standings(segments)
  return segments.flatMap((stints, segment) =>
    stints.map((stint, member): SelectionRow => {
      const tasks = stint.outcomes.length
      const successes = successesOf(stint)
      const errors = count(stint, 'x')
      const row = { segment, member, database: stint.database, tasks, successes, errors, rate: tasks === 0 ? 0 : successes / tasks }
      const next = segments[segment + 1]?.[member]
      const best = stints[orders[segment]?.[0] ?? 0]
      return next && best && next.database !== stint.database ? { ...row, replacedBy: best.database } : row
    }),
  )
}

function successesOf(stint: Stint): number {
  return count(stint, '1')
}

function count({ outcomes }: Stint, outcome: Outcome): number {
  return outcomes.split(outcome).length - 1
}

function at(numbers: readonly number[], index: number): number {
  return numbers[index] ?? 0
}
