/** Deciding: from a situation to a text, by way of a prompt. */
import type { JsonSchema } from './json.ts'
import type { Message, ModelCall, Usage } from './message.ts'
import type { Exemplar, Phase, Step } from './trajectory.ts'
import type { Untrusted } from './untrusted.ts'

/** All that is known when a decision is due. */
export interface Situation {
  goal: string
  /** Empty until the plan is made. */
  plan: string
  /** The steps done so far, oldest first. */
  history: Untrusted<readonly Step[]>
  /** What is seen now. */
  observation: Untrusted
  /** Empty until this step's reasoning is done. */
  reasoning: string
  /** Retrieved for this decision, best first. */
  exemplars: Untrusted<readonly Exemplar[]>
  /** The host's own standing instructions; trusted, unlike everything else here. */
  guidance: string
  /** What may be done now, where the environment says so. */
  actions?: Untrusted<readonly string[] | JsonSchema>
  /** Random, one for each episode: marks fenced data in prompts. Kept from models' answers by nothing, and of no use after the episode. */
  nonce?: string
  /** Fires when the episode is aborted or left. */
  signal: AbortSignal
  /** Hears the answer while it is made; becomes `text` events. */
  onText?(delta: string): void
  /** Becomes a `warning` event, each message once an episode. */
  onWarning?(message: string): void
  /** To be asked before each call of a model. Throws `budget-exceeded` where nothing is left for it. */
  beforeCall?(): void
  /** To be told of each call as soon as it is answered, so that it counts though the decision may fail. */
  onCall?(call: ModelCall): void
}

/** What a policy decided. Anything else than this shape ends the episode with `model-output`. */
export interface Decision {
  /** The plan, the reasoning or the action; never empty. */
  text: string
  /** Id of the model that decided. */
  model: string
  /** Of all the model calls that it took. */
  usage: Usage
  /** Ids of the trajectories whose exemplars really stood in the prompt. */
  shown: readonly string[]
  /** The answers it was chosen from, where a policy asks for several. */
  samples?: string[]
  /** Each call of a model that it took, where a policy tells; their usages sum up to `usage`. */
  calls?: readonly ModelCall[]
}

/**
 * Decides what to plan, think and do. The loop retrieves; a policy receives the exemplars.
 * What a method throws ends the episode: a `RepriseError` with its code, anything else as `model-failed`.
 */
export interface Policy {
  /** How to reach the goal; once an episode, after `reset`. */
  plan(situation: Situation): Promise<Decision>
  /** What the observation means and what should be done next; once a step, before `act`. */
  reason(situation: Situation): Promise<Decision>
  /** The action, exactly as the environment will get it. */
  act(situation: Situation): Promise<Decision>
}

/** A prompt, which exemplars found room in it, and how it wants to be sampled. */
export interface Prompt {
  messages: Message[]
  /** Ids of the trajectories that stand in the messages. */
  shown: readonly string[]
  /** 0 to 2; what the agent was told goes first, and 0.1 holds where neither says. */
  temperature?: number
  /** Tokens of the answer at most; the model's own limit where absent. */
  maxTokens?: number
  /** Texts that end the answer; they are not part of it. */
  stop?: string[]
}

/**
 * Owns templates, the rendering of exemplars and history, fencing and escaping.
 * Values are inserted once and never scanned again.
 */
export interface PromptFormat {
  /** Asks for the plan, when neither plan nor history exist. */
  plan(situation: Situation): Prompt
  /** Asks what the observation means, with `reasoning` still empty. */
  reason(situation: Situation): Prompt
  /** Asks for the action that follows from `reasoning`. */
  act(situation: Situation): Prompt
  /** The decision within the model's answer; empty where there is none, which makes the policy ask once more. */
  parse(phase: Phase, text: string): string
}
