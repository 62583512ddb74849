/** The worlds and the ways of running them. Worlds, goals and what is stored are those of the learning benchmark. */
import type { SampledUnit } from '../../src/learning/cascade/cascade-options.ts'
import { ROWS, type Row } from '../learning/rows.ts'

/** Worlds of the learning benchmark, by the name of their setup there. */
export const SETUPS = ['standard', 'any-noun', 'invented', 'wording', 'steps-6'] as const
export type Setup = (typeof SETUPS)[number]

export interface Arm {
  name: string
  by: 'student' | 'teacher' | { sampled: readonly SampledUnit[]; samples?: number; temperature?: number }
  /** Exemplars per decision. */
  k: number
}

export const AGAINST = 'teacher with exemplars'

export const ARMS: readonly Arm[] = [
  { name: 'student', by: 'student', k: 0 },
  { name: 'student with exemplars', by: 'student', k: 3 },
  { name: "cascade, `['act']`", by: { sampled: ['act'] }, k: 3 },
  { name: "cascade, `['step']` (default)", by: { sampled: ['step'] }, k: 3 },
  { name: "cascade, `['step']`, 5 samples", by: { sampled: ['step'], samples: 5 }, k: 3 },
  { name: "cascade, `['plan', 'step']`", by: { sampled: ['plan', 'step'] }, k: 3 },
  { name: "cascade, `['plan', 'step']`, temperature 1.2", by: { sampled: ['plan', 'step'], temperature: 1.2 }, k: 3 },
  { name: "cascade, `['plan', 'reason', 'act']`", by: { sampled: ['plan', 'reason', 'act'] }, k: 3 },
  { name: AGAINST, by: 'teacher', k: 3 },
]

/** The row of the learning benchmark that has these worlds with exemplars. */
export function rowOf(setup: Setup): Row {
  const row = ROWS.find(({ name }) => name === `exemplars/${setup}/retrieved-3`)
  if (!row) throw new Error(`The learning benchmark has no worlds “${setup}”.`)
  return row
}

/** Id and parameters of the two models (docs/model-card.md). */
export const STUDENT = { id: 'embedded/world-2-small', parameters: 321_216 } as const
export const TEACHER = { id: 'embedded/world-2', parameters: 846_720 } as const
