/** The world an agent acts in. */
import type { Checkpoint } from './checkpoint.ts'
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
  /** What an answer of `'run'` covers: requests of the same effect and scope, e.g. one form. By default all of the effect. */
  scope?: string
  /** Asked every time: an answer of `'run'` covers this request alone. */
  always?: boolean
}

/**
 * Allow this once (`true`), allow every request of this effect and scope until the episode ends (`'run'`), refuse (`false`), or refuse and
 * end the episode with `approval-denied` (`'stop'`). What was refused three times in an episode is refused from then on without asking.
 */
export type Approval = boolean | 'run' | 'stop'

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
  /** `agent` where `success` is the agent's own word, which no code has checked (default `environment`). */
  judge?: 'environment' | 'agent'
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
  /**
   * Where text that others wrote comes from, for instance a page's address without its query. An environment that has this method
   * shows such text: trajectories say so (`provenance.pageText`, `provenance.source`), and are retrieved only once code or a person
   * has confirmed their success. Asked when the episode has begun.
   */
  source?(): string
  /**
   * Takes out what no prompt, event, log or store may hold. Every text of an episode passes through it on its way in: the goal,
   * observations, actions on offer, exemplars, decisions, and the messages of errors. Must not throw, and must leave alone what it has
   * already redacted. `step` gets the action as the model wrote it.
   *
   * `what` is `'action'` for the action that the agent has just written, and for nothing else, however much it looks like one: there, and
   * only there, something may be told from it, such as that what is typed into a password field is a secret from then on.
   */
  redact?(text: string, what?: 'action'): string
  /**
   * A shorter form of an observation. Without `action` it is what similar situations are looked up by; with it, what history,
   * trajectory and store keep of the observation once `action` has answered it: the parts that the action used.
   */
  digest?(observation: string, action?: string): string
  /** Keeps the state of an episode: before each action, after it was observed, and at the end. Where it throws, the episode ends with `environment-failed`. */
  checkpoint?(checkpoint: Checkpoint): Awaitable<void>
  /** Instead of `reset` where an episode is taken up again: what is seen now. */
  resume?(checkpoint: Checkpoint, context: { signal: AbortSignal }): Awaitable<string>
}
