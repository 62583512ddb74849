/** A member of the population at its tasks: one after another, each booked before the next begins. */
import type { Agent } from '../../agent/create-agent.ts'
import type { Environment } from '../../core/environment.ts'
import { isRepriseError, RepriseError, type ErrorCode } from '../../core/errors.ts'
import type { Awaitable } from '../../core/json.ts'
import { abortable, abortedError, throwIfAborted } from '../../util/abort.ts'
import type { Outcome } from './population.ts'

/** What is known about a task when it is run. */
export interface TaskContext {
  /** Fires when the selection is aborted, or fails elsewhere. */
  signal: AbortSignal
  /** The member of the population, from 0. */
  member: number
  /** The goal's place among the goals. */
  index: number
}

/** Trains one goal with a memory; what it learns it stores there. */
export type RunTask<M> = (memory: M, goal: string, context: TaskContext) => Promise<{ success: boolean }>

/** How tasks are run: by a function, or by an agent for each memory and an environment for each goal. */
export type Training<M> =
  | { run: RunTask<M>; createAgent?: never; createEnvironment?: never }
  | {
      /** Called each time a memory was opened. */
      createAgent(memory: M): Pick<Agent, 'train'>
      createEnvironment(goal: string, context: TaskContext): Awaitable<Environment>
      run?: never
    }

/** Faults of a single episode: others may go well. What else breaks would break every further task too. */
const OWN_FAULTS: readonly ErrorCode[] = ['environment-failed', 'model-output', 'budget-exceeded', 'approval-denied']
/** How long a task that was aborted is waited for (ms): its memory may be storing what it learned. */
const GRACE = 1000

/** The training of one memory. */
export function trainerFor<M>(training: Training<M>, memory: M): (goal: string, context: TaskContext) => Promise<{ success: boolean }> {
  if (training.run) return (goal, context) => training.run(memory, goal, context)
  const agent = training.createAgent(memory)
  return async (goal, context) => {
    const environment = await abortable(
      (async () => training.createEnvironment(goal, context))().catch((error: unknown) => {
        throw asEnvironmentError(error)
      }),
      context.signal,
    )
    return agent.train(environment, goal, { signal: context.signal })
  }
}

/** What a task comes to. Rejects with `aborted`, and with every error that is not a fault of the episode alone. */
export async function outcomeOf(
  task: () => Promise<{ success: boolean }>,
  signal: AbortSignal,
): Promise<{ outcome: Outcome; error?: RepriseError }> {
  try {
    const result: unknown = await settledSoon((async () => task())(), signal)
    const success = typeof result === 'object' && result !== null && 'success' in result ? result.success : undefined
    if (typeof success !== 'boolean')
      throw new RepriseError('invalid-options', 'selectDatabase options: run must resolve with { success: boolean }.')
    return { outcome: success ? '1' : '0' }
  } catch (error) {
    throwIfAborted(signal)
    if (isRepriseError(error) && OWN_FAULTS.includes(error.code)) return { outcome: 'x', error }
    throw error
  }
}

/** As `work`; but once the signal has fired it is waited for only a little longer. */
async function settledSoon<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  let onAbort: () => void = () => {}
  const tooLate = new Promise<never>((_, reject) => {
    onAbort = () => (timer = setTimeout(() => reject(abortedError(signal)), GRACE))
  })
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([work, tooLate])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
  }
}

function asEnvironmentError(error: unknown): RepriseError {
  if (isRepriseError(error)) return error
  const reason = error instanceof Error ? error.message : String(error)
  return new RepriseError('environment-failed', `The environment could not be created: ${reason}`, { cause: error })
}
