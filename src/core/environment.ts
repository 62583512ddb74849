/** The world an agent acts in. */
import type { Awaitable, JsonObject, JsonSchema } from './json.ts'

/** What an action may do to the world, from harmless to grave. */
export type Effect = 'read' | 'fill' | 'submit' | 'navigate' | 'destructive' | 'pay'

/** A question to the person in charge, asked before an action takes effect. */
export interface ApprovalRequest {
  effect: Effect
  /** The action as the agent wrote it. */
  action: string
  /** What would happen, in words made by code from facts, never by a model. */
  description: string
  /** The facts behind `description`, for a host that shows them in its own way. */
  details?: JsonObject
}

/** Allow this once (`true`), allow every request of this effect until the episode ends (`'run'`), or refuse. */
export type Approval = boolean | 'run'

/** What an environment is given for one step. */
export interface StepContext {
  /** Fires when the episode is aborted or left. The agent then waits no longer, whatever the environment does. */
  signal: AbortSignal
  /** Asks the person in charge; supplied by the agent. `false` where nobody can be asked. The time it takes is not counted. */
  approve(request: ApprovalRequest): Promise<boolean>
}

/** What came of an action. Anything else than this shape ends the episode with `environment-failed`. */
export interface StepResult {
  /** What the agent sees now; the outcome of the trajectory where the episode is over. */
  observation: string
  /** The episode is over. */
  done: boolean
  /** The goal is reached. Counts only together with `done`. */
  success: boolean
  /** 0 to 1; where it is absent 1 for success and 0 otherwise. */
  reward?: number
}

/**
 * ICRL's protocol, asynchronous and abortable. One environment serves one episode at a time.
 * Where a method throws, takes longer than the agent's `timeoutMs`, or returns something else than it should, the episode
 * ends with `environment-failed`; a `RepriseError` that it throws keeps its code.
 */
export interface Environment {
  /** Starts over for a goal and returns the first observation. */
  reset(goal: string, context: { signal: AbortSignal }): Awaitable<string>
  /**
   * Does what `action` says, as the model wrote it: any text at all. An action that makes no sense is best answered by an
   * observation that says so, from which the agent can learn.
   */
  step(action: string, context: StepContext): Awaitable<StepResult>
  /**
   * Names the task that a goal belongs to, so that an agent is never shown its own answer. Asked once an episode, after
   * `reset`. Where it throws, or returns no string, the episode ends with `environment-failed`.
   */
  taskId?(goal: string): string
  /**
   * What may be done now, where it is known: a list of actions, or a schema that an action must match. Asked before each
   * step and shown to the model, which is not bound by it. Where it throws, takes too long, or returns neither, the
   * episode ends with `environment-failed`.
   */
  actions?(): Awaitable<readonly string[] | JsonSchema>
}
