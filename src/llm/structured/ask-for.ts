/**
 * Asks a model for something that can be checked, and once more where the check fails: with the answer and what is wrong with it, both
 * marked as data. What fails twice is an error that holds the model's own words, never an empty result.
 */
import { isRepriseError, RepriseError } from '../../core/errors.ts'
import type { GenerateRequest, Generation, LanguageModel, Message, ModelCall, Usage } from '../../core/model.ts'
import { createFence, shorten } from '../../security/fence.ts'
import { throwIfAborted } from '../../util/abort.ts'
import { callsOf, noteCalls } from '../../util/failed-calls.ts'
import { contentHash } from '../../util/hash.ts'
import { timedCall } from '../../util/timed-call.ts'
import { addUsage } from '../../util/usage.ts'

/** An answer that was understood, or what is wrong with it. */
export type Reading<T> = { ok: true; value: T } | { ok: false; problems: readonly string[] }

export interface Question<T> {
  /** As the model gets it the first time. */
  request: GenerateRequest
  /** Called for answers that were not withheld. */
  read(generation: Generation): Promise<Reading<T>>
  now: () => number
}

export interface Answered<T> {
  value: T
  /** The last one. */
  generation: Generation
  usage: Usage
  calls: readonly ModelCall[]
  repaired: boolean
}

/**
 * Errors: those of the model; `model-output` with the model's words in the message, and more of them (8,000 characters at most) as `cause`.
 * Each holds the calls that were answered before it (`callsOf`).
 */
export async function askFor<T>(model: LanguageModel, question: Question<T>): Promise<Answered<T>> {
  const calls: ModelCall[] = []
  try {
    return await askTwice(model, question, calls)
  } catch (error) {
    noteCalls(error, calls)
    throw error
  }
}

async function askTwice<T>(model: LanguageModel, question: Question<T>, calls: ModelCall[]): Promise<Answered<T>> {
  const first = await attempt(model, question, calls)
  if (first.ok) return answered(first, { calls, repaired: false })
  const { request } = question
  const messages = withNote(request.messages, repairNote(first))
  const second = await attempt(model, { ...question, request: { ...request, messages } }, calls)
  if (second.ok) return answered(second, { calls, repaired: true })
  throw unusable(model, second)
}

type Attempt<T> = { ok: true; value: T; generation: Generation } | Failed

interface Failed {
  ok: false
  problems: readonly string[]
  text: string
  /** The model's own error, where it was that which found the answer unusable. */
  error?: unknown
}

async function attempt<T>(model: LanguageModel, { request, read, now }: Question<T>, calls: ModelCall[]): Promise<Attempt<T>> {
  throwIfAborted(request.signal)
  try {
    const { answer: generation, times } = await timedCall(model, request, now)
    calls.push({ model: model.id, usage: generation.usage, ...times })
    if (generation.finishReason === 'filtered') throw new Withheld({ ...generation, usage: sum(calls) })
    const reading = await read(generation)
    throwIfAborted(request.signal)
    if (reading.ok) return { ...reading, generation }
    const cut =
      generation.finishReason === 'length' ? [`the answer was cut off at ${request.maxTokens ?? 'the model’s limit of'} tokens`] : []
    return { ok: false, problems: [...cut, ...reading.problems], text: generation.text }
  } catch (error) {
    if (!isRepriseError(error, 'model-output')) throw error
    calls.push(...callsOf(error))
    return { ok: false, problems: [error.message], text: '', error }
  }
}

/** The provider withheld an answer: asking again would not help. Whoever asked decides what that means. */
export class Withheld extends Error {
  readonly generation: Generation

  constructor(generation: Generation) {
    super('The answer was withheld.')
    this.generation = generation
  }
}

function answered<T>(
  { value, generation }: { value: T; generation: Generation },
  asked: Pick<Answered<T>, 'calls' | 'repaired'>,
): Answered<T> {
  return { value, generation, usage: sum(asked.calls), ...asked }
}

function sum(calls: readonly ModelCall[]): Usage {
  return calls.map(({ usage }) => usage).reduce(addUsage)
}

const SHOWN_PROBLEMS = 8

function repairNote({ problems, text }: Failed): string {
  const shown = problems.slice(0, SHOWN_PROBLEMS).map((problem) => `- ${shorten(problem, 500)}`)
  // The same answer makes the same prompt: a random mark would undo seeds, caches and recordings.
  const fence = createFence(contentHash(text + shown.join('\n')))
  const said =
    text.trim() === ''
      ? 'You were asked this before, and there was no usable answer.'
      : `You were asked this before, and answered:\n${fence.wrap('answer', text, 4000)}`
  return `${said}\nThat cannot be used:\n${fence.wrap('problems', shown.join('\n'))}\nAnswer again, and correctly this time.`
}

/** `messages`, the last of which ends with a note of ours: chat models want the last word to be the user's, and no two in a row. */
export function withNote(messages: readonly Message[], note: string): Message[] {
  const last = messages.at(-1)
  if (last?.role !== 'user') return [...messages, { role: 'user', content: note }]
  return [...messages.slice(0, -1), { role: 'user', content: `${last.content}\n\n${note}` }]
}

function unusable(model: LanguageModel, { problems, text, error }: Failed): RepriseError {
  const what = problems.slice(0, SHOWN_PROBLEMS).join('; ').replace(/\.$/, '')
  const said = text.trim() === '' ? 'There was no text.' : `It answered: ${JSON.stringify(shorten(text, 400))}`
  return new RepriseError('model-output', `${model.id} was asked twice and gave no usable answer (${shorten(what, 1000)}). ${said}`, {
    cause: error ?? shorten(text, 8000),
  })
}
