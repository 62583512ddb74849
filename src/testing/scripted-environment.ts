/** A world that plays back a script: for tests of agents, without a real environment. */
import { RepriseError } from '../core/errors.ts'
import type { Environment, StepResult } from '../core/environment.ts'
import type { Awaitable } from '../core/json.ts'
import { abortable, throwIfAborted } from '../util/abort.ts'

/** An observation, or parts of a `StepResult`; what is left out is empty or `false`. */
export type ScriptedStep = string | Partial<StepResult>

/** Steps in order, or a function of the action, of how many came before it in this episode, and of the goal. */
export type EnvironmentScript = readonly ScriptedStep[] | ((action: string, index: number, goal: string) => Awaitable<ScriptedStep>)

/** What `scriptedEnvironment` takes. */
export interface ScriptedEnvironmentOptions {
  /** What `reset` returns (default: the goal). */
  observation?: string | ((goal: string) => string)
  /** Of the environment; without it, it has none. */
  taskId?: NonNullable<Environment['taskId']>
  /** Of the environment; without it, it has none. */
  actions?: NonNullable<Environment['actions']>
}

/** An environment that keeps what happened to it. */
export interface ScriptedEnvironment extends Environment {
  /** The goals of its episodes, oldest first. */
  readonly goals: readonly string[]
  /** The actions of the current episode, oldest first. */
  readonly taken: readonly string[]
}

/**
 * An environment that answers from a list, or by a function; a list starts over with each `reset`.
 * Throws `environment-failed` when the script has no step left, naming the step.
 *
 * @example
 * const environment = scriptedEnvironment(['The drawer is open.', { observation: 'You have the key.', done: true, success: true }])
 */
export function scriptedEnvironment(script: EnvironmentScript, options: ScriptedEnvironmentOptions = {}): ScriptedEnvironment {
  const { observation = (goal: string) => goal, taskId, actions } = options
  const goals: string[] = []
  const taken: string[] = []
  return {
    goals,
    taken,
    reset(goal, { signal }) {
      throwIfAborted(signal)
      goals.push(goal)
      taken.length = 0
      return typeof observation === 'string' ? observation : observation(goal)
    },
    async step(action, { signal }) {
      throwIfAborted(signal)
      const index = taken.push(action) - 1
      const step = typeof script === 'function' ? await abortable(script(action, index, goals.at(-1) ?? ''), signal) : script[index]
      if (step === undefined)
        throw new RepriseError(
          'environment-failed',
          `The scripted environment has no step ${index + 1} (counted from 1), taken by ${JSON.stringify(action.slice(0, 200))}.`,
        )
      return { observation: '', done: false, success: false, ...(typeof step === 'string' ? { observation: step } : step) }
    },
    ...(taskId && { taskId }),
    ...(actions && { actions }),
  }
}
