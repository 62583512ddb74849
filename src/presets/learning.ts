/** `reprise/learning`: what goes beyond single agents. Choosing among memories, and the best of what they hold. */
export { discardSelection, type DiscardSelectionOptions } from '../learning/selection/discard-selection.ts'
export type { Databases, SelectableMemory } from '../learning/selection/databases.ts'
export { formatTable } from '../util/format-table.ts'
export type { SelectionRow } from '../learning/selection/population.ts'
export { selectDatabase, type DatabaseSelection } from '../learning/selection/select-database.ts'
export {
  selectExemplars,
  type ExemplarRow,
  type ExemplarSelection,
  type ExemplarSelectionEvent,
  type ExemplarSource,
  type SelectExemplarsOptions,
} from '../learning/selection/select-exemplars.ts'
export type { SelectionEvent } from '../learning/selection/selection-events.ts'
export type { PopulationOptions, SelectDatabaseOptions } from '../learning/selection/selection-options.ts'
export { indexedDbState, memoryState, type SelectionState } from '../learning/selection/state-stores.ts'
export type { RunTask, TaskContext, Training } from '../learning/selection/train-member.ts'
export type { CascadeOptions, Deferral, SampledUnit } from '../learning/cascade/cascade-options.ts'
export { cascadePolicy } from '../learning/cascade/cascade-policy.ts'
export {
  cascadeReport,
  type ArmReport,
  type CascadeReport,
  type CascadeReportOptions,
  type ModelTotals,
  type ReportArm,
} from '../learning/cascade/cascade-report.ts'
export { compareCascade, type CascadeArm, type CascadeComparison, type CompareCascadeOptions } from '../learning/cascade/compare-cascade.ts'
export type { Equivalence, EquivalenceContext, Equivalent } from '../learning/cascade/equivalence.ts'
export { judgeEquivalence } from '../learning/cascade/judge.ts'
export { keepOnly, stepsBy } from '../learning/cascade/keep-only.ts'
export { tallyEpisodes, type EpisodeTallies, type EpisodeTally } from '../learning/cascade/tally.ts'
