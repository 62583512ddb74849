/** Many episodes, some at a time. */
import * as z from 'zod/mini'
import type { Environment } from '../core/environment.ts'
import { isRepriseError, RepriseError } from '../core/errors.ts'
import type { AgentEvent } from '../core/events.ts'
import type { Awaitable } from '../core/json.ts'
import type { Trajectory } from '../core/trajectory.ts'
import { abortable, throwIfAborted } from '../util/abort.ts'
import { callable, parse } from '../util/validate.ts'
import { episodeOptionsSchema } from './options-schema.ts'

/** Options of a batch. */
export interface BatchOptions {
  /** Episodes at a time, 1 to 256 (default 1). Those under way together do not learn from one another. */
  concurrency?: number
  /** Ends the episodes under way; the goals not begun are settled with `aborted`. */
  signal?: AbortSignal
  /** Hears the events of all its episodes, told apart by `episodeId`. */
  onEvent?: (event: AgentEvent) => void
}

/** How one goal of a batch ended. An error carries the partial trajectory. */
export type EpisodeOutcome = { goal: string } & (
  { status: 'fulfilled'; trajectory: Trajectory } | { status: 'rejected'; error: RepriseError }
)

export interface Batch {
  createEnvironment: (goal: string, index: number) => Awaitable<Environment>
  goals: readonly string[]
  episode: (
    environment: Environment,
    goal: string,
    options: { signal?: AbortSignal; onEvent?: (event: AgentEvent) => void },
  ) => Promise<Trajectory>
}

const schema = z.object({
  createEnvironment: callable,
  goals: z.array(z.string().check(z.minLength(1))),
  concurrency: z.int().check(z.gte(1), z.lte(256)),
})

/** Settles every goal, in their order; rejects only for `invalid-options`. */
export async function runBatch({ createEnvironment, goals, episode }: Batch, options: BatchOptions = {}): Promise<EpisodeOutcome[]> {
  const { concurrency } = parse(schema, { createEnvironment, goals, concurrency: options.concurrency ?? 1 }, 'Batch options')
  parse(episodeOptionsSchema, options, 'Batch options')
  const given = { ...(options.signal && { signal: options.signal }), ...(options.onEvent && { onEvent: options.onEvent }) }
  const outcomes: EpisodeOutcome[] = []
  let next = 0

  const settle = async (goal: string, index: number): Promise<EpisodeOutcome> => {
    try {
      throwIfAborted(options.signal)
      const environment = await abortable((async () => createEnvironment(goal, index))(), options.signal)
      return { goal, status: 'fulfilled', trajectory: await episode(environment, goal, given) }
    } catch (error) {
      return { goal, status: 'rejected', error: asError(error) }
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

function asError(error: unknown): RepriseError {
  if (isRepriseError(error)) return error
  return new RepriseError(
    'environment-failed',
    `The environment could not be created: ${error instanceof Error ? error.message : String(error)}`,
    { cause: error },
  )
}
