/** What `structured` does for a request with a schema or tools. Loaded with the first of them. */
import type { GenerateRequest, Generation, LanguageModel } from '../../core/model.ts'
import { abortable, throwIfAborted } from '../../util/abort.ts'
import { contentHash } from '../../util/hash.ts'
import { schemaCheck, type SchemaCheck } from '../../util/schema/schema-check.ts'
import { createStopFilter } from '../../util/stop.ts'
import { steadyClock } from '../../util/timed-call.ts'
import { unheard } from '../unheard.ts'
import { askFor, Withheld, withNote, type Question } from './ask-for.ts'
import { findJson, wholeObject } from './find-json.ts'
import { kindsOf, type JsonKind } from './json-kinds.ts'
import { readAnswer, requestFor } from './schema-answers.ts'
import { toolAnswers, type ToolAnswer } from './tool-answers.ts'

/** Errors: `invalid-options`, `model-output`, those of the model, `aborted`. */
export async function generateStructured(model: LanguageModel, request: GenerateRequest): Promise<Generation> {
  const answer = request.responseSchema && schemaCheck(request.responseSchema, OWNER)
  await abortable(answer?.ready(), request.signal)
  const ask = request.tools?.length && !model.capabilities?.tools ? askForCalls : askForJson
  const generation = await abortable(ask(model, request, answer), request.signal)
  throwIfAborted(request.signal)
  if (generation.text !== '') request.onText?.(generation.text)
  return generation
}

const OWNER = { what: 'generate', field: 'responseSchema', failure: 'model-unavailable' } as const

/** The model calls tools by itself, or there are none. */
async function askForJson(model: LanguageModel, request: GenerateRequest, answer: SchemaCheck | undefined): Promise<Generation> {
  if (!answer) return model.generate(request)
  const kinds = kindsOf(answer.jsonSchema)
  return finished(model, {
    request: unheard(requestFor(model, request, answer.jsonSchema)),
    read: async ({ text, toolCalls }) => {
      if (toolCalls.length > 0) return { ok: true, value: { text, toolCalls, finishReason: 'tool-calls' } }
      const reading = await readAnswer(text, kinds, (value) => answer.check(value))
      return reading.ok ? { ok: true, value: { text: reading.value.json, toolCalls, finishReason: 'stop' } } : reading
    },
    now: steadyClock,
  })
}

async function askForCalls(model: LanguageModel, request: GenerateRequest, answer: SchemaCheck | undefined): Promise<Generation> {
  const { tools = [], ...rest } = request
  const answers = toolAnswers(tools, answer)
  await answers.ready()
  const noted = { ...rest, messages: withNote(request.messages, answers.note) }
  return finished(model, {
    request: unheard(requestFor(model, noted, answers.schema)),
    read: async (generation) => {
      if (!answer && isPlainText(generation.text)) return { ok: true, value: inWords(generation, request.stop) }
      if (isQuoted(generation.text)) return { ok: false, problems: [NOT_ALONE] }
      const reading = await readAnswer(generation.text, OBJECT, answers.check)
      return reading.ok ? { ok: true, value: called(reading.value.value as ToolAnswer, generation.text, request.stop) } : reading
    },
    now: steadyClock,
  })
}

const OBJECT: ReadonlySet<JsonKind> = new Set<JsonKind>(['object'])

async function finished(model: LanguageModel, question: Question<Omit<Generation, 'usage'>>): Promise<Generation> {
  try {
    const { value, usage } = await askFor(model, question)
    return { ...value, usage }
  } catch (error) {
    if (error instanceof Withheld) return error.generation
    throw error
  }
}

/** A model that answers a question in words, without a thought of a call, has chosen to call no tool. */
function isPlainText(text: string): boolean {
  const { candidates, unfinished, spoken } = findJson(text, OBJECT)
  return spoken.trim() !== '' && candidates.length === 0 && !unfinished && !BROKEN_CALL.test(spoken)
}

const BROKEN_CALL = /\{\s*["']?(?:calls|tool|answer)\b/

/** There is an object, but within other text: what a page says may be told of there, calls included. */
function isQuoted(text: string): boolean {
  const { candidates, unfinished } = findJson(text, OBJECT)
  return candidates.length > 0 && !unfinished && wholeObject(text) === undefined
}

const NOT_ALONE = 'the JSON must be the whole answer, with no other text before or after it'

function inWords({ text, finishReason }: Generation, stop: GenerateRequest['stop']): Omit<Generation, 'usage'> {
  const spoken = cut(findJson(text, new Set()).spoken.trim(), stop)
  return { text: spoken, toolCalls: [], finishReason }
}

function called({ text, calls }: ToolAnswer, written: string, stop: GenerateRequest['stop']): Omit<Generation, 'usage'> {
  if (calls.length === 0) return { text: cut(text, stop), toolCalls: [], finishReason: 'stop' }
  const id = contentHash(written)
  return { text: '', toolCalls: calls.map((call, index) => ({ id: `call-${id}-${index}`, ...call })), finishReason: 'tool-calls' }
}

function cut(text: string, stop: GenerateRequest['stop']): string {
  const filter = createStopFilter(stop)
  filter.push(text)
  return filter.end().text
}
