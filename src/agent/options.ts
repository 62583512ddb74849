/** What an agent can be told. */
import type { Budget, PriceTable } from '../core/budget.ts'
import type { Approval, ApprovalRequest } from '../core/environment.ts'
import type { AgentEvent } from '../core/events.ts'
import type { Awaitable } from '../core/json.ts'
import type { Curation, Memory } from '../core/memory.ts'
import type { LanguageModel } from '../core/model.ts'
import type { Policy, PromptFormat } from '../core/policy.ts'
import type { Phase, Trajectory, TrajectoryInput } from '../core/trajectory.ts'

/** What `createAgent` takes. Unknown fields are refused. */
export interface AgentOptions {
  /** May be left out where `policy` is given. */
  model?: LanguageModel
  /** Where exemplars come from, and where training puts episodes: `openMemory()`'s, or anything of that shape. It stays the caller's to close. */
  memory: Memory
  /** Decides instead of the built-in ReAct policy. */
  policy?: Policy
  /** A prompt format, or templates per phase. By default the model's own format, else the one for chat models. */
  prompts?: PromptFormat | { [phase in Phase]?: string }
  /** Standing instructions for every prompt. Trusted: never put text of a page here. */
  guidance?: string
  /** Exemplars per decision, 0 to 1,000 (default 3); with 0 nothing is retrieved. */
  k?: number
  /** Steps shown on either side of an exemplar's best step, 0 to 1,000 or `Infinity` (default 5). */
  window?: number
  /** Retrieve for every decision (default), or once per step and share it between reasoning and action. */
  retrieval?: 'per-decision' | 'per-step'
  /** Steps per episode, 1 to 10,000 (default 30). One that is not done by then ends without success. */
  maxSteps?: number
  /**
   * Milliseconds that one call of the environment may take (default 60,000), not counting approvals: more than 0 and at most
   * 2,147,483,647, or `Infinity` for no limit.
   */
  timeoutMs?: number
  /**
   * What each episode may use up, by default anything. One that needs more ends with `budget-exceeded`, which says which limit it was
   * and carries what was done (`error.trajectory`). Limits of tokens and money are seen after a call: the last one may go beyond.
   */
  budget?: Budget
  /** What tokens cost, by the id of the model. Only for calls whose cost the provider does not tell; without it tokens alone are counted. */
  prices?: PriceTable
  /** Sampling temperature, 0 to 2; by default what the prompt format asks for, else 0.1. */
  temperature?: number
  /** When a trajectory that does not help is taken out of retrieval (default threshold 0.3 after 5 retrievals); `false` for never. */
  curation?: Curation | false
  /** The last word on whether a success is one; asked when training only. A rejected trajectory is not stored. */
  verify?: (trajectory: Trajectory) => Awaitable<boolean>
  /** Added once, before the first episode. Those whose id the memory has are left out; without an id it follows from the content. */
  seeds?: readonly TrajectoryInput[]
  /** Hears every event of every episode. What it throws harms nothing; it goes to the page's error handler. */
  onEvent?: (event: AgentEvent) => void
  /** Answers the environment's approval requests, e.g. `confirmDialog()` of `reprise/ui`; without it they are refused. `signal` fires when the episode is aborted or left. */
  confirm?: (request: ApprovalRequest, context: { signal: AbortSignal }) => Awaitable<Approval>
  /** Milliseconds since the epoch; for tests. */
  clock?: () => number
}
