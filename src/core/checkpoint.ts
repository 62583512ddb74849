/** What is kept of an episode while it runs, so that it can be taken up after the page was loaded anew. */
import type { Totals } from './budget.ts'
import type { Shown } from './memory.ts'
import type { Trajectory } from './trajectory.ts'

/** An episode as it stood. Values of JSON; texts are those that events told, after redaction. */
export interface Checkpoint {
  /**
   * `acting`: the last step's action was about to take effect, and nothing tells whether it did. `deciding`: it was observed, the next
   * decision was due. `ended`: nothing is left to do.
   */
  state: 'deciding' | 'acting' | 'ended'
  mode: 'train' | 'run'
  /** What was done so far; `trajectory.id` is the episode's. */
  trajectory: Trajectory
  /** What was seen last, and not yet answered by a step. */
  observation: string
  /** Every exemplar shown so far. */
  shown: readonly Shown[]
  /** What the episode has used up of its budget. */
  spent: Totals
}
