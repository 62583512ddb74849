/** A line of a snapshot, and what decides whether there is room for it. */
import type { Box } from './geometry.ts'
import type { Seen } from './seen.ts'

export interface Line {
  text: string
  kind: 'landmark' | 'heading' | 'control' | 'live' | 'text'
  /** Of a heading, 1 to 6. */
  level: number
  /** Where it is seen, in pixels of the viewport; `null` where that is not known. */
  place: Box | null
  /** The list or table that it is an entry of, and which entry it is. */
  group: Seen | null
  nth: number
  word: 'rows' | 'items' | 'lines'
  /** The only reference in it, where nothing else is in it. */
  ref: string
  inDialog: boolean
  focused: boolean
  /** The text without quotes, where there is nothing else in the line. */
  plain: string
  changed: boolean
}

/** `== main "Orders"` */
export const LANDMARK = '=='
