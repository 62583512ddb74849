/** Many episodes, some at a time. */
import * as z from 'zod/mini'
import type { Budget, PriceTable, Totals } from '../core/budget.ts'
import type { Environment } from '../core/environment.ts'
import { isRepriseError, RepriseError } from '../core/errors.ts'
import type { AgentEvent } from '../core/events.ts'
import type { Awaitable } from '../core/json.ts'
import type { Trajectory } from '../core/trajectory.ts'
import { abortable, anyOf, throwIfAborted } from '../util/abort.ts'
import { NO_TOTALS } from '../util/usage.ts'
import { callable, parse } from '../util/validate.ts'
import type { Account } from './budget.ts'

/** Options of a batch. */
export interface BatchOptions {
  /** Episodes at a time, 1 to 256 (default 1). Those under way together do not learn from one another. */
  concurrency?: number
  /** Ends the episodes under way; the goals not begun are settled with `aborted`. */
  signal?: AbortSignal
  /** Hears the events of all its episodes, told apart by `episodeId`. */
  onEvent?: (event: AgentEvent) => void
  /**
   * What all its episodes together may use up, beside each one's own budget. Once more is needed, the episodes under way end and the
   * goals not begun are settled, all with `budget-exceeded`; an episode that gets by with the calls it has under way is a success.
   */
  budget?: Budget
  /** Instead of the agent's. */
  prices?: PriceTable
}

/** How one goal of a batch ended, and what it took. An error carries the partial trajectory. */
export type EpisodeOutcome = { goal: string; totals: Totals } & (
  { status: 'fulfilled'; trajectory: Trajectory } | { status: 'rejected'; error: RepriseError }
)

export interface Batch {
  createEnvironment: (goal: string, index: number) => Awaitable<Environment>
  goals: readonly string[]
  /** Its budget's account, where it has one. */
  shared: Account | undefined
  episode: (request: {
    environment: Environment
    goal: string
    options: { signal: AbortSignal | undefined; onEvent: BatchOptions['onEvent']; prices: PriceTable | undefined }
    onTotals: (totals: Totals) => void
  }) => Promise<Trajectory>
}

const schema = z.object({
  createEnvironment: callable,
  goals: z.array(z.string().check(z.minLength(1))),
  concurrency: z.int().check(z.gte(1), z.lte(256)),
})

/** Settles every goal, in their order; rejects only for `invalid-options`. Loaded with the first batch. */
export async function runBatch(
  { createEnvironment, goals, shared, episode }: Batch,
  options: BatchOptions = {},
): Promise<EpisodeOutcome[]> {
  const { signal, onEvent, prices } = options
  const { concurrency } = parse(schema, { createEnvironment, goals, concurrency: options.concurrency ?? 1 }, 'Batch options')
  const creating = anyOf(signal, shared?.signal)
  const outcomes: EpisodeOutcome[] = []
  let next = 0

  const settle = async (goal: string, index: number): Promise<EpisodeOutcome> => {
    let totals = NO_TOTALS
    const onTotals = (spent: Totals): void => void (totals = spent)
    try {
      throwIfAborted(signal)
      checkRoom(shared)
      const environment = await abortable((async () => createEnvironment(goal, index))(), creating)
      const trajectory = await episode({ environment, goal, options: { signal, onEvent, prices }, onTotals })
      return { goal, totals, status: 'fulfilled', trajectory }
    } catch (error) {
      const overspent = isRepriseError(error, 'aborted') && creating.aborted && !signal?.aborted
      return { goal, totals, status: 'rejected', error: asError(overspent ? creating.reason : error) }
    }
  }
  const lane = async (): Promise<void> => {
    while (next < goals.length) {
      const index = next++
      outcomes[index] = await settle(goals[index] as string, index)
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, goals.length) }, lane))
  return outcomes
}

function checkRoom(shared: Account | undefined): void {
  const refusal = shared?.refusal(true)
  if (refusal) throw new RepriseError(refusal.code, `This goal was not begun. ${refusal.message}`, { cause: refusal })
}

function asError(error: unknown): RepriseError {
  if (isRepriseError(error)) return error
  return new RepriseError(
    'environment-failed',
    `The environment could not be created: ${error instanceof Error ? error.message : String(error)}`,
    { cause: error },
  )
}
