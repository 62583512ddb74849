/** The agent: a model, a memory, and what it keeps between episodes. */
import type { Budget, PriceTable, Totals } from '../core/budget.ts'
import type { Checkpoint } from '../core/checkpoint.ts'
import type { Environment } from '../core/environment.ts'
import { RepriseError } from '../core/errors.ts'
import type { AgentEvent } from '../core/events.ts'
import type { Awaitable } from '../core/json.ts'
import type { LanguageModel } from '../core/model.ts'
import type { Policy, PromptFormat } from '../core/policy.ts'
import type { Trajectory } from '../core/trajectory.ts'
import { abortable, anyOf, throwIfAborted } from '../util/abort.ts'
import { contentHash } from '../util/hash.ts'
import { newId } from '../util/ids.ts'
import { tell } from '../util/tell.ts'
import { addTotals, NO_TOTALS } from '../util/usage.ts'
import { parse } from '../util/validate.ts'
import { openAccount, part, type Account } from './budget.ts'
import type { Batch, BatchOptions, EpisodeOutcome } from './batch.ts'
import { runEpisode } from './episode.ts'
import type { EpisodeSetup } from './episode-state.ts'
import { agentOptionsSchema, environmentSchema, episodeOptionsSchema, goalSchema } from './options-schema.ts'
import type { AgentOptions } from './options.ts'
import { chatPrompts } from './prompts/chat-prompts.ts'
import { reactPolicy } from './react-policy.ts'

/** Options of one episode. */
export interface EpisodeOptions {
  /** Ends the episode: it rejects with `aborted`, and what it had not yet stored is not stored. */
  signal?: AbortSignal
  /** Hears this episode's events, each after the agent's own `onEvent`. */
  onEvent?: (event: AgentEvent) => void
  /** Instead of the agent's. */
  budget?: Budget
  /** Instead of the agent's. */
  prices?: PriceTable
}

/**
 * Sums over all episodes of this agent since it was created. Calls, usage and milliseconds are those of the episodes that ended,
 * with an error or without.
 */
export interface AgentStats extends Totals {
  /** Episodes begun, by training or running. */
  episodes: number
  /** Episodes that ended with success. */
  successes: number
  /** Episodes that ended with an error; one that merely did not succeed is none of these. */
  failed: number
  /** Actions that the environment answered. */
  steps: number
}

/**
 * Runs episodes, one or many, with or without learning. An episode that breaks rejects with a `RepriseError` that carries
 * the partial `trajectory`; nothing of it was stored. Its codes: `environment-failed`; `model-unavailable`, `model-failed`,
 * `model-output`; `worker-lost`; `embedder-failed` and those of the memory; `aborted`; `budget-exceeded`; `invalid-options` for a
 * wrong argument, an environment that is in the middle of another episode, where `verify` returned no boolean, or where `budget.costUSD` is given and nothing tells what a model costs. What
 * fails before the first event has no trajectory.
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
   * Goes on with an episode of which its environment kept a checkpoint before the page was loaded anew, learning where it learned
   * before. The environment's `resume` says what is seen now; an action that was under way is not repeated. Resolves and rejects as
   * `train`; `invalid-options` where the environment cannot resume or the checkpoint has ended.
   */
  resume(environment: Environment, checkpoint: Checkpoint, options?: EpisodeOptions): Promise<Trajectory>
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
 * `model-unavailable`, `model-failed`, `model-output`, `budget-exceeded`, `aborted`, and those of the memory.
 *
 * @example
 * const agent = createAgent({ model, memory })
 * const trajectory = await agent.train(environment, 'Route ticket 42')
 */
