/** Calls an environment as if it were hostile: it may throw, hang, or return something else than its contract says. */
import { isRepriseError, RepriseError } from '../core/errors.ts'
import type { Approval, ApprovalRequest, Environment, StepResult } from '../core/environment.ts'
import { actionsSchema, stepResultSchema } from '../core/schemas.ts'
import type { Checkpoint } from '../core/checkpoint.ts'
import type { Awaitable } from '../core/json.ts'
import { abortable } from '../util/abort.ts'
import { mapTexts } from '../util/map-texts.ts'
import { parse } from '../util/validate.ts'

export interface CallerOptions {
  environment: Environment
  /** Milliseconds that one call may take, not counting the time a person takes to approve; `Infinity` for no limit. */
  timeoutMs: number
  signal: AbortSignal
  /** Answers approval requests. Without it every request is refused. */
  confirm?: ((request: ApprovalRequest, context: { signal: AbortSignal }) => Awaitable<Approval>) | undefined
}

export interface EnvironmentCaller {
  /** The environment's name for the goal's task, if it has one. */
  taskId(goal: string): string | undefined
  /** Where its texts come from, if others wrote them. */
  source(): string | undefined
  /** Whether anything may be taken out of texts. */
  redacts: boolean
  /** The value with all its texts as the environment lets them be known; the same one where it has no objection. */
  clean<T>(value: T): T
  /** The same for the action that the agent has just written. */
  cleanAction(action: string): string
  /** An observation in short, by itself or as the answer of an action. */
  digest(observation: string, action?: string): string
  reset(goal: string): Promise<string>
  resume(checkpoint: Checkpoint): Promise<string>
  checkpoint(checkpoint: () => Checkpoint): Promise<void>
  step(action: string, onApproval: (request: ApprovalRequest) => void): Promise<StepResult>
  actions(): Promise<Awaited<ReturnType<NonNullable<Environment['actions']>>> | undefined>
}

/** One episode's way to its environment. Errors: `environment-failed`, `aborted`, and `RepriseError`s of the environment's own. */
export function environmentCaller({ environment, timeoutMs, signal, confirm }: CallerOptions): EnvironmentCaller {
  const allowed = new Set<string>()
  const refused = new Map<string, number>()
  let stopped: RepriseError | undefined
  const guard = <T>(what: string, work: (deadline: Deadline) => Awaitable<T>): Promise<T> => guarded(work, { what, timeoutMs, signal })
  const clean = <T>(value: T): T =>
    environment.redact ? mapTexts(value, (text) => textOf('redact', () => environment.redact?.(text))) : value

  const cleanAction = (action: string): string =>
    environment.redact ? textOf('redact', () => environment.redact?.(action, 'action')) : action

  const ask = async (request: ApprovalRequest, key: string): Promise<boolean> => {
    if (!confirm) return false
    const approval = await abortable(
      (async () => confirm(request, { signal }))().catch((error: unknown) => {
        throw asFailure('confirm', error)
      }),
      signal,
    )
    if (approval === 'stop') throw (stopped = new RepriseError('approval-denied', 'The user refused an action and stopped the run.'))
    if (approval === 'run' && !request.always) allowed.add(key)
    return approval === 'run' || approval === true
  }

  const observed = (what: 'reset' | 'resume', observe: () => unknown): Promise<string> =>
    guard(what, async () => {
      const observation = await observe()
      return clean(textOf(what, () => observation))
    })

  return {
    redacts: environment.redact !== undefined,
    clean,
    cleanAction,
    taskId: (goal) => {
      const id: unknown = attempt('taskId', () => environment.taskId?.(goal))
      return id === undefined ? id : clean(textOf('taskId', () => id))
    },
    source: () => environment.source && clean(textOf('source', () => environment.source?.())),
    digest: (observation, action) => (environment.digest ? textOf('digest', () => environment.digest?.(observation, action)) : observation),
    reset: (goal) => observed('reset', () => environment.reset(goal, { signal })),
    resume: (checkpoint) => observed('resume', () => environment.resume?.(checkpoint, { signal })),
    checkpoint: async (checkpoint) => {
      if (environment.checkpoint) await guard('checkpoint', () => environment.checkpoint?.(checkpoint()))
    },
    step: (action, onApproval) =>
      guard('step', async (deadline) => {
        // Before it takes effect: afterwards nothing may tell any more what it was about.
        const cleaned = cleanAction(action)
        const approve = async (asked: ApprovalRequest): Promise<boolean> => {
          if (deadline.over) return false
          // Questions that differ only in what is taken out are two.
          const key = JSON.stringify([asked.effect, asked.scope])
          const request = { ...clean({ ...asked, action: asked.action === action ? cleaned : asked.action }), effect: asked.effect }
          if (!request.always && allowed.has(key)) return true
          const same = JSON.stringify([asked.effect, asked.scope ?? asked.action])
          if ((refused.get(same) ?? 0) >= MOST_REFUSALS) return false
          onApproval(request)
          deadline.pause()
          try {
            const approved = await ask(request, key)
            if (!approved) refused.set(same, (refused.get(same) ?? 0) + 1)
            return approved
          } finally {
            deadline.resume()
          }
        }
        const result: unknown = await environment.step(action, { signal, approve })
        if (stopped) throw stopped // whatever the environment made of it
        const what = "The environment's step returned something else than { observation, done, success, reward?, judge? }"
        const { observation, ...rest } = parse(stepResultSchema, result, what, 'environment-failed')
        return { ...rest, observation: clean(observation) }
      }),
    actions: () =>
      guard('actions', async () =>
        clean(parse(actionsSchema, await environment.actions?.(), "What the environment's actions returned", 'environment-failed')),
      ),
  }
}

/** Somebody who was asked the same so often has answered. */
const MOST_REFUSALS = 3

interface Deadline {
  readonly over: boolean
  pause(): void
  resume(): void
}

interface Guard {
  what: string
  timeoutMs: number
  signal: AbortSignal
}

async function guarded<T>(work: (deadline: Deadline) => Awaitable<T>, { what, timeoutMs, signal }: Guard): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  let expire: (error: RepriseError) => void = () => {}
  const expired = new Promise<never>((_, reject) => (expire = reject))
  expired.catch(() => {}) // nobody waits for it once the work is done
  const deadline = {
    over: false,
    pause: () => clearTimeout(timer),
    resume: () => {
      clearTimeout(timer)
      if (timeoutMs === Infinity || deadline.over) return
      timer = setTimeout(
        () => expire(new RepriseError('environment-failed', `The environment's ${what} took longer than ${timeoutMs} ms.`)),
        timeoutMs,
      )
    },
  }
  deadline.resume()
  try {
    return await abortable(Promise.race([(async () => work(deadline))(), expired]), signal)
  } catch (error) {
    if (isRepriseError(error)) throw error
    throw new RepriseError(
      'environment-failed',
      `The environment's ${what} threw: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    )
  } finally {
    deadline.over = true
    clearTimeout(timer)
  }
}

function textOf(what: string, work: () => unknown): string {
  const text = attempt(what, work)
  if (typeof text === 'string') return text
  throw new RepriseError('environment-failed', `The environment's ${what} returned ${describe(text)} instead of a string.`)
}

function attempt<T>(what: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw asFailure(what, error)
  }
}

function asFailure(what: string, error: unknown): RepriseError {
  if (isRepriseError(error)) return error
  const message = error instanceof Error ? error.message : String(error)
  const who = what === 'confirm' ? what : `The environment's ${what}`
  return new RepriseError('environment-failed', `${who} threw: ${message}`, { cause: error })
}

function describe(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'an array' : typeof value
}
