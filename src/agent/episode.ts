/** One episode: plan, then reason and act until the environment is done. The loop of in-context reinforcement learning. */
import type { Approval, ApprovalRequest, Environment } from '../core/environment.ts'
import { isRepriseError, RepriseError, type ErrorCode } from '../core/errors.ts'
import type { EndReason, EpisodeEvent } from '../core/events.ts'
import type { Awaitable } from '../core/json.ts'
import type { Curation, Memory, MemoryQuery, RecordResult, Shown } from '../core/memory.ts'
import type { ModelCall } from '../core/message.ts'
import type { Decision, Policy, Situation } from '../core/policy.ts'
import type { Exemplar, Phase, Trajectory } from '../core/trajectory.ts'
import { decisionSchema } from '../core/schemas.ts'
import { abortable, anyOf } from '../util/abort.ts'
import { parse } from '../util/validate.ts'
import { beginSpending, type Account } from './budget.ts'
import { during } from './during.ts'
import { environmentCaller, type EnvironmentCaller } from './environment-caller.ts'

export interface EpisodeSetup {
  id: string
  environment: Environment
  goal: string
  /** `train` records the outcome; `run` writes nothing. */
  mode: 'train' | 'run'
  policy: Policy
  memory: Memory
  k: number
  window: number
  retrieval: 'per-decision' | 'per-step'
  maxSteps: number
  timeoutMs: number
  guidance: string
  verify: (trajectory: Trajectory) => Awaitable<boolean>
  curation: Curation | false
  confirm?: ((request: ApprovalRequest) => Awaitable<Approval>) | undefined
  signal: AbortSignal
  /** The budgets it lives on: its own, and its batch's. They end with the environment's last word, not before. */
  accounts: readonly [Account, ...Account[]]
  /** Milliseconds since the epoch. */
  clock: () => number
  /** Id of the model, and origin of the page, for the trajectory's provenance. */
  model: string
  origin: string
}

type Events<T> = AsyncGenerator<EpisodeEvent, T, void>

/**
 * Runs one episode and yields its events; returns the trajectory (ICRL, arXiv 2505.00234, algorithm 1).
 * Leaving the generator early aborts the episode. Errors carry the partial trajectory; then nothing was stored (`worker-lost` while recording: ask the memory).
 */
export async function* runEpisode(setup: EpisodeSetup): Events<Trajectory> {
  const left = new AbortController()
  const unhurried = anyOf(setup.signal, left.signal)
  const signal = anyOf(unhurried, ...setup.accounts.map((account) => account.signal))
  const state: EpisodeState = {
    setup: { ...setup, signal },
    environment: environmentCaller({ ...setup, signal }),
    draft: emptyTrajectory(setup),
    shown: [],
    observation: '',
    warned: new Set(),
  }
  try {
    yield* begin(state)
    const end = yield* act(state)
    return yield* finish({ ...state, setup: { ...setup, signal: unhurried } }, end)
  } catch (error) {
    // The caller's own abort is told as such; an account's by its reason.
    const overspent = isRepriseError(error, 'aborted') && signal.aborted && !unhurried.aborted
    throw asEpisodeError(overspent ? signal.reason : error, state)
  } finally {
    left.abort()
  }
}

interface EpisodeState {
  setup: EpisodeSetup
  environment: EnvironmentCaller
  /** The trajectory so far. */
  draft: Trajectory
  shown: Shown[]
  observation: string
  /** Each warning is passed on once. */
  warned: Set<string>
}

async function* begin(state: EpisodeState): Events<void> {
  const { setup, draft } = state
  state.observation = await state.environment.reset(setup.goal)
  const taskId = state.environment.taskId(setup.goal)
  if (taskId !== undefined) draft.taskId = taskId
  yield {
    type: 'episode-start',
    goal: setup.goal,
    observation: state.observation,
    mode: setup.mode,
    ...(taskId !== undefined && { taskId }),
  }
  const exemplars = yield* retrieve(state, 'plan', { goal: setup.goal })
  const actions = await state.environment.actions()
  const { text, model, shown } = yield* decide(state, 'plan', { exemplars, ...(actions !== undefined && { actions }) })
  draft.plan = text
  yield { type: 'planned', plan: text, model, shown }
}

