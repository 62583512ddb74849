/**
 * A cheap student decides as long as it agrees with itself; where its samples differ, a strong teacher decides that one step.
 * Source: In-Context Distillation with Self-Consistency Cascades, arXiv 2512.02543.
 */
import { chatPrompts } from '../../agent/prompts/chat-prompts.ts'
import { reactPolicy } from '../../agent/react-policy.ts'
import { RepriseError } from '../../core/errors.ts'
import type { GenerateRequest, LanguageModel } from '../../core/model.ts'
import type { Decision, Policy, PromptFormat, Situation } from '../../core/policy.ts'
import type { Phase } from '../../core/trajectory.ts'
import { countOf } from '../../security/untrusted.ts'
import { contentHash } from '../../util/hash.ts'
import { tell } from '../../util/tell.ts'
import { steadyClock } from '../../util/timed-call.ts'
import { NO_USAGE } from '../../util/usage.ts'
import { parse } from '../../util/validate.ts'
import { openCallBook, type CallBook } from './call-book.ts'
import { cascadeOptionsSchema, type CascadeOptions, type SampledUnit } from './cascade-options.ts'
import { equivalenceOf, type Equivalent } from './equivalence.ts'
import { sampleUntilDisagreement, type Sampled } from './sample-until.ts'

/**
 * A policy for `createAgent`, which retrieves the exemplars that both models are shown. Its decisions name who decided in `model`, hold the
 * student's answers in `samples`, and count every call in `calls` and `usage`. The agent marks each step with the model of its action.
 *
 * A student that fails (`model-failed`, `model-output`) leaves the decision to the teacher, with a warning. A teacher that fails ends the
 * episode. The answers of samples are not streamed but told at once when they agree.
 * Errors: `invalid-options`; those of the teacher; those of the student but for the two.
 *
 * @example
 * const agent = createAgent({ policy: cascadePolicy({ student, teacher }), memory })
 */
export function cascadePolicy(options: CascadeOptions): Policy {
  parse(cascadeOptionsSchema, options, 'cascadePolicy options')
  if (options.student.id === options.teacher.id)
    throw new RepriseError(
      'invalid-options',
      `cascadePolicy options: student and teacher are both called ${options.student.id}, so that nobody could tell who decided. Give one of them another id.`,
    )
  const cascade = withDefaults(options)
  const phases = policyByPhase(cascade)
  return cascade.sampled.includes('step') ? { ...phases, ...byStep(cascade) } : phases
}

interface Cascade extends Pick<CascadeOptions, 'onDeferral'> {
  student: Player
  teacher: Player
  samples: number
  sampled: readonly SampledUnit[]
  parallel: boolean
  temperature: number | undefined
  same: Equivalent
  /** `undefined` where the student is not to be given seeds. */
  seeds: (() => number | undefined) | undefined
  clock: () => number
}

interface Player {
  model: LanguageModel
  prompts: PromptFormat
}

function withDefaults({ student, teacher, prompts, ...options }: CascadeOptions): Cascade {
  const own = prompts === undefined || 'parse' in prompts ? { student: prompts, teacher: prompts } : prompts
  return {
    student: { model: student, prompts: own.student ?? student.prompts ?? chatPrompts() },
    teacher: { model: teacher, prompts: own.teacher ?? teacher.prompts ?? chatPrompts() },
    samples: options.samples ?? 3,
    sampled: options.sampled ?? ['step'],
    parallel: options.parallel ?? student.capabilities?.offline !== true,
    temperature: options.temperature,
    same: equivalenceOf(options.equivalent ?? 'text'),
    // Told to no other: one that knows no seeds would warn of each, and draws its answers by chance anyway.
    seeds: options.seed === undefined && student.capabilities?.seed !== true ? undefined : () => options.seed,
    clock: options.clock ?? steadyClock,
    ...(options.onDeferral && { onDeferral: options.onDeferral }),
  }
}

function policyByPhase(cascade: Cascade): Policy {
  const decide = (phase: Phase) => (situation: Situation) =>
    decidePhase(cascade, { phase, situation, sampled: cascade.sampled.includes(phase) })
  return { plan: decide('plan'), reason: decide('reason'), act: decide('act') }
}

interface Deciding {
  phase: Phase
  situation: Situation
  sampled: boolean
}

async function decidePhase(cascade: Cascade, { phase, situation, sampled }: Deciding): Promise<Decision> {
  const book = openCallBook(situation, cascade.clock)
  const result = await draw<Decision>(cascade, {
    book,
    phase,
    samples: sampled ? cascade.samples : 1,
    textOf: ({ text }) => text,
    take: (student, inner) => student[phase](inner),
  })
  const samples = result.drawn.map(({ text }) => text)
  const [first] = result.drawn
  if (result.agreed && first) {
    if (sampled) situation.onText?.(first.text)
    return book.close({ ...first, ...(sampled && { samples }) })
  }
  defer(cascade, { phase, situation, samples, result })
  const decision = await teacherOf(cascade)[phase](book.situation)
  return book.close({ ...decision, samples })
}

/** What a step's reasoning has settled for its action. */
type Settled = { step: number; reasoning: string } & ({ by: 'student'; action: Decision } | { by: 'teacher' })

/**
 * Samples reasoning and action as one when the reasoning is asked for. The loop asks for the action afterwards; what was settled is kept until
 * then under the episode's signal, which each episode has of its own.
 */
