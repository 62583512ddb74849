/** Everything an episode tells the outside. User interfaces, logs and tests consume only this. */
import type { Totals } from './budget.ts'
import type { ApprovalRequest } from './environment.ts'
import type { ModelCall, Usage } from './model.ts'
import type { Exemplar, Phase, Trajectory } from './trajectory.ts'

/** Why an episode ended. One that broke, or exceeded its budget, has no end event: its error goes to the caller. */
export type EndReason = 'success' | 'failure' | 'max-steps' | 'rejected'

/** Whose decision it was, and what it was shown. */
interface Decided {
  /** Id of the model that decided. */
  model: string
  /** Ids of the trajectories that stood in the prompt. */
  shown: readonly string[]
}

/** What an event tells, by its type. */
type Payload =
  | { type: 'episode-start'; goal: string; observation: string; mode: 'train' | 'run'; taskId?: string; resumed?: number }
  | { type: 'retrieved'; phase: Phase; step: number; exemplars: readonly Exemplar[]; milliseconds: number }
  | { type: 'text'; phase: Phase; step: number; delta: string }
  | ({ type: 'planned'; plan: string } & Decided)
  | ({ type: 'reasoned'; step: number; reasoning: string } & Decided)
  | ({ type: 'acted'; step: number; action: string } & Decided)
  | { type: 'approval-needed'; step: number; request: ApprovalRequest }
  | { type: 'observed'; step: number; observation: string; done: boolean; success: boolean }
  | { type: 'usage'; phase: Phase; step: number; model: string; usage: Usage; milliseconds: number; calls: readonly ModelCall[] }
  | { type: 'warning'; message: string }
  | ({
      type: 'episode-end'
      trajectory: Trajectory
      stored: boolean
      quarantined?: boolean
      pruned: readonly string[]
      reason: EndReason
    } & Totals)

/**
 * One event of an episode. `resumed` is how many steps were done before the episode was taken up again. `step` is how many steps were done before: 0 for the plan and the first step. `milliseconds` are by
 * the agent's clock. `text` tells a decision bit by bit; joined, the deltas are the model's answer before it is parsed.
 * `usage` comes once per decision, with the calls of models that it took, one by default; also for a decision that failed, with the
 * calls that were answered. The usages and calls of all of them sum up to those of `episode-end`.
 */
export type AgentEvent = Payload & { episodeId: string }

/** An event before the loop has put its episode's id on it. */
export type EpisodeEvent = Payload
