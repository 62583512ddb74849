/** The nouns of in-context reinforcement learning: steps, trajectories, exemplars. */
import type { JsonObject } from './json.ts'

/** One turn of an episode: what was seen, what was thought, what was done. */
export interface Step {
  /** Seen before the action; what came of it is the next step's, or the trajectory's outcome. */
  observation: string
  reasoning: string
  action: string
  /** For instance which model decided. */
  metadata?: JsonObject
}

/** Where a trajectory came from, and who said that it was a success. */
export interface Provenance {
  /** Origin of the page that recorded it, e.g. `https://example.com`. */
  origin: string
  /** Id of the model that acted. */
  model: string
  /**
   * Who judged it: the environment's code, the host's `verify`, a person who added or accepted it, a seed of the agent's options, an
   * import, or only the agent itself.
   */
  rewardSource: 'environment' | 'verifier' | 'user' | 'seed' | 'import' | 'agent'
  /** Whether it contains text that a page, or anybody else, may have written. Then the agent's own word does not make it retrievable. */
  pageText: boolean
  /** Where that text came from, e.g. `https://example.com/tickets`; no source fills more than its share of what is retrieved. */
  source?: string
}

/** A whole episode. */
export interface Trajectory {
  /** 1 to 256 characters; two trajectories of one memory never share it. */
  id: string
  goal: string
  plan: string
  /** Oldest first. */
  steps: Step[]
  /** The final observation. */
  outcome: string
  success: boolean
  /** 0 to 1. */
  reward: number
  /** Episodes of one task share it; a trajectory is never an exemplar for its own task. */
  taskId?: string
  /** Id of the trajectory that this one replaces: that one is kept and listed, but no longer retrieved once this one can be. */
  supersedes?: string
  /** ISO 8601. */
  createdAt: string
  provenance: Provenance
  /** The host's own notes; never shown to a model. */
  metadata: JsonObject
}

/** A trajectory as a caller writes it: what is left out is filled in when it is added. */
export type TrajectoryInput = Pick<Trajectory, 'goal' | 'steps'> &
  Partial<Omit<Trajectory, 'goal' | 'steps' | 'provenance'>> & { provenance?: Partial<Provenance> }

/** What is embedded of a trajectory: two texts of the whole and two of each step. */
export type Field = 'goal' | 'plan' | 'observation' | 'reasoning'

/** The three decisions of the loop. */
export type Phase = 'plan' | 'reason' | 'act'

/** A part of a stored trajectory, chosen for a prompt. */
export interface Exemplar {
  trajectoryId: string
  goal: string
  plan: string
  /** The window around the best step, or the whole trajectory's steps. */
  steps: Step[]
  /** Position of the best step within `steps`; `null` where no step was matched. */
  stepIndex: number | null
  /** The final observation of the trajectory where the window reaches its end, else `null`. */
  outcome: string | null
  /** ISO 8601, of the trajectory. */
  createdAt: string
  /** What it was ranked by: mean similarity of the trajectory's keys, plus that of the best step. */
  score: number
  /** Cosine similarity of each key that took part. */
  scores: Partial<Record<Field, number>>
}
