/** Deciding: from a situation to a text, by way of a prompt. */
import type { JsonSchema } from './json.ts'
import type { Message, Usage } from './message.ts'
import type { Exemplar, Phase, Step } from './trajectory.ts'

/** All that is known when a decision is due. */
export interface Situation {
  goal: string
  /** Empty until the plan is made. */
  plan: string
  /** The steps done so far, oldest first. */
  history: readonly Step[]
  /** What is seen now. */
  observation: string
  /** Empty until this step's reasoning is done. */
  reasoning: string
  /** Retrieved for this decision, best first. */
  exemplars: readonly Exemplar[]
  /** The host's own standing instructions; trusted, unlike everything else here. */
  guidance: string
  /** What may be done now, where the environment says so. */
  actions?: readonly string[] | JsonSchema
  signal: AbortSignal
  onText?(delta: string): void
  onWarning?(message: string): void
}

export interface Decision {
  text: string
  /** Id of the model that decided. */
  model: string
  usage: Usage
  /** Ids of the trajectories whose exemplars really stood in the prompt. */
  shown: readonly string[]
  samples?: string[]
}

/** Decides what to plan, think and do. The loop retrieves; a policy receives the exemplars. */
export interface Policy {
  plan(situation: Situation): Promise<Decision>
  reason(situation: Situation): Promise<Decision>
  act(situation: Situation): Promise<Decision>
}

/** A prompt, which exemplars found room in it, and how it wants to be sampled. */
export interface Prompt {
  messages: Message[]
  /** Ids of the trajectories that stand in the messages. */
  shown: readonly string[]
  temperature?: number
  maxTokens?: number
  stop?: string[]
}

/**
 * Owns templates, the rendering of exemplars and history, fencing and escaping.
 * Values are inserted once and never scanned again.
 */
export interface PromptFormat {
  plan(situation: Situation): Prompt
  reason(situation: Situation): Prompt
  act(situation: Situation): Prompt
  /** The decision within the model's answer. */
  parse(phase: Phase, text: string): string
}