export function createAgent(options: AgentOptions): Agent {
  parse(agentOptionsSchema, options, 'createAgent options')
  const policy = options.policy ?? defaultPolicy(options)
  const stats: AgentStats = { episodes: 0, successes: 0, failed: 0, steps: 0, ...NO_TOTALS }
  const seeded = once(() => addSeeds(options))
  const clock = options.clock ?? Date.now

  async function* events({ environment, goal, options: given, shared, resumed, onTotals }: Request, left: AbortSignal): Events {
    parse(episodeOptionsSchema, given, 'Episode options')
    const { learn = false, signal, onEvent, budget = options.budget, prices = options.prices } = given
    parse(goalSchema, goal, 'The goal')
    parse(environmentSchema, environment, 'The environment')
    throwIfAborted(signal)
    await abortable(seeded(), anyOf(signal, shared?.signal))
    const begun = clock()
    const id = resumed?.trajectory.id ?? newId(begun)
    const account = await openAccount({ budget, prices, whose: 'episode', clock })
    if (IN_USE.has(environment)) {
      account.close()
      throw new RepriseError('invalid-options', BUSY)
    }
    IN_USE.add(environment)
    const episode = runEpisode(
      setupFor(options, {
        id,
        environment,
        goal,
        policy,
        clock,
        resumed,
        mode: learn ? 'train' : 'run',
        signal: anyOf(signal, left),
        accounts: shared ? [account, shared] : [account],
      }),
    )
    stats.episodes++
    try {
      for (;;) {
        const { value, done } = await episode.next()
        if (done) return value
        const event: AgentEvent = { ...value, episodeId: id }
        count(stats, event)
        tell(options.onEvent, event)
        tell(onEvent, event)
        yield event
      }
    } catch (error) {
      stats.failed++
      throw error
    } finally {
      // Reached early when the consumer leaves the loop; then this is what stops the episode.
      await episode.return(undefined as never)
      IN_USE.delete(environment)
      account.close()
      const totals = account.totals()
      onTotals?.(totals)
      Object.assign(stats, addTotals(stats, totals))
    }
  }

  const open = (request: Request): Events => {
    const leaving = new AbortController()
    const generator = events(request, leaving.signal)
    // A generator's own return() would wait until the model or the environment has answered.
    const finish = generator.return.bind(generator)
    generator.return = (value) => {
      leaving.abort(new Error('The consumer left the stream.'))
      return finish(value)
    }
    return generator
  }

  const drain = async (request: Request): Promise<Trajectory> => {
    const events = open(request)
    for (;;) {
      const { value, done } = await events.next()
      if (done) return value
    }
  }
  const batch =
    (learn: boolean): Agent['trainBatch'] =>
    async (createEnvironment, goals, given = {}) => {
      parse(episodeOptionsSchema, given, 'Batch options')
      const { runBatch } = await part(import('./batch.ts'))
      const shared = given.budget && (await openAccount({ budget: given.budget, whose: 'batch', clock }))
      const episode: Batch['episode'] = ({ options: own, ...rest }) => drain({ ...rest, options: { ...own, learn }, shared })
      return runBatch({ createEnvironment, goals, shared, episode }, given).finally(shared?.close)
    }
  return {
    train: (environment, goal, given = {}) => drain({ environment, goal, options: { ...given, learn: true } }),
    run: (environment, goal, given = {}) => drain({ environment, goal, options: { ...given, learn: false } }),
    stream: (environment, goal, given = {}) => open({ environment, goal, options: given }),
    async resume(environment, checkpoint, given = {}) {
      if (!environment.resume || checkpoint.state === 'ended')
        throw new RepriseError('invalid-options', 'There is nothing to resume: the environment has no resume, or the episode has ended.')
      const { mode, trajectory } = checkpoint
      return drain({ environment, goal: trajectory.goal, resumed: checkpoint, options: { ...given, learn: mode === 'train' } })
    },
    trainBatch: batch(true),
    runBatch: batch(false),
    stats: () => structuredClone(stats),
  }
}

/** By episodes of any agent: two at once would each see and judge what the other does. */
const IN_USE = new WeakSet<Environment>()
const BUSY =
  'This environment is in the middle of another episode. Wait for its end, or give each episode an environment of its own. Nothing was done.'

type Events = AsyncGenerator<AgentEvent, Trajectory, void>

/** One episode that is wanted. */
interface Request {
  environment: Environment
  goal: string
  options: { [option in keyof EpisodeOptions]: EpisodeOptions[option] | undefined } & { learn?: boolean }
  /** The budget of its batch. */
  shared?: Account | undefined
  /** Where it was interrupted. */
  resumed?: Checkpoint
  /** Hears once what it took, however it ended. */
  onTotals?: (totals: Totals) => void
}

function defaultPolicy({ model, prompts, temperature, clock }: AgentOptions): Policy {
  if (!model)
    throw new RepriseError('invalid-options', 'createAgent options: model is missing. Give a model, or a policy that decides without one.')
  return reactPolicy({ model, prompts: promptFormat(prompts, model), temperature, clock })
}

function promptFormat(prompts: AgentOptions['prompts'], model: LanguageModel): PromptFormat {
  if (prompts && 'parse' in prompts) return prompts
  return prompts ? chatPrompts({ templates: prompts }) : (model.prompts ?? chatPrompts())
}

type Given = Pick<EpisodeSetup, 'id' | 'environment' | 'goal' | 'policy' | 'mode' | 'signal' | 'clock' | 'accounts' | 'resumed'>

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
    verify: options.verify,
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
  if (event.type === 'observed') stats.steps++
  else if (event.type === 'episode-end' && event.trajectory.success) stats.successes++
}
