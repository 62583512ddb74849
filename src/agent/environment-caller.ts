/** Calls an environment as if it were hostile: it may throw, hang, or return something else than its contract says. */
import { isRepriseError, RepriseError } from '../core/errors.ts'
import type { Approval, ApprovalRequest, Environment, StepResult } from '../core/environment.ts'
import { actionsSchema, stepResultSchema } from '../core/schemas.ts'
import type { Awaitable } from '../core/json.ts'
import { abortable } from '../util/abort.ts'
import { parse } from '../util/validate.ts'

export interface CallerOptions {
  environment: Environment
  /** Milliseconds that one call may take, not counting the time a person takes to approve; `Infinity` for no limit. */
  timeoutMs: number
  signal: AbortSignal
  /** Answers approval requests. Without it every request is refused. */
  confirm?: ((request: ApprovalRequest) => Awaitable<Approval>) | undefined
}

export interface EnvironmentCaller {
  /** The environment's name for the goal's task, if it has one. */
  taskId(goal: string): string | undefined
  reset(goal: string): Promise<string>
  step(action: string, onApproval: (request: ApprovalRequest) => void): Promise<StepResult>
  actions(): Promise<Awaited<ReturnType<NonNullable<Environment['actions']>>> | undefined>
}

/** One episode's way to its environment. Errors: `environment-failed`, `aborted`, and `RepriseError`s of the environment's own. */
export function environmentCaller({ environment, timeoutMs, signal, confirm }: CallerOptions): EnvironmentCaller {
  const allowed = new Set<string>()
  const guard = <T>(what: string, work: (deadline: Deadline) => Awaitable<T>): Promise<T> => guarded(work, { what, timeoutMs, signal })

  const ask = async (request: ApprovalRequest): Promise<boolean> => {
    if (allowed.has(request.effect)) return true
    if (!confirm) return false
    const approval = await abortable(
      (async () => confirm(request))().catch((error: unknown) => {
        throw asFailure('confirm', error)
      }),
      signal,
    )
    if (approval === 'run') allowed.add(request.effect)
    return approval === 'run' || approval === true
  }

  return {
    taskId(goal) {
      const id: unknown = attempt('taskId', () => environment.taskId?.(goal))
      if (id === undefined || typeof id === 'string') return id
      throw new RepriseError('environment-failed', `The environment's taskId returned ${describe(id)} instead of a string.`)
    },
    reset: (goal) =>
      guard('reset', async () => {
        const observation: unknown = await environment.reset(goal, { signal })
        if (typeof observation !== 'string')
          throw new RepriseError('environment-failed', `The environment's reset returned ${describe(observation)} instead of a string.`)
        return observation
      }),
    step: (action, onApproval) =>
      guard('step', async (deadline) => {
        const approve = async (request: ApprovalRequest): Promise<boolean> => {
          if (deadline.over) return false
          if (!allowed.has(request.effect)) onApproval(request)
          deadline.pause()
          try {
            return await ask(request)
          } finally {
            deadline.resume()
          }
        }
        const result: unknown = await environment.step(action, { signal, approve })
        return parse(
          stepResultSchema,
          result,
          "The environment's step returned something else than { observation, done, success, reward? }",
          'environment-failed',
        )
      }),
    actions: () =>
      guard('actions', async () =>
        parse(actionsSchema, await environment.actions?.(), "What the environment's actions returned", 'environment-failed'),
      ),
  }
}

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
