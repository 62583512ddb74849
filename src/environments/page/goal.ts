/** Who says whether the goal is reached: the host's code, else the agent itself, which is then said to be so. And asking the user. */
import * as z from 'zod/mini'
import { RepriseError } from '../../core/errors.ts'
import type { StepResult } from '../../core/environment.ts'
import { abortable } from '../../util/abort.ts'
import { parse } from '../../util/validate.ts'
import type { PageRun } from './observing.ts'
import type { GoalContext } from './page-options.ts'

type Asked = Pick<GoalContext, 'finished' | 'answer' | 'signal'>

/** Nothing that the page says is asked. Errors: `environment-failed` where `goalCheck` returns something else than it should; `aborted`. */
export async function judgeGoal(run: PageRun, asked: Asked): Promise<Omit<StepResult, 'observation'>> {
  const { goalCheck } = run.options
  const { finished, signal } = asked
  if (!goalCheck) return { done: finished, success: finished, judge: 'agent' }
  const verdict: unknown = await abortable((async () => goalCheck({ goal: run.goal, root: run.root, ...asked }))(), signal)
  const told = typeof verdict === 'boolean' ? { done: verdict } : verdict
  const what = 'goalCheck returned something else than a boolean or { done, success?, reward? }'
  const { done, success = done, reward } = parse(verdictSchema, told, what, 'environment-failed')
  return { done: done || finished, success, ...(reward !== undefined && { reward }) }
}

const verdictSchema = z.object({
  done: z.boolean(),
  success: z.optional(z.boolean()),
  reward: z.optional(z.number().check(z.gte(0), z.lte(1))),
})

/** What the user answered, as a note. Errors: `environment-failed` where `answer` returns no text. */
export async function askUser({ options }: PageRun, question: string, signal: AbortSignal): Promise<string> {
  const { answer } = options
  if (!answer) return 'Nobody can be asked here. Go on with what is known, or end the task.'
  const text: unknown = await abortable((async () => answer(question, { signal }))(), signal)
  if (typeof text === 'string') return `The user answered ${JSON.stringify(text)}.`
  throw new RepriseError('environment-failed', `The option answer returned ${typeof text} instead of a string.`)
}
