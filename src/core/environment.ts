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
  details?: JsonObject
}

/** Allow this once (`true`), allow every request of this effect until the episode ends (`'run'`), or refuse. */
export type Approval = boolean | 'run'

export interface StepContext {
  signal: AbortSignal
  /** Asks the person in charge; supplied by the agent. `false` where nobody can be asked. */
  approve(request: ApprovalRequest): Promise<boolean>
}

export interface StepResult {
  observation: string
  /** The episode is over. */
  done: boolean
  success: boolean
  /** 0 to 1; where it is absent 1 for success and 0 otherwise. */
  reward?: number
}

/** ICRL's protocol, asynchronous and abortable. One environment serves one episode at a time. */
export interface Environment {
  /** Starts over for a goal and returns the first observation. */
  reset(goal: string, context: { signal: AbortSignal }): Awaitable<string>
  step(action: string, context: StepContext): Awaitable<StepResult>
  /** Names the task that a goal belongs to, so that an agent is never shown its own answer. */
  taskId?(goal: string): string
  /** What may be done now, where it is known: a list of actions, or a schema that an action must match. */
  actions?(): Awaitable<readonly string[] | JsonSchema>
}
