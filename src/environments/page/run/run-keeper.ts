/**
 * Keeps the run of a page while it goes on, so that `resumeRun` can take it up after the page was loaded anew. Where it cannot, it says
 * why and lets the run go on unkept: what it kept until then is removed, since an old state would make the agent act twice.
 */
import type { Checkpoint } from '../../../core/checkpoint.ts'
import { RepriseError } from '../../../core/errors.ts'
import { openCheckpoints, type Checkpoints } from './checkpoint-store.ts'
import { holdRun, isHeldHere, letGo } from './run-lock.ts'
import {
  CANNOT,
  placeOf,
  readMark,
  removeMark,
  setMark,
  teller,
  watchLeaving,
  type Leaving,
  type ResolvedPlace,
  type RunPlace,
} from './run-place.ts'

export interface RunKeeperOptions extends RunPlace {
  /** Hears why a run is not kept, each reason once. */
  onProblem?(reason: string): void
}

/** Keeps one run at a time. */
export interface RunKeeper {
  /**
   * Resolves once the state is stored, or is not going to be. Rejects with `environment-failed` where another page has taken the run
   * up: then this one must not act any more. A state of `ended` removes what was kept.
   */
  keep(checkpoint: Checkpoint): Promise<void>
  /** Removes what was kept of the run under way, unless the page is being left, and lets go of all. Never rejects. */
  release(): Promise<void>
}

/** Nothing is touched before the first `keep`. */
export function createRunKeeper(options: RunKeeperOptions = {}): RunKeeper {
  const problem = teller(options.onProblem)
  let run: Run | undefined
  let queue: Promise<unknown> = Promise.resolve()
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const result = queue.then(work)
    queue = result.catch(() => {})
    return result
  }
  const end = async (ending: Run): Promise<void> => {
    if (run === ending) run = undefined
    await close(ending)
  }
  const start = async (id: string): Promise<Run> => {
    if (run) await end(run)
    run = newRun(id, placeOf(options))
    return run
  }

  return {
    keep(checkpoint) {
      const { id } = checkpoint.trajectory
      const ended = checkpoint.state === 'ended'
      // At once: the page may be left before it is this one's turn.
      if (ended && run?.id === id) endMark(run)
      return inTurn(async () => {
        const mine = run?.id === id ? run : ended ? undefined : await start(id)
        if (mine && ended) await end(mine)
        else if (mine) await keepOrGiveUp(mine, checkpoint, problem)
      })
    },
    release() {
      if (run) endMark(run)
      return inTurn(async () => {
        if (run) await end(run)
      })
    },
  }
}

interface Run {
  id: string
  place: ResolvedPlace | string
  leaving: Leaving
  store: Checkpoints | undefined
  /** How often it was taken up, as of the last save. */
  resumes: number | undefined
  /** `unkept`: it goes on without. `elsewhere`: another page has it. `ended`: nothing is kept any more. */
  state: 'kept' | 'unkept' | 'elsewhere' | 'ended'
}

function newRun(id: string, place: ResolvedPlace | string): Run {
  return { id, place, leaving: watchLeaving(), store: undefined, resumes: undefined, state: 'kept' }
}

async function keepOrGiveUp(run: Run, checkpoint: Checkpoint, problem: (reason: string) => void): Promise<void> {
  if (run.state === 'elsewhere') throw elsewhere()
  if (run.state !== 'kept' || run.leaving.left) return
  try {
    await keep(run, checkpoint)
  } catch (error) {
    if (run.leaving.left) return
    await drop(run)
    problem(error instanceof Unkept ? error.message : `${CANNOT} ${error instanceof Error ? error.message : String(error)}`)
  }
  // A drop must not hide it.
  if ((run.state as Run['state']) === 'elsewhere') throw elsewhere()
}

/** Why a run is not kept, as a whole sentence. */
class Unkept extends Error {}

async function keep(run: Run, checkpoint: Checkpoint): Promise<void> {
  const { place, id } = run
  if (typeof place === 'string') throw new Unkept(place)
  const other = readMark(place)
  if (other !== undefined && other !== id && isHeldHere(other)) throw new Unkept(`${CANNOT} another run of this tab is kept already.`)
  if (!(await holdRun(id, { locks: place.locks, waitMs: 0 }))) throw new Unkept(`${CANNOT} another tab holds it.`)
  const { indexedDB, database, clock } = place
  run.store ??= await openCheckpoints({ indexedDB, clock, ...(database !== undefined && { name: database }) })
  const saved = await run.store.save(checkpoint, run.resumes)
  if (saved === 'elsewhere') run.state = 'elsewhere'
  else run.resumes = saved
  if (run.state === 'kept' && !run.leaving.left) setMark(place, id)
  if (other !== undefined && other !== id) await run.store.remove(other)
}

/** Goes on without keeping. */
async function drop(run: Run): Promise<void> {
  run.state = 'unkept'
  if (typeof run.place !== 'string') removeMark(run.place, run.id)
  await run.store?.remove(run.id).catch(() => {})
  letGo(run.id)
}

function endMark(run: Run): void {
  if (run.leaving.left || run.state === 'elsewhere') return
  run.state = 'ended'
  if (typeof run.place !== 'string') removeMark(run.place, run.id)
}

async function close(run: Run): Promise<void> {
  endMark(run)
  if (run.state === 'ended') await run.store?.remove(run.id).catch(() => {})
  run.store?.close()
  run.leaving.end()
  letGo(run.id)
}

function elsewhere(): RepriseError {
  return new RepriseError(
    'environment-failed',
    'Another page has taken this run up, or ended it, since this page was left. Nothing more is done here; the run goes on there.',
  )
}
