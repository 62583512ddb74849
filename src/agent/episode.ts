/** One episode: plan, then reason and act until the environment is done. The loop of in-context reinforcement learning. */
import type { Checkpoint } from '../core/checkpoint.ts'
import { isRepriseError } from '../core/errors.ts'
import type { EndReason, EpisodeEvent } from '../core/events.ts'
import type { MemoryQuery } from '../core/memory.ts'
import type { ModelCall } from '../core/message.ts'
import type { Decision, Situation } from '../core/policy.ts'
import type { Exemplar, Phase, Trajectory } from '../core/trajectory.ts'
import { decisionSchema } from '../core/schemas.ts'
import { abortable, anyOf } from '../util/abort.ts'
import { parse } from '../util/validate.ts'
import { beginSpending } from './budget.ts'
import { during } from './during.ts'
import { environmentCaller, type EnvironmentCaller } from './environment-caller.ts'
import { asEpisodeError, blame, checkpointOf, newState, type EpisodeSetup, type EpisodeState, type Events } from './episode-state.ts'
import { finish } from './finish-episode.ts'

/**
 * Runs one episode and yields its events; returns the trajectory (ICRL, arXiv 2505.00234, algorithm 1).
 * Leaving the generator early aborts the episode. Errors carry the partial trajectory; then nothing was stored (`worker-lost` while recording: ask the memory).
 */
export async function* runEpisode(setup: EpisodeSetup): Events<Trajectory> {
  const left = new AbortController()
  const unhurried = anyOf(setup.signal, left.signal)
  const signal = anyOf(unhurried, ...setup.accounts.map((account) => account.signal))
  const state = newState({ ...setup, signal })
  try {
    yield* setup.resumed ? takeUp(state, setup.resumed) : begin(state)
    const end = yield* act(state)
    return yield* finish({ ...state, setup: { ...state.setup, signal: unhurried } }, end)
  } catch (error) {
    // The caller's own abort is told as such; an account's by its reason.
    const overspent = isRepriseError(error, 'aborted') && signal.aborted && !unhurried.aborted
    throw asEpisodeError(overspent ? signal.reason : error, state)
  } finally {
    left.abort()
    // Told without waiting: whoever left, or holds the error, is not kept.
    if (state.draft.plan)
      environmentCaller({ ...setup, signal: NEVER })
        .checkpoint(() => checkpointOf(state, 'ended'))
        .catch(() => {})
  }
}

const NEVER = new AbortController().signal