/** Steps until the environment is done or the steps are used up. */
async function* act(state: EpisodeState): Events<EndReason> {
  const { setup, draft, environment } = state
  for (let step = 0; step < setup.maxSteps; step++) {
    const { reasoning, action, model } = yield* decideStep(state)
    draft.steps.push({ observation: state.observation, reasoning, action, metadata: { model } })
    const result = yield* during<EpisodeEvent, Awaited<ReturnType<EnvironmentCaller['step']>>>((emit) =>
      environment.step(action, (request) => emit({ type: 'approval-needed', step, request })),
    )
    state.observation = result.observation
    // Success counts once the environment is done.
    const success = result.done && result.success
    Object.assign(draft, { outcome: result.observation, success, reward: result.reward ?? (success ? 1 : 0) })
    yield { type: 'observed', step, observation: result.observation, done: result.done, success: result.success }
    if (result.done) return result.success ? 'success' : 'failure'
  }
  return 'max-steps'
}

async function* decideStep(state: EpisodeState): Events<{ reasoning: string; action: string; model: string }> {
  const { setup, draft, observation } = state
  const step = draft.steps.length
  const keys = { goal: setup.goal, plan: draft.plan }
  const actions = await state.environment.actions()
  const given = actions === undefined ? {} : { actions }

  const forReason = yield* retrieve(state, 'reason', { ...keys, observation })
  const reason = yield* decide(state, 'reason', { exemplars: forReason, ...given })
  yield { type: 'reasoned', step, reasoning: reason.text, model: reason.model, shown: reason.shown }

  const forAct = setup.retrieval === 'per-step' ? forReason : yield* retrieve(state, 'act', { ...keys, reasoning: reason.text })
  const decision = yield* decide(state, 'act', { exemplars: forAct, reasoning: reason.text, ...given })
  yield { type: 'acted', step, action: decision.text, model: decision.model, shown: decision.shown }
  return { reasoning: reason.text, action: decision.text, model: decision.model }
}

async function* retrieve({ setup, draft }: EpisodeState, phase: Phase, query: MemoryQuery): Events<readonly Exemplar[]> {
  const { memory, k, window, signal, clock } = setup
  if (k === 0) return []
  const begun = clock()
  const exclude = draft.taskId === undefined ? {} : { excludeTask: draft.taskId }
  const retrieved = blame('memory-blocked', "The memory's retrieve", () => memory.retrieve(query, { k, window, signal, ...exclude }))
  const exemplars = await abortable(retrieved, signal)
  yield { type: 'retrieved', phase, step: draft.steps.length, exemplars, milliseconds: clock() - begun }
  return exemplars
}

async function* decide(state: EpisodeState, phase: Phase, given: Partial<Situation>): Events<Decision> {
  const { setup } = state
  const step = state.draft.steps.length
  const begun = setup.clock()
  const spending = beginSpending(setup.accounts)
  const count = (answered?: readonly ModelCall[]): Extract<EpisodeEvent, { type: 'usage' }> => {
    const { calls, totals } = spending.end(answered)
    return {
      type: 'usage',
      phase,
      step,
      model: calls.at(-1)?.model ?? '',
      usage: totals.usage,
      milliseconds: setup.clock() - begun,
      calls,
    }
  }
  let decision: Decision
  try {
    decision = yield* ask(state, phase, { ...spending.hooks, ...given })
  } catch (error) {
    const event = count()
    if (event.calls.length > 0) yield event // what was answered was paid for
    throw error
  }
  for (const trajectoryId of decision.shown) {
    const { score, scores } = given.exemplars?.find((exemplar) => exemplar.trajectoryId === trajectoryId) ?? {}
    state.shown.push({ trajectoryId, phase, step, ...(score !== undefined && { score }), ...(scores && { scores }) })
  }
  const { model, usage, calls = spending.told } = decision
  const own = calls.length > 0 || decision.calls ? calls : [{ model, usage, milliseconds: setup.clock() - begun }]
  yield { ...count(own), model }
  spending.check()
  return decision
}