function byStep(cascade: Cascade): Pick<Policy, 'reason' | 'act'> {
  const settled = new WeakMap<AbortSignal, Settled>()
  return {
    async reason(situation) {
      const { decision, rest } = await decideStep(cascade, situation)
      settled.set(situation.signal, { step: countOf(situation.history), reasoning: decision.text, ...rest })
      return decision
    },
    async act(situation) {
      const found = settled.get(situation.signal)
      settled.delete(situation.signal)
      if (!found || found.step !== countOf(situation.history) || found.reasoning !== situation.reasoning)
        return decidePhase(cascade, { phase: 'act', situation, sampled: true })
      if (found.by === 'student') {
        situation.onText?.(found.action.text)
        return found.action
      }
      const book = openCallBook(situation, cascade.clock)
      return book.close(await teacherOf(cascade).act(book.situation))
    },
  }
}

type Rest = { by: 'student'; action: Decision } | { by: 'teacher' }

async function decideStep(cascade: Cascade, situation: Situation): Promise<{ decision: Decision; rest: Rest }> {
  const book = openCallBook(situation, cascade.clock)
  const result = await draw<Chain>(cascade, {
    book,
    phase: 'act',
    samples: cascade.samples,
    textOf: ({ action }) => action.text,
    take: async (student, inner) => {
      const reasoning = await student.reason(inner)
      return { reasoning, action: await student.act({ ...inner, reasoning: reasoning.text }) }
    },
  })
  const reasonings = result.drawn.map(({ reasoning }) => reasoning.text)
  const actions = result.drawn.map(({ action }) => action.text)
  const [first] = result.drawn
  if (result.agreed && first) {
    situation.onText?.(first.reasoning.text)
    const action = { ...first.action, usage: NO_USAGE, samples: actions, calls: [] }
    return { decision: book.close({ ...first.reasoning, samples: reasonings }), rest: { by: 'student', action } }
  }
  defer(cascade, { phase: 'reason', situation, samples: actions, result })
  const decision = await teacherOf(cascade).reason(book.situation)
  return { decision: book.close({ ...decision, samples: reasonings }), rest: { by: 'teacher' } }
}

interface Chain {
  reasoning: Decision
  action: Decision
}

interface Drawing<T> {
  book: CallBook
  /** Of what is compared. */
  phase: Phase
  samples: number
  textOf(sample: T): string
  take(student: Policy, situation: Situation): Promise<T>
}

function draw<T>(cascade: Cascade, { book, phase, samples, textOf, take }: Drawing<T>): Promise<Sampled<T>> {
  const { onText: _onText, ...silent } = book.situation
  const alone = samples === 1
  return sampleUntilDisagreement<T>({
    samples,
    parallel: cascade.parallel,
    signal: silent.signal,
    draw: (index, signal) => take(studentOf(cascade, index, alone), { ...(alone ? book.situation : silent), signal }),
    same: (first, other, signal) =>
      cascade.same(textOf(first), textOf(other), { phase, situation: { ...silent, signal }, meter: (model) => book.watch(model) }),
  })
}

/** For one sample, with seeds of its own. */
function studentOf({ student, temperature, seeds, clock }: Cascade, index: number, alone: boolean): Policy {
  const model = seeds ? withSeeds(student.model, (request, asked) => seedOf(seeds(), [index, asked], request)) : student.model
  return reactPolicy({ model, prompts: alone ? student.prompts : warmed(student.prompts, temperature), clock })
}

function teacherOf({ teacher: { model, prompts }, clock }: Cascade): Policy {
  return reactPolicy({ model, prompts, clock })
}

function withSeeds(model: LanguageModel, seedFor: (request: GenerateRequest, asked: number) => number): LanguageModel {
  let asked = 0
  return { id: model.id, generate: (request) => model.generate({ ...request, seed: seedFor(request, asked++) }) }
}

/** A prompt format that asks for samples which can differ. */
function warmed(prompts: PromptFormat, temperature: number | undefined): PromptFormat {
  const warm = (phase: Phase) => (situation: Situation) => {
    const prompt = prompts[phase](situation)
    return { ...prompt, temperature: temperature ?? (prompt.temperature || 0.7) }
  }
  return { plan: warm('plan'), reason: warm('reason'), act: warm('act'), parse: (phase, text) => prompts.parse(phase, text) }
}

/** 31 bits: by the prompt and the place of the question where a seed was given, else by chance. */
function seedOf(seed: number | undefined, place: readonly number[], { messages }: GenerateRequest): number {
  if (seed === undefined) return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) >>> 1
  return Number.parseInt(contentHash(JSON.stringify([seed, place, messages])).slice(0, 7), 36) % 2 ** 31
}

interface Deferring {
  phase: Phase
  situation: Situation
  samples: readonly string[]
  result: Pick<Sampled<unknown>, 'failure'>
}

function defer({ student, teacher, onDeferral }: Cascade, { phase, situation, samples, result: { failure } }: Deferring): void {
  const ids = { student: student.model.id, teacher: teacher.model.id }
  if (failure) situation.onWarning?.(`The student ${ids.student} failed, so ${ids.teacher} decides in its place: ${failure.message}`)
  tell(onDeferral, {
    goal: situation.goal,
    phase,
    step: countOf(situation.history),
    ...ids,
    samples,
    cause: failure ? 'failure' : 'disagreement',
    ...(failure && { error: failure }),
  })
}
