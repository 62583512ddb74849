/** What an episode is set up with, what it has become so far, and what is made of it when it is kept or breaks. */
import type { Checkpoint } from '../core/checkpoint.ts'
import type { Approval, ApprovalRequest, Environment } from '../core/environment.ts'
import { isRepriseError, RepriseError, type ErrorCode } from '../core/errors.ts'
import type { EpisodeEvent } from '../core/events.ts'
import type { Awaitable } from '../core/json.ts'
import type { Curation, Memory, Shown } from '../core/memory.ts'
import type { Policy } from '../core/policy.ts'
import type { Trajectory } from '../core/trajectory.ts'
import { randomNonce } from '../security/fence.ts'
import { mapTexts } from '../util/map-texts.ts'
import type { Account } from './budget.ts'
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
  verify: ((trajectory: Trajectory) => Awaitable<boolean>) | undefined
  curation: Curation | false
  confirm?: ((request: ApprovalRequest, context: { signal: AbortSignal }) => Awaitable<Approval>) | undefined
  signal: AbortSignal
  /** The budgets it lives on: its own, and its batch's. They end with the environment's last word, not before. */
  accounts: readonly [Account, ...Account[]]
  /** Milliseconds since the epoch. */
  clock: () => number
  /** Where it was interrupted. */
  resumed: Checkpoint | undefined
  /** Id of the model, and origin of the page, for the trajectory's provenance. */
  model: string
  origin: string
}

export type Events<T> = AsyncGenerator<EpisodeEvent, T, void>

export interface EpisodeState {
  setup: EpisodeSetup
  /** The goal as the caller wrote it, for the environment alone. */
  wanted: string
  environment: EnvironmentCaller
  /** The trajectory so far. */
  draft: Trajectory
  shown: Shown[]
  observation: string
  /** Each warning is passed on once. */
  warned: Set<string>
  /** Marks this episode's fenced data. */
  nonce: string
}

/** An episode that has not begun. What the environment redacts is taken out of its goal. */
export function newState(setup: EpisodeSetup): EpisodeState {
  const environment = environmentCaller(setup)
  const goal = environment.clean(setup.goal)
  return {
    setup: { ...setup, goal },
    wanted: setup.goal,
    environment,
    draft: emptyTrajectory({ ...setup, goal }),
    shown: [],
    observation: '',
    warned: new Set(),
    nonce: randomNonce(),
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

/** A copy of how it stands. */
export function checkpointOf({ setup, draft, observation, shown, environment }: EpisodeState, state: Checkpoint['state']): Checkpoint {
  const kept = { trajectory: cleanDraft(draft, environment.clean), observation: environment.clean(observation) }
  return structuredClone({ state, mode: setup.mode, ...kept, shown, spent: setup.accounts[0].totals() })
}

/**
 * Cleaned once more: what must not be kept may have become known after a text came in. What code wrote stays as it is, whatever a secret
 * happens to read: its id, its date, who judged.
 */
export function cleanDraft(draft: Trajectory, clean: <T>(value: T) => T): Trajectory {
  const { id, createdAt, provenance } = draft
  const source = provenance.source === undefined ? {} : { source: clean(provenance.source) }
  return { ...clean(draft), id, createdAt, provenance: { ...provenance, ...source } }
}

/** Errors that are none of ours get the code of whoever threw them. */
export async function blame<T>(code: ErrorCode, who: string, work: () => Awaitable<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (isRepriseError(error)) throw error
    throw new RepriseError(code, `${who} threw: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

/** The error with the partial trajectory on it. A new one: several episodes may fail by one error, each with a trajectory of its own. */
export function asEpisodeError(error: unknown, { draft, environment }: EpisodeState): RepriseError {
  const clean = (text: string): string => tryClean(environment, text)
  const trajectory = cleanDraft(structuredClone(draft), (value) => mapTexts(value, clean))
  const own = isRepriseError(error)
  const said = error instanceof Error ? error.message : String(error)
  const full = own ? said : `The episode broke after ${draft.steps.length} steps: ${said}`
  const message = clean(full)
  // The caller's own reason for an abort holds nothing that it does not know.
  const cause = environment.redacts && !isRepriseError(error, 'aborted') ? causeOf(error, clean) : error
  // What was taken out of the message is not handed on as its cause.
  return new RepriseError(own ? error.code : 'model-failed', message, { ...(message === full && { cause }), trajectory })
}

/** An error with its causes, as words alone: a request or an answer that hangs on it could hold anything. */
function causeOf(error: unknown, clean: (text: string) => string, depth = 0): unknown {
  if (typeof error === 'string') return clean(error)
  if (!(error instanceof Error) || depth > DEEPEST_CAUSE) return undefined
  const cause = causeOf(error.cause, clean, depth + 1)
  const copy = isRepriseError(error) ? new RepriseError(error.code, clean(error.message)) : new Error(clean(error.message))
  const { name, stack = '' } = error
  for (const [key, value] of Object.entries({ name: clean(name), stack: clean(stack), ...(cause !== undefined && { cause }) }))
    Object.defineProperty(copy, key, { value, writable: true, configurable: true })
  return copy
}

const DEEPEST_CAUSE = 5

function tryClean({ clean }: EnvironmentCaller, text: string): string {
  try {
    return clean(text)
  } catch {
    return "[left out: the environment's redact failed]"
  }
}