async function* ask(state: EpisodeState, phase: Phase, given: Partial<Situation>): Events<Decision> {
  const { setup, draft, observation } = state
  const step = draft.steps.length
  return yield* during<EpisodeEvent, Decision>(async (emit) => {
    const situation: Situation = {
      goal: setup.goal,
      plan: draft.plan,
      history: [...draft.steps],
      observation,
      reasoning: '',
      exemplars: [],
      guidance: setup.guidance,
      signal: setup.signal,
      onText: (delta) => emit({ type: 'text', phase, step, delta }),
      onWarning: (message) => {
        if (!state.warned.has(message)) emit({ type: 'warning', message })
        state.warned.add(message)
      },
      ...given,
    }
    const decided: unknown = await abortable(
      blame('model-failed', `The policy's ${phase}`, () => setup.policy[phase](situation)),
      setup.signal,
    )
    return parse(decisionSchema, decided, `The policy's ${phase} decision`, 'model-output')
  })
}

async function* finish({ setup, draft, shown }: EpisodeState, end: EndReason): Events<Trajectory> {
  const { totals } = setup.accounts[0]
  if (setup.mode === 'run') {
    yield { type: 'episode-end', trajectory: draft, stored: false, pruned: [], reason: end, ...totals() }
    return draft
  }
  const accepted = draft.success && (await isAccepted(setup, draft))
  const rejected = draft.success && !accepted
  if (rejected) Object.assign(draft, { success: false, reward: 0, provenance: { ...draft.provenance, rewardSource: 'verifier' } })
  const episode = { trajectory: draft, shown, store: accepted, curation: setup.curation }
  // Not raced against the signal: whether an aborted write was stored is for the memory to say.
  const record = (): Promise<RecordResult> => setup.memory.record(episode, { signal: setup.signal })
  const { stored, pruned } = await blame('memory-blocked', "The memory's record", record)
  yield { type: 'episode-end', trajectory: draft, stored, pruned, reason: rejected ? 'rejected' : end, ...totals() }
  return draft
}

async function isAccepted({ verify, signal }: EpisodeSetup, trajectory: Trajectory): Promise<boolean> {
  const verdict: unknown = await abortable(
    blame('environment-failed', 'verify', () => verify(trajectory)),
    signal,
  )
  if (typeof verdict === 'boolean') return verdict
  throw new RepriseError('invalid-options', `verify returned ${typeof verdict} instead of true or false. Nothing was stored.`)
}

/** Errors that are none of ours get the code of whoever threw them. */
async function blame<T>(code: ErrorCode, who: string, work: () => Awaitable<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (isRepriseError(error)) throw error
    throw new RepriseError(code, `${who} threw: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

function emptyTrajectory({ id, goal, clock, model, origin }: EpisodeSetup): Trajectory {
  return {
    id,
    goal,
    plan: '',
    steps: [],
    outcome: '',
    success: false,
    reward: 0,
    createdAt: new Date(clock()).toISOString(),
    provenance: { origin, model, rewardSource: 'environment', pageText: false },
    metadata: {},
  }
}

/** The error with the partial trajectory on it. A new one: several episodes may fail by one error, each with a trajectory of its own. */
function asEpisodeError(error: unknown, { draft }: EpisodeState): RepriseError {
  const trajectory = structuredClone(draft)
  if (isRepriseError(error)) return new RepriseError(error.code, error.message, { cause: error, trajectory })
  const message = `The episode broke after ${draft.steps.length} steps: ${error instanceof Error ? error.message : String(error)}`
  return new RepriseError('model-failed', message, { cause: error, trajectory })
}
