/** Goes on with the run that this tab was in the middle of when its page was loaded anew, or ends it and says why. */
import * as z from 'zod/mini'
import type { Checkpoint } from '../../../core/checkpoint.ts'
import type { Environment } from '../../../core/environment.ts'
import type { AgentEvent } from '../../../core/events.ts'
import type { Trajectory } from '../../../core/trajectory.ts'
import { throwIfAborted } from '../../../util/abort.ts'
import { abortSignal, callable, parse, withMethods } from '../../../util/validate.ts'
import type { RunRow } from './checkpoint-schema.ts'
import { openCheckpoints, type Checkpoints } from './checkpoint-store.ts'
import { holdRun, isHeldHere, letGo } from './run-lock.ts'
import { placeOf, readMark, removeMark, watchLeaving, type ResolvedPlace, type RunPlace } from './run-place.ts'

/** What `resumeRun` needs of an agent. */
export interface ResumingAgent {
  resume(
    environment: Environment,
    checkpoint: Checkpoint,
    options: { signal?: AbortSignal; onEvent?: (event: AgentEvent) => void },
  ): Promise<Trajectory>
}

export interface ResumeRunOptions {
  /** Ends the waiting, and the episode. */
  signal?: AbortSignal
  onEvent?: (event: AgentEvent) => void
  /** Runs that were last kept longer ago are ended (ms, default 600,000): by then the user thinks of something else. */
  maxAgeMs?: number
  /** Runs that were taken up so often are ended (default 20): the page may be loading itself anew for ever. */
  maxResumes?: number
  /** `end` ends the run, whatever it was. */
  decide?: 'continue' | 'end'
  /** How long a page that may be about to go is waited for, before the run counts as another tab's (ms, default 3,000). */
  waitMs?: number
  /** For tests and unusual hosts. */
  place?: RunPlace
}

export type ResumedRun =
  /** The agent went on, and this is how it ended. */
  | { status: 'continued'; trajectory: Trajectory }
  /** It was not taken up. `trajectory` is what was done until then, where that could be read. */
  | { status: 'interrupted'; reason: string; trajectory?: Trajectory }

/**
 * To be called once by every page of a site on which runs are to survive their own navigation. Resolves when the run has ended; with
 * `undefined` where none was under way in this tab, or this page is in the middle of it.
 *
 * Whatever comes of it, a run is taken up no second time by this; unless the page is loaded anew meanwhile, then the next page's call
 * goes on. A run that another tab has is left to it.
 *
 * Errors: `invalid-options`, and where the environment cannot resume; `aborted`; those of the agent's episodes.
 *
 * @example
 * const resumed = await resumeRun(agent, pageEnvironment())
 * if (resumed?.status === 'interrupted') say(resumed.reason)
 */
export async function resumeRun(
  agent: ResumingAgent,
  environment: Environment,
  options: ResumeRunOptions = {},
): Promise<ResumedRun | undefined> {
  parse(withMethods('resume'), agent, 'resumeRun: the agent')
  parse(withMethods('reset', 'step', 'resume'), environment, 'resumeRun: the environment')
  parse(optionsSchema, options, 'resumeRun options')
  throwIfAborted(options.signal)
  const place = placeOf(options.place ?? {})
  const id = typeof place === 'string' ? undefined : readMark(place)
  if (typeof place === 'string' || id === undefined || isHeldHere(id)) return undefined
  const found = await takeUp(id, place, options)
  if ('reason' in found) return { status: 'interrupted', ...found }
  return { status: 'continued', trajectory: await goOn({ agent, environment, options, place }, found) }
}

interface Interrupted {
  reason: string
  trajectory?: Trajectory
}

interface TakenUp {
  row: RunRow
  store: Checkpoints
}

/** Takes the run for this page, with its lock; or ends it, or leaves it to the page that has it. */
async function takeUp(id: string, place: ResolvedPlace, options: ResumeRunOptions): Promise<Interrupted | TakenUp> {
  const { signal, waitMs = 3000 } = options
  let store: Checkpoints | undefined
  let taken = false
  try {
    const held = await holdRun(id, { locks: place.locks, waitMs, ...(signal && { signal }) })
    store = await openStore(place)
    const row = await store.load(id)
    throwIfAborted(signal)
    const reason = held ? reasonToEnd(row, place, options) : 'The run goes on in another tab.'
    if (reason === undefined && row) {
      // Counted before it is tried, so that what brings the page down is counted, too.
      await store.countResume(id)
      taken = true
      return { row, store }
    }
    removeMark(place, id)
    if (held) await store.remove(id)
    return { reason: reason ?? GONE, ...(row && { trajectory: row.checkpoint.trajectory }) }
  } catch (error) {
    throwIfAborted(signal)
    removeMark(place, id)
    return { reason: `What was kept of the run cannot be used. ${error instanceof Error ? error.message : String(error)}` }
  } finally {
    if (!taken) {
      store?.close()
      letGo(id)
    }
  }
}

const GONE = 'What was kept of the run is gone, or was damaged.'

/** `undefined` where it can go on. */
function reasonToEnd(row: RunRow | undefined, place: ResolvedPlace, options: ResumeRunOptions): string | undefined {
  const { maxAgeMs = 600_000, maxResumes = 20, decide = 'continue' } = options
  if (!row) return GONE
  const { checkpoint, savedAt, resumes } = row
  if (decide === 'end') return 'The page ended the run when it was loaded anew.'
  if (checkpoint.state === 'ended') return 'The run had ended already.'
  if (checkpoint.trajectory.provenance.origin !== globalThis.location.origin) return 'The run belongs to another origin.'
  // A clock that was set back makes a time of the future.
  if (Math.abs(place.clock() - savedAt) > maxAgeMs) return 'The page was away for too long.'
  if (resumes >= maxResumes) return `The page was loaded anew ${resumes} times during the run, which looks as if it would never end.`
  return undefined
}

interface GoingOn {
  agent: ResumingAgent
  environment: Environment
  options: ResumeRunOptions
  place: ResolvedPlace
}

async function goOn({ agent, environment, options, place }: GoingOn, { row, store }: TakenUp): Promise<Trajectory> {
  const { signal, onEvent } = options
  const leaving = watchLeaving()
  try {
    return await agent.resume(environment, row.checkpoint, { ...(signal && { signal }), ...(onEvent && { onEvent }) })
  } finally {
    // What fails because the page is being left again is for the next page.
    if (!leaving.left) {
      removeMark(place, row.id)
      await store.remove(row.id).catch(() => {})
    }
    leaving.end()
    store.close()
    letGo(row.id)
  }
}

function openStore({ indexedDB, clock, database }: ResolvedPlace): Promise<Checkpoints> {
  return openCheckpoints({ indexedDB, clock, ...(database !== undefined && { name: database }) })
}

const optionsSchema = z.strictObject({
  signal: z.exactOptional(abortSignal),
  onEvent: z.exactOptional(callable),
  maxAgeMs: z.exactOptional(z.number().check(z.gte(0))),
  maxResumes: z.exactOptional(z.int().check(z.gte(0))),
  decide: z.exactOptional(z.enum(['continue', 'end'])),
  waitMs: z.exactOptional(z.number().check(z.gte(0), z.lte(60_000))),
  place: z.exactOptional(z.custom((value) => typeof value === 'object' && value !== null)),
})
