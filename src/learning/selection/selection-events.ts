/** What a selection tells about its progress. */
import type { RepriseError } from '../../core/errors.ts'
import type { SelectionRow } from './population.ts'

/** Progress of `selectDatabase`. Segments, members and goals are counted from 0. */
export type SelectionEvent =
  /** What an earlier call had begun is continued; `done` of `total` tasks, over all databases, are booked. */
  | { type: 'resumed'; segment: number; done: number; total: number }
  /** Goals from `from` to before `to` begin, or go on. */
  | { type: 'segment-start'; segment: number; from: number; to: number; databases: string[] }
  /** A task was booked. `error`: it broke, and counts as no success. */
  | {
      type: 'task'
      segment: number
      member: number
      database: string
      index: number
      goal: string
      success: boolean
      error?: RepriseError
      done: number
      total: number
    }
  /** A row per member. Told again where a selection is continued after it. */
  | { type: 'segment-end'; segment: number; rows: SelectionRow[] }
  /** After a segment `database` gives way to `by`, which becomes a copy of `copyOf`. */
  | { type: 'replaced'; segment: number; member: number; database: string; by: string; copyOf: string }
