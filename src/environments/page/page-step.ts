/** What becomes of one action: it is read, judged by facts, asked for where it must be, done, guarded and looked at. */
import type { StepContext, StepResult } from '../../core/environment.ts'
import { throwIfAborted } from '../../util/abort.ts'
import { actOn } from './page-act.ts'
import { readAction } from './act/read-action.ts'
import { askUser, judgeGoal } from './goal.ts'
import { endLingering } from './lingering.ts'
import { observe, type PageRun } from './observing.ts'
import { redactAction } from './page-secrets.ts'

/** Errors: `environment-failed` where the host's `goalCheck` or `answer` throw or answer wrongly; `aborted`. */
export async function takeStep(run: PageRun, text: string, context: StepContext): Promise<StepResult> {
  const { signal } = context
  throwIfAborted(signal)
  const late = endLingering(run)
  const read = readAction(text)
  // What is wrong is said by quoting it.
  if (!read.ok) return observe(run, { signal, note: late + (problemOf(run, text) ?? read.problem) })
  const { action } = read
  if (action.verb === 'done') return finish(run, action.answer, signal)
  if (action.verb === 'ask') return observe(run, { signal, note: late + (await askUser(run, action.question, signal)) })
  const note = late + (await actOn({ run, action, text, context }))
  const seen = await observe(run, { signal, note })
  const result = { ...seen, ...(await judgeGoal(run, { finished: false, answer: undefined, signal })) }
  if (result.done) endLingering(run)
  return result
}

/** The problem with an action that is about a secret; what it says holds none. */
function problemOf(run: PageRun, text: string): string | undefined {
  const left = redactAction(run, text)
  const read = readAction(left)
  return left === text || read.ok ? undefined : read.problem
}

async function finish(run: PageRun, answer: string | undefined, signal: AbortSignal): Promise<StepResult> {
  const verdict = await judgeGoal(run, { finished: true, answer, signal })
  const note = answer === undefined ? 'The task was ended.' : `The task was ended with the answer ${JSON.stringify(answer)}.`
  const { observation } = await observe(run, { signal, note })
  return { observation, ...verdict }
}
