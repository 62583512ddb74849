/** From kept episodes to tables of docs/cascade.md. Pure. */
import type { PriceTable } from '../../src/core/budget.ts'
import { cascadeReport } from '../../src/learning/cascade/cascade-report.ts'
import type { Kept } from './host.ts'
import { AGAINST, ARMS, rowOf, SETUPS, STUDENT, TEACHER } from './setups.ts'

/** A dollar for a million tokens of the student; the teacher's in proportion to its parameters. */
export const PRICES: PriceTable = {
  asOf: '2026-11-20',
  models: Object.fromEntries(
    [STUDENT, TEACHER].map(({ id, parameters }) => {
      const price = parameters / STUDENT.parameters
      return [id, { input: price, output: price }]
    }),
  ),
}

/** By name: one for each of the worlds of which there are episodes. */
export function tablesOf(kept: readonly Kept[]): Record<string, string> {
  const there = SETUPS.filter((setup) => kept.some((one) => one.setup === setup))
  return Object.fromEntries(there.map((setup) => [setup, tableOf(kept.filter((one) => one.setup === setup))]))
}

function tableOf(kept: readonly Kept[]): string {
  const arms = ARMS.map(({ name }) => ({ name, episodes: kept.filter(({ arm }) => arm === name).map(({ episode }) => episode) }))
  const setup = kept[0]?.setup ?? 'standard'
  const { keys, families, grammar } = rowOf(setup).world
  // One demonstration for each key of each family.
  const demonstrations = keys * (grammar === 'invented' ? 1 : families.length)
  return cascadeReport({ teacher: TEACHER.id, arms, against: AGAINST, prices: PRICES, demonstrations }).markdown.trimEnd()
}