async function* begin(state: EpisodeState): Events<void> {
  const { setup, draft } = state
  state.observation = await state.environment.reset(state.wanted)
  const taskId = state.environment.taskId(state.wanted)
  if (taskId !== undefined) draft.taskId = taskId
  const source = state.environment.source()
  if (source !== undefined) Object.assign(draft.provenance, { pageText: true, source })
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

/** Goes on where an episode was interrupted; its last action may have had its effect or not, which is for the observation to tell. */
async function* takeUp(state: EpisodeState, resumed: Checkpoint): Events<void> {
  state.draft = structuredClone(resumed.trajectory)
  state.shown = [...resumed.shown]
  state.setup.accounts[0].add(resumed.spent, 0)
  state.observation = await state.environment.resume(resumed)
  const { draft, setup } = state
  yield {
    type: 'episode-start',
    goal: draft.goal,
    observation: state.observation,
    mode: setup.mode,
    resumed: draft.steps.length,
    ...(draft.taskId !== undefined && { taskId: draft.taskId }),
  }
}

/** Steps until the environment is done or the steps are used up. */
async function* act(state: EpisodeState): Events<EndReason> {
  const { setup, draft, environment } = state
  for (let step = draft.steps.length; step < setup.maxSteps; step++) {
    await environment.checkpoint(() => checkpointOf(state, 'deciding'))
    const { reasoning, action, written, model } = yield* decideStep(state)
    draft.steps.push({ observation: environment.digest(state.observation, action), reasoning, action, metadata: { model } })
    await environment.checkpoint(() => checkpointOf(state, 'acting'))
    const result = yield* during<EpisodeEvent, Awaited<ReturnType<EnvironmentCaller['step']>>>((emit) =>
      environment.step(written, (request) => {
        emit({ type: 'approval-needed', step, request })
        if (!setup.confirm && !state.warned.has(NOBODY)) emit({ type: 'warning', message: NOBODY })
        if (!setup.confirm) state.warned.add(NOBODY)
      }),
    )
    state.observation = result.observation
    // Success counts once the environment is done.
    const success = result.done && result.success
    Object.assign(draft, { outcome: environment.digest(result.observation), success, reward: result.reward ?? (success ? 1 : 0) })
    draft.provenance.rewardSource = result.judge ?? 'environment'
    yield { type: 'observed', step, observation: result.observation, done: result.done, success: result.success }
    if (result.done) return result.success ? 'success' : 'failure'
  }
  return 'max-steps'
}

const NOBODY = 'An action needs approval, and the agent has no confirm that could give it: it is refused.'

/** A decision; its `action` as others may know it, and as it was `written`. */
async function* decideStep(state: EpisodeState): Events<{ reasoning: string; action: string; written: string; model: string }> {
  const { setup, draft, observation } = state
  const step = draft.steps.length
  const keys = { goal: setup.goal, plan: draft.plan }
  const actions = await state.environment.actions()
  const given = actions === undefined ? {} : { actions }

  const forReason = yield* retrieve(state, 'reason', { ...keys, observation: state.environment.digest(observation) })
  const reason = yield* decide(state, 'reason', { exemplars: forReason, ...given })
  yield { type: 'reasoned', step, reasoning: reason.text, model: reason.model, shown: reason.shown }

  const forAct = setup.retrieval === 'per-step' ? forReason : yield* retrieve(state, 'act', { ...keys, reasoning: reason.text })
  const decision = yield* decide(state, 'act', { exemplars: forAct, reasoning: reason.text, ...given })
  yield { type: 'acted', step, action: decision.text, model: decision.model, shown: decision.shown }
  return { reasoning: reason.text, action: decision.text, written: decision.written, model: decision.model }
}

async function* retrieve({ setup, draft, environment }: EpisodeState, phase: Phase, query: MemoryQuery): Events<readonly Exemplar[]> {
  const { memory, k, window, signal, clock } = setup
  if (k === 0) return []
  const begun = clock()
  const exclude = draft.taskId === undefined ? {} : { excludeTask: draft.taskId }
  const asked = environment.clean(query)
  const retrieved = blame('memory-blocked', "The memory's retrieve", () => memory.retrieve(asked, { k, window, signal, ...exclude }))
  const exemplars = (await abortable(retrieved, signal)).map((exemplar) => cleanExemplar(exemplar, environment))
  yield { type: 'retrieved', phase, step: draft.steps.length, exemplars, milliseconds: clock() - begun }
  return exemplars
}

/** Its id and its date are no texts: they are what the memory knows it by. */
function cleanExemplar(exemplar: Exemplar, { redacts, clean }: EnvironmentCaller): Exemplar {
  const { trajectoryId, createdAt } = exemplar
  return redacts ? { ...clean(exemplar), trajectoryId, createdAt } : exemplar
}

type Given = Partial<Situation> & { exemplars: readonly Exemplar[] }

/** `written`: the text as the model wrote it. */
type Decided = Decision & { written: string }

async function* decide(state: EpisodeState, phase: Phase, given: Given): Events<Decided> {
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
  let decision: Decided
  try {
    decision = yield* ask(state, phase, { ...spending.hooks, ...given })
  } catch (error) {
    const event = count()
    if (event.calls.length > 0) yield event // what was answered was paid for
    throw error
  }
  for (const trajectoryId of decision.shown) {
    const { score, scores } = given.exemplars.find((exemplar) => exemplar.trajectoryId === trajectoryId) ?? {}
    state.shown.push({ trajectoryId, phase, step, ...(score !== undefined && { score }), ...(scores && { scores }) })
  }
  const { model, usage, calls = spending.told } = decision
  const own = calls.length > 0 || decision.calls ? calls : [{ model, usage, milliseconds: setup.clock() - begun }]
  yield { ...count(own), model }
  spending.check()
  return decision
}

async function* ask(state: EpisodeState, phase: Phase, given: Partial<Situation>): Events<Decided> {
  const { setup, draft, observation } = state
  const step = draft.steps.length
  const { redacts, clean, cleanAction } = state.environment
  return yield* during<EpisodeEvent, Decided>(async (emit) => {
    const held: string[] = []
    const situation: Situation = {
      // The user's own words stay as they were: what they hold may have to be written once more.
      goal: setup.goal,
      // The others once more: what is a secret may have become known after they came in.
      ...clean({ plan: draft.plan, history: [...draft.steps], observation }),
      reasoning: '',
      exemplars: [],
      guidance: setup.guidance,
      signal: setup.signal,
      nonce: state.nonce,
      // What is to be taken out could stand across two bits: then the answer is told when it is whole.
      onText: (delta) => (redacts ? void held.push(delta) : emit({ type: 'text', phase, step, delta })),
      onWarning: (told) => {
        const message = clean(told)
        if (!state.warned.has(message)) emit({ type: 'warning', message })
        state.warned.add(message)
      },
      ...given,
    }
    const decided: unknown = await abortable(
      blame('model-failed', `The policy's ${phase}`, () => setup.policy[phase](situation)),
      setup.signal,
    )
    const decision = parse(decisionSchema, decided, `The policy's ${phase} decision`, 'model-output')
    const written = decision.text
    const text = phase === 'act' ? cleanAction(written) : clean(written)
    // Thoughts around an action may hold what was taken out of it, in a form that nobody could find there.
    const told = phase === 'act' && text !== written ? text : clean(held.join(''))
    if (held.length > 0) emit({ type: 'text', phase, step, delta: told })
    return { ...decision, text, written }
  })
}
