/** Runs the same goals by the student alone, the student with exemplars, the cascade and the teacher, and reports what each costs. */
import * as z from 'zod/mini'
import type { EpisodeOutcome } from '../../agent/batch.ts'
import { createAgent, type Agent } from '../../agent/create-agent.ts'
import type { AgentOptions } from '../../agent/options.ts'
import type { PriceTable } from '../../core/budget.ts'
import type { Environment } from '../../core/environment.ts'
import type { ErrorCode } from '../../core/errors.ts'
import type { Awaitable } from '../../core/json.ts'
import { anyOf, throwIfAborted } from '../../util/abort.ts'
import { priceTableSchema } from '../../util/price-table.ts'
import { abortSignal, callable, parse, withMethods } from '../../util/validate.ts'
import type { CascadeOptions } from './cascade-options.ts'
import { cascadePolicy } from './cascade-policy.ts'
import { cascadeReport, type CascadeReport, type ReportArm } from './cascade-report.ts'
import { tallyEpisodes } from './tally.ts'

/** A way of running the goals. Those without exemplars retrieve nothing (`k = 0`). */
export type CascadeArm = 'student' | 'student with exemplars' | 'cascade' | 'teacher' | 'teacher with exemplars'

/** What `compareCascade` takes. */
export interface CompareCascadeOptions {
  /** Of the cascade; its student and teacher also run alone. */
  cascade: CascadeOptions
  /** Of each arm's agent, for instance `k` and `maxSteps`; all arms read the same memory, and none writes to it. */
  agent: Omit<AgentOptions, 'model' | 'policy' | 'prompts'>
  goals: readonly string[]
  createEnvironment: (goal: string, index: number) => Awaitable<Environment>
  /** Which, in this order (default: `student`, `student with exemplars`, `cascade`, `teacher`). Each costs a run of all goals. */
  arms?: readonly CascadeArm[]
  /** Arm that costs are set against (default `teacher`). */
  against?: CascadeArm
  prices?: PriceTable
  /** Episodes that the teacher ran to fill the memory. */
  demonstrations?: number
  /** Episodes at a time (default 1). */
  concurrency?: number
  signal?: AbortSignal
}

/** The report, and the episodes that it was made from. */
export interface CascadeComparison extends CascadeReport {
  arms: ReportArm[]
}

/**
 * Runs all goals once by each arm, one arm after another, read-only. An episode that breaks by a fault of its own (`environment-failed`,
 * `model-output`, `budget-exceeded`, `approval-denied`) counts as no success; any other error ends the comparison at once.
 * Errors: `invalid-options`, `aborted`, those of the models and of the memory.
 */
export async function compareCascade(options: CompareCascadeOptions): Promise<CascadeComparison> {
  parse(schema, options, 'compareCascade options')
  const { teacher } = options.cascade
  const agents = (options.arms ?? DEFAULT_ARMS).map((name) => ({ name, agent: agentOf(name, options) }))
  const arms: ReportArm[] = []
  for (const { name, agent } of agents) arms.push({ name, episodes: await runArm(agent, options) })
  const { against, prices, demonstrations } = options
  const report = cascadeReport({
    teacher: teacher.id,
    arms,
    ...(against && { against }),
    ...(prices && { prices }),
    ...(demonstrations !== undefined && { demonstrations }),
  })
  return { ...report, arms }
}

const ARMS = ['student', 'student with exemplars', 'cascade', 'teacher', 'teacher with exemplars'] as const satisfies readonly CascadeArm[]
const DEFAULT_ARMS: readonly CascadeArm[] = ARMS.slice(0, 4)
/** An episode that ends so is one that did not succeed. */
const OWN_FAULTS: readonly ErrorCode[] = ['environment-failed', 'model-output', 'budget-exceeded', 'approval-denied']

const schema = z.strictObject({
  cascade: z.object({ student: withMethods('generate'), teacher: withMethods('generate') }),
  agent: z.object({ memory: withMethods('retrieve', 'record', 'add', 'has') }),
  goals: z.array(z.string().check(z.minLength(1))).check(z.minLength(1)),
  createEnvironment: callable,
  arms: z.optional(z.array(z.enum(ARMS)).check(z.minLength(1))),
  against: z.optional(z.enum(ARMS)),
  prices: z.optional(priceTableSchema),
  demonstrations: z.optional(z.number().check(z.gte(0))),
  concurrency: z.optional(z.int().check(z.gte(1), z.lte(256))),
  signal: z.optional(abortSignal),
})

function agentOf(name: CascadeArm, { cascade, agent }: CompareCascadeOptions): Agent {
  const { student, teacher, prompts } = cascade
  const own = prompts === undefined || 'parse' in prompts ? { student: prompts, teacher: prompts } : prompts
  const alone = name === 'student' || name === 'teacher'
  const common = { ...agent, ...(alone && { k: 0 }) }
  if (name === 'cascade') return createAgent({ ...common, policy: cascadePolicy(cascade) })
  const by = name.startsWith('student') ? 'student' : 'teacher'
  const format = own[by]
  return createAgent({ ...common, model: by === 'student' ? student : teacher, ...(format && { prompts: format }) })
}

async function runArm(
  agent: Agent,
  { goals, createEnvironment, concurrency = 1, signal }: CompareCascadeOptions,
): Promise<ReportArm['episodes']> {
  throwIfAborted(signal)
  const tallies = tallyEpisodes()
  const broken = new AbortController()
  const options = { onEvent: tallies.onEvent, signal: anyOf(signal, broken.signal) }
  const outcomes: EpisodeOutcome[] = []
  const queue = goals.entries()
  // A batch tells how its goals ended only when all have: so each goal is one.
  const lane = async (): Promise<void> => {
    for (const [index, goal] of queue) {
      const [outcome] = await agent.runBatch(() => createEnvironment(goal, index), [goal], options)
      if (!outcome || broken.signal.aborted) return
      if (outcome.status === 'rejected' && !OWN_FAULTS.includes(outcome.error.code)) broken.abort(outcome.error)
      outcomes[index] = outcome
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, goals.length) }, lane))
  broken.signal.throwIfAborted()
  return [...tallies.episodes(), ...neverBegun(outcomes, tallies.episodes().length)]
}

/** Goals whose environment broke before the first event count as well. */
function neverBegun(outcomes: readonly EpisodeOutcome[], begun: number): ReportArm['episodes'] {
  const broken = outcomes.filter((outcome) => outcome.status === 'rejected' && !outcome.error.trajectory?.plan)
  return broken.slice(0, outcomes.length - begun).map(({ goal }) => ({ goal, success: false, actions: [], decisions: [], calls: [] }))
}
