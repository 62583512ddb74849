/** The agent: a model, a memory, and what it keeps between episodes. */
import type { Environment } from '../core/environment.ts'
import { RepriseError } from '../core/errors.ts'
import type { AgentEvent } from '../core/events.ts'
import type { Awaitable } from '../core/json.ts'
import type { LanguageModel, Usage } from '../core/model.ts'
import type { Policy, PromptFormat } from '../core/policy.ts'
import type { Trajectory } from '../core/trajectory.ts'
import { abortable, throwIfAborted } from '../util/abort.ts'
import { contentHash } from '../util/hash.ts'
import { newId } from '../util/ids.ts'
import { parse } from '../util/validate.ts'
import { runBatch, type BatchOptions, type EpisodeOutcome } from './batch.ts'
import { runEpisode, type EpisodeSetup } from './episode.ts'
import { agentOptionsSchema, environmentSchema, episodeOptionsSchema, goalSchema } from './options-schema.ts'
import type { AgentOptions } from './options.ts'
import { chatPrompts } from './prompts/chat-prompts.ts'
import { addUsage, reactPolicy } from './react-policy.ts'

/** Options of one episode. */
export interface EpisodeOptions {
  /** Ends the episode: it rejects with `aborted`, and what it had not yet stored is not stored. */
  signal?: AbortSignal
  /** Hears this episode's events, each after the agent's own `onEvent`. */
  onEvent?: (event: AgentEvent) => void
}

/** Sums over all episodes of this agent since it was created. */
export interface AgentStats {
  /** Episodes begun, by training or running. */
  episodes: number
  /** Episodes that ended with success. */
  successes: number
  /** Episodes that ended with an error; one that merely did not succeed is none of these. */
  failed: number
  /** Actions that the environment answered. */
  steps: number
  /** Decisions. An empty answer that was asked for once more makes no second one. */
  calls: number
  /** Tokens, and money where a price is known, of all decisions. */
  usage: Usage
}

/**
 * Runs episodes, one or many, with or without learning. An episode that breaks rejects with a `RepriseError` that carries
 * the partial `trajectory`; nothing of it was stored. Its codes: `environment-failed`; `model-unavailable`, `model-failed`,
 * `model-output`; `worker-lost`; `embedder-failed` and those of the memory; `aborted`; `invalid-options` for a wrong
 * argument or where `verify` returned no boolean. What fails before the first event has no trajectory.
 */
export interface Agent {
  /** Runs an episode and learns from it. Resolves with the trajectory, successful or not; by then a success is stored. */
  train(environment: Environment, goal: string, options?: EpisodeOptions): Promise<Trajectory>
  /** Runs an episode with what was learned, and writes nothing (save `seeds`, once). Resolves and rejects as `train`. */
  run(environment: Environment, goal: string, options?: EpisodeOptions): Promise<Trajectory>
  /**
   * The same as a stream of events, learning where `learn` says so (default false). Nothing happens before the first `next`.
   * Returns the trajectory; throws what `train` rejects with. Leaving the loop aborts the episode.
   */
  stream(
    environment: Environment,
    goal: string,
    options?: EpisodeOptions & { learn?: boolean },
  ): AsyncGenerator<AgentEvent, Trajectory, void>
  /**
   * Trains on many goals, each in an environment of its own. One outcome per goal, in their order; never rejects for an
   * episode's failure. Where `createEnvironment` throws, that goal's error is `environment-failed`. Errors: `invalid-options`.
   */
  trainBatch(
    createEnvironment: (goal: string, index: number) => Awaitable<Environment>,
    goals: readonly string[],
    options?: BatchOptions,
  ): Promise<EpisodeOutcome[]>
  /** As `trainBatch`, and writes nothing. */
  runBatch(
    createEnvironment: (goal: string, index: number) => Awaitable<Environment>,
    goals: readonly string[],
    options?: BatchOptions,
  ): Promise<EpisodeOutcome[]>
  /** A copy, as of now. */
  stats(): AgentStats
}

/**
 * An agent that learns from its own successes (in-context reinforcement learning, arXiv 2505.00234).
 * Errors of `createAgent`: `invalid-options`. Errors of an episode carry the partial trajectory: `environment-failed`,
 * `model-unavailable`, `model-failed`, `model-output`, `aborted`, and those of the memory.
 *
 * @example
 * const agent = createAgent({ model, memory })
 * const trajectory = await agent.train(environment, 'Route ticket 42')
 */
