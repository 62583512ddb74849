/** Which of an agent's successes go into the memory, by who decided their steps. */
import type { Memory } from '../../core/memory.ts'
import type { Trajectory } from '../../core/trajectory.ts'
import { callable, parse, withMethods } from '../../util/validate.ts'

/** How many of a trajectory's actions a model decided, by what the agent noted at each step. */
export function stepsBy(trajectory: Pick<Trajectory, 'steps'>, model: string): number {
  return trajectory.steps.filter(({ metadata }) => metadata?.['model'] === model).length
}

/**
 * The memory, but that of successful episodes only those are stored for which `keep` says so; the ledger still learns of all of them.
 * Without it training stores every success, whoever decided its steps.
 * Errors: `invalid-options`. What `keep` throws ends the episode, and nothing of it is stored.
 *
 * @example
 * // Where the student needed help: what it cannot do yet.
 * const memory = keepOnly(all, (trajectory) => stepsBy(trajectory, teacher.id) > 0)
 * // What the teacher did alone.
 * const distilled = keepOnly(all, (trajectory) => stepsBy(trajectory, teacher.id) === trajectory.steps.length)
 */
export function keepOnly(memory: Memory, keep: (trajectory: Trajectory) => boolean): Memory {
  parse(withMethods('retrieve', 'record', 'add', 'has'), memory, "keepOnly's memory")
  parse(callable, keep, "keepOnly's keep")
  return {
    retrieve: (query, options) => memory.retrieve(query, options),
    record: async (episode, options) => memory.record({ ...episode, store: episode.store && keep(episode.trajectory) }, options),
    add: (trajectory, options) => memory.add(trajectory, options),
    has: (id) => memory.has(id),
  }
}
