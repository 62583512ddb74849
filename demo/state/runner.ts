/** Runs goals one after another and tells the page what happens: training, comparing, and trying one goal. */
import { isRepriseError, type Agent, type AgentEvent, type Environment, type ErrorCode } from 'reprise'
import { deriveSeed, type FamilyName } from 'reprise/embedded'
import { problemOf } from '../advice.ts'
import { startEpisode, type EpisodeView, type Side } from './episodes.ts'
import { freshGoals } from './fresh-goals.ts'
import type { Outcome } from './run-log.ts'
import type { Session } from './session.ts'

export interface RunnerHooks {
  /** Everything that the agents say, with the episode it belongs to. */
  onEvent(view: EpisodeView, event: AgentEvent): void
  /** An episode is over, well or not. */
  onEnd(view: EpisodeView): void
  /** An outcome was added to the session's log. */
  onLogged(done: number, of: number): void
  /** The button that starts the same once more, for advice. */
  again: string
  /** Milliseconds to wait after each decision and observation, so that a person can follow. */
  pace(): number
}

export interface Run {
  session: Session
  hooks: RunnerHooks
  signal: AbortSignal
}

/** Errors of one episode; after any other the next episode would fail as well. */
const OF_ONE_EPISODE: readonly ErrorCode[] = ['environment-failed', 'model-output']

/** Learns from `count` goals that follow those already tried. Rejects with what keeps it from going on. */
export async function train({ session, hooks, signal }: Run, count: number): Promise<void> {
  const begun = session.log.outcomes.length
  session.log.closeComparison()
  const goals = trainingGoals(session, begun + count).slice(begun)
  for (const [index, goal] of goals.entries()) {
    const number = begun + index + 1
    const environment = environmentFor(session, 'train', number)
    const outcome = await attemptOneOfMany({
      agent: session.agent('with memory'),
      environment,
      goal,
      learn: true,
      side: 'training',
      number,
      hooks,
      signal,
    })
    if (outcome) session.log.append(outcome)
    hooks.onLogged(index + 1, count)
  }
}

/** The goals that training draws from this world, from the first. */
export function trainingGoals({ world, settings }: Session, count: number): string[] {
  return world.goals(count, { seed: deriveSeed(settings.world, 'training') })
}

/** What the next round of comparing can try: goals that neither training nor this comparison has tried. */
export function nextComparison({ log, world, settings }: Session, count: number): { goals: string[]; leftOut: FamilyName[] } {
  return freshGoals(world, count, {
    trained: log.outcomes.map(({ goal }) => goal),
    compared: log.closed ? [] : log.pairs.filter((pair) => pair.with && pair.without).map(({ goal }) => goal),
    seed: deriveSeed(settings.world, 'comparison', log.comparisons),
  })
}

/** Tries up to `count` fresh goals with and without memory; the world says its options in the same order to both. Stores nothing. */
export async function compare({ session, hooks, signal }: Run, count: number): Promise<void> {
  const { log } = session
  const round = log.comparisons
  const { goals } = nextComparison(session, count)
  const begun = log.extendComparison(goals)
  for (const [index, goal] of goals.entries()) {
    const outcomes: Record<'with' | 'without', Outcome | null> = { with: null, without: null }
    for (const use of ['with', 'without'] as const) {
      const side = `${use} memory` as const
      const environment = environmentFor(session, 'comparison', round, index)
      outcomes[use] = await attemptOneOfMany({
        agent: session.agent(side),
        environment,
        goal,
        learn: false,
        side,
        number: begun + index + 1,
        hooks,
        signal,
      })
      log.setPair(begun + index, { goal, ...outcomes })
      hooks.onLogged(index * 2 + (use === 'with' ? 1 : 2), goals.length * 2)
    }
  }
}

/** Runs one goal and stores nothing. */
export async function tryGoal({ session, hooks, signal }: Run, goal: string, side: Exclude<Side, 'training'>): Promise<void> {
  const environment = session.world.environment({ seed: Math.floor(Math.random() * 2 ** 31) })
  await attempt({ agent: session.agent(side), environment, goal, learn: false, side, number: 0, hooks, signal })
}

interface Attempt {
  agent: Agent
  environment: Environment
  goal: string
  learn: boolean
  side: Side
  number: number
  hooks: RunnerHooks
  signal: AbortSignal
}

/** One episode, or `null` where it broke off for a reason of its own: the others may go on. */
async function attemptOneOfMany(given: Attempt): Promise<Outcome | null> {
  try {
    return await attempt(given)
  } catch (error) {
    if (isRepriseError(error) && OF_ONE_EPISODE.includes(error.code)) return null
    throw error
  }
}

async function attempt({ agent, environment, goal, learn, side, number, hooks, signal }: Attempt): Promise<Outcome> {
  let view = startEpisode('', { number, side, goal })
  const outcome: Outcome = { goal, success: false, steps: 0 }
  try {
    for await (const event of agent.stream(environment, goal, { learn, signal })) {
      if (!view.id) view = startEpisode(event.episodeId, { number, side, goal })
      hooks.onEvent(view, event)
      if (event.type === 'episode-end') Object.assign(outcome, { success: event.trajectory.success, steps: event.trajectory.steps.length })
      else await pause(event, hooks.pace(), signal)
    }
  } catch (error) {
    const stopped = signal.aborted && isRepriseError(error, 'aborted')
    Object.assign(view, stopped ? { state: 'stopped' } : { state: 'broken', problem: problemOf(error, hooks.again) })
    throw error
  } finally {
    hooks.onEnd(view)
  }
  return outcome
}

/** The same options in the same order for the same parts, so that both sides of a comparison meet the same world. */
function environmentFor({ world, settings }: Session, ...parts: readonly (string | number)[]): Environment {
  return world.environment({ seed: deriveSeed(settings.world, ...parts) })
}

const SLOW: readonly AgentEvent['type'][] = ['planned', 'reasoned', 'acted', 'observed']

async function pause(event: AgentEvent, milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds === 0 || !SLOW.includes(event.type) || signal.aborted) return
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true })
  })
}