export function createAgent(options: AgentOptions): Agent {
  parse(agentOptionsSchema, options, 'createAgent options')
  const policy = options.policy ?? defaultPolicy(options)
  const stats: AgentStats = { episodes: 0, successes: 0, failed: 0, steps: 0, calls: 0, usage: { inputTokens: 0, outputTokens: 0 } }
  const seeded = once(() => addSeeds(options))
  const clock = options.clock ?? Date.now

  async function* events(
    environment: Environment,
    goal: string,
    { left, ...episodeOptions }: StreamOptions & { left: AbortSignal },
  ): AsyncGenerator<AgentEvent, Trajectory, void> {
    parse(episodeOptionsSchema, episodeOptions, 'Episode options')
    const { learn = false, signal, onEvent } = episodeOptions
    parse(goalSchema, goal, 'The goal')
    parse(environmentSchema, environment, 'The environment')
    throwIfAborted(signal)
    await abortable(seeded(), signal)
    const id = newId(clock())
    const episode = runEpisode(
      setupFor(options, {
        id,
        environment,
        goal,
        policy,
        clock,
        mode: learn ? 'train' : 'run',
        signal: signal ? AbortSignal.any([signal, left]) : left,
      }),
    )
    stats.episodes++
    try {
      for (;;) {
        const { value, done } = await episode.next()
        if (done) return value
        const event: AgentEvent = { ...value, episodeId: id }
        count(stats, event)
        tell([options.onEvent, onEvent], event)
        yield event
      }
    } catch (error) {
      stats.failed++
      throw error
    } finally {
      // Reached early when the consumer leaves the loop; then this is what stops the episode.
      await episode.return(undefined as never)
    }
  }

  const stream: Agent['stream'] = (environment, goal, episodeOptions = {}) => {
    const leaving = new AbortController()
    const generator = events(environment, goal, { ...episodeOptions, left: leaving.signal })
    // A generator's own return() would wait until the model or the environment has answered.
    const finish = generator.return.bind(generator)
    generator.return = (value) => {
      leaving.abort(new Error('The consumer left the stream.'))
      return finish(value)
    }
    return generator
  }

  const drain = async (environment: Environment, goal: string, options: EpisodeOptions & { learn: boolean }): Promise<Trajectory> => {
    const events = stream(environment, goal, options)
    for (;;) {
      const { value, done } = await events.next()
      if (done) return value
    }
  }
  const train: Agent['train'] = (environment, goal, options = {}) => drain(environment, goal, { ...options, learn: true })
  const run: Agent['run'] = (environment, goal, options = {}) => drain(environment, goal, { ...options, learn: false })
  return {
    train,
    run,
    stream,
    trainBatch: (createEnvironment, goals, options) => runBatch({ createEnvironment, goals, episode: train }, options),
    runBatch: (createEnvironment, goals, options) => runBatch({ createEnvironment, goals, episode: run }, options),
    stats: () => structuredClone(stats),
  }
}

type StreamOptions = EpisodeOptions & { learn?: boolean }

function defaultPolicy({ model, prompts, temperature }: AgentOptions): Policy {
  if (!model)
    throw new RepriseError('invalid-options', 'createAgent options: model is missing. Give a model, or a policy that decides without one.')
  return reactPolicy({ model, prompts: promptFormat(prompts, model), temperature })
}

function promptFormat(prompts: AgentOptions['prompts'], model: LanguageModel): PromptFormat {
  if (prompts && 'parse' in prompts) return prompts
  return prompts ? chatPrompts({ templates: prompts }) : (model.prompts ?? chatPrompts())
}

type Given = Pick<EpisodeSetup, 'id' | 'environment' | 'goal' | 'policy' | 'mode' | 'signal' | 'clock'>

function setupFor(options: AgentOptions, given: Given): EpisodeSetup {
  return {
    ...given,
    memory: options.memory,
    k: options.k ?? 3,
    window: options.window ?? 5,
    retrieval: options.retrieval ?? 'per-decision',
    maxSteps: options.maxSteps ?? 30,
    timeoutMs: options.timeoutMs ?? 60_000,
    guidance: options.guidance ?? '',
    verify: options.verify ?? (() => true),
    curation: options.curation ?? { threshold: 0.3, minRetrievals: 5 },
    confirm: options.confirm,
    model: options.model?.id ?? 'policy',
    origin: globalThis.location?.origin ?? '',
  }
}

async function addSeeds({ seeds = [], memory }: AgentOptions): Promise<void> {
  for (const seed of seeds) {
    const id = seed.id ?? `seed-${contentHash(JSON.stringify([seed.goal, seed.plan, seed.steps]))}`
    if (await memory.has(id)) continue
    await memory.add({ ...seed, id, provenance: { rewardSource: 'seed', ...seed.provenance } })
  }
}

/** The same promise for every caller; after a failure the next caller tries again. */
function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => {
    done ??= work().catch((error: unknown) => {
      done = undefined
      throw error
    })
    return done
  }
}

function count(stats: AgentStats, event: AgentEvent): void {
  if (event.type === 'usage') {
    stats.calls++
    stats.usage = addUsage(stats.usage, event.usage)
  } else if (event.type === 'observed') {
    stats.steps++
  } else if (event.type === 'episode-end' && event.trajectory.success) {
    stats.successes++
  }
}

/** A listener that throws harms neither the episode nor the other listeners: its error goes to the page's own handler. */
function tell(listeners: readonly (((event: AgentEvent) => void) | undefined)[], event: AgentEvent): void {
  for (const listener of listeners) {
    try {
      listener?.(event)
    } catch (error) {
      if (typeof reportError === 'function') reportError(error)
      else
        queueMicrotask(() => {
          throw error
        })
    }
  }
}
