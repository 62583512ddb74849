/**
 * Asks a language model object of the AI SDK one question, and reads its answer: the mapping of messages, settings, schemas, tools,
 * streams, finish reasons and usage, once for all vendors.
 */
import type { JsonValue } from '../core/json.ts'
import type { GenerateRequest, Generation, Message } from '../core/model.ts'
import { createStopFilter } from '../util/stop.ts'
import { toFailure } from './ai-sdk-failure.ts'
import type { AISDKCallOptions, AISDKModel, AISDKPart } from './ai-sdk-types.ts'
import type { Refusable } from './attempts.ts'
import { readFinish, readUsage, readWarnings, type Finish } from './ai-sdk-read.ts'
import { inWords, schemaForm, type SchemaForm } from './ai-sdk-schema.ts'
import { readJson } from '../util/schema/read-json.ts'
import { RemoteFailure } from './remote-failure.ts'
import type { RemoteQuirks } from './remote-presets.ts'

export interface AskOptions {
  /** What is not to be sent; a schema is said in words then. */
  withheld: ReadonlySet<Refusable>
  quirks: RemoteQuirks
  /** Called with each part of a stream: the model is alive. */
  onPart?(): void
}

/** One attempt. Throws `RemoteFailure` for all that goes wrong. */
export async function askModel(model: AISDKModel, request: GenerateRequest, options: AskOptions): Promise<Generation> {
  const form = options.withheld.has('responseSchema') ? undefined : schemaForm(request.responseSchema)
  const asked = form ? { ...request, ...(form.unwrap && request.onText && { onText: () => {} }) } : inWords(request)
  const call = toCallOptions(asked, form, options)
  const answer = asked.onText ? await stream(model, call, { request: asked, options }) : await whole(model, call, asked)
  const generation = toGeneration(answer, options.quirks)
  if (!form?.unwrap) return generation
  const text = form.unwrap(generation.text)
  if (text !== '') request.onText?.(text)
  return { ...generation, text }
}

function toCallOptions(request: GenerateRequest, form: SchemaForm | undefined, { withheld, quirks }: AskOptions): AISDKCallOptions {
  const { temperature, maxTokens, seed, tools, signal } = request
  const stopSequences = withheld.has('stop') ? [] : sendableStops(request, quirks)
  return {
    prompt: toMessages(request, quirks).map(toPromptMessage),
    ...(temperature !== undefined && !withheld.has('temperature') && { temperature }),
    ...(maxTokens !== undefined && { maxOutputTokens: maxTokens }),
    ...(stopSequences.length > 0 && { stopSequences }),
    ...(seed !== undefined && !withheld.has('seed') && { seed }),
    ...(form && { responseFormat: { type: 'json' as const, schema: form.schema } }),
    ...(tools && tools.length > 0 && { tools: tools.map((tool) => ({ type: 'function' as const, ...tool })) }),
    ...(signal && { abortSignal: signal }),
    ...(form && { providerOptions: { openai: { strictJsonSchema: form.strict }, openaiCompatible: { strictJsonSchema: form.strict } } }),
  }
}

/** The stop texts that the server takes; at the others the answer is cut here. */
function sendableStops({ stop = [], onWarning }: GenerateRequest, { stopLimit = Infinity, blankStops = true }: RemoteQuirks): string[] {
  const taken = stop.filter((text) => text !== '' && (blankStops || text.trim() !== '')).slice(0, stopLimit)
  const left = new Set(stop.filter((text) => text !== '' && !taken.includes(text))).size
  if (left > 0)
    onWarning?.(
      `stop: ${left} of the stop texts were left out, since the server takes no more or no blank ones; the answer is cut here instead`,
    )
  return taken
}

/** Some servers know one system message, at the beginning. A later one has a lower rank there: the user's. */
function toMessages({ messages, onWarning }: GenerateRequest, { systemFirst }: RemoteQuirks): readonly Message[] {
  const first = messages.findIndex(({ role }) => role !== 'system')
  const isLate = ({ role }: Message, at: number): boolean => role === 'system' && at > first
  if (!systemFirst || first === -1 || !messages.some(isLate)) return messages
  onWarning?.(
    'messages: a system message after the first other one was sent as the user’s, since the server takes it only at the beginning',
  )
  return messages.map((message, at) => (isLate(message, at) ? { ...message, role: 'user' } : message))
}

function toPromptMessage({ role, content }: Message): AISDKCallOptions['prompt'][number] {
  // Half a surrogate pair would be refused by servers as invalid JSON.
  const text = content.toWellFormed()
  return role === 'system' ? { role, content: text } : { role, content: [{ type: 'text', text }] }
}

interface Answer {
  text: string
  stopped: boolean
  calls: AISDKPart[]
  finish: Finish
  usage: unknown
}

async function whole(model: AISDKModel, call: AISDKCallOptions, request: GenerateRequest): Promise<Answer> {
  const result = await failing(model.doGenerate(call), false)
  if (!Array.isArray(result.content)) throw new RemoteFailure('malformed', 'the model returned no content')
  warn(result.warnings, request)
  const filter = createStopFilter(request.stop)
  const calls: AISDKPart[] = []
  for (const part of result.content) {
    // Behind a stop text nothing belongs to the answer.
    if (part.type === 'text' && filter.push(textOf(part.text))) break
    if (isToolCall(part)) calls.push(part)
  }
  return { ...filter.end(), calls, finish: readFinish(result.finishReason), usage: result.usage }
}

interface Streaming {
  request: GenerateRequest
  options: AskOptions
}

async function stream(model: AISDKModel, call: AISDKCallOptions, { request, options }: Streaming): Promise<Answer> {
  const reader = (await failing(model.doStream(call), false)).stream.getReader()
  const filter = createStopFilter(request.stop, (delta) => request.onText?.(delta))
  const calls: AISDKPart[] = []
  let end: AISDKPart | undefined
  let stopped = false
  const cancel = (): void => void reader.cancel().catch(() => {}) // it is broken already, or nobody listens any more
  request.signal?.addEventListener('abort', cancel, { once: true })
  try {
    for (let next = await failing(reader.read(), true); !next.done; next = await failing(reader.read(), true)) {
      const part = next.value
      options.onPart?.()
      if (part.type === 'stream-start') warn(part.warnings, request)
      else if (part.type === 'text-delta') stopped = filter.push(textOf(part.delta))
      else if (isToolCall(part)) calls.push(part)
      else if (part.type === 'finish') end = part
      else if (part.type === 'error') throw toFailure(part.error, true)
      if (stopped) break
    }
    // What would come now is no part of the answer, and costs money and can fail.
    if (stopped) cancel()
  } catch (error) {
    cancel()
    throw error
  } finally {
    request.signal?.removeEventListener('abort', cancel)
  }
  if (stopped) return { ...filter.end(), calls, finish: STOPPED, usage: undefined }
  const finish = readFinish(end?.finishReason)
  if (!end || finish.cut) throw new RemoteFailure('cut', 'the stream ended without a finish reason (is it an event stream?)')
  return { ...filter.end(), calls, finish, usage: end.usage }
}

const STOPPED: Finish = { reason: 'stop', raw: undefined, cut: false }

async function failing<T>(work: PromiseLike<T>, begun: boolean): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw toFailure(error, begun)
  }
}

function warn(warnings: unknown, { onWarning }: GenerateRequest): void {
  if (onWarning) for (const message of readWarnings(warnings)) onWarning(message)
}

/** A call for the caller to make: providers tell of calls that they have made themselves, too. */
function isToolCall({ type, providerExecuted }: AISDKPart): boolean {
  return type === 'tool-call' && providerExecuted !== true
}

function toGeneration({ text, stopped, calls, finish, usage }: Answer, quirks: RemoteQuirks): Generation {
  const toolCalls = calls.map(({ toolCallId, toolName, input }) => ({
    id: String(toolCallId),
    name: String(toolName),
    input: readInput(input, String(toolName)),
  }))
  const finishReason = stopped ? 'stop' : toFinishReason(finish.reason, toolCalls.length > 0)
  if (finish.reason === 'error' && !stopped)
    throw new RemoteFailure('malformed', `the model gave up on its answer (${finish.raw ?? 'error'})`)
  if (text === '' && toolCalls.length === 0 && finishReason === 'length')
    throw new RemoteFailure('empty', 'maxTokens is too small, or all of it went into thinking')
  return { text, toolCalls, finishReason, usage: readUsage(usage, quirks) }
}

function toFinishReason(reason: string, hasCalls: boolean): Generation['finishReason'] {
  if (reason === 'content-filter') return 'filtered'
  if (reason === 'length') return 'length'
  return hasCalls ? 'tool-calls' : 'stop'
}

/** Text by the specification; some providers of hosts' own give the value itself. */
function readInput(input: unknown, tool: string): JsonValue {
  if (input === undefined || input === null || input === '') return {}
  const read = readJson(typeof input === 'string' ? input : toJson(input))
  if (!read.ok) throw new RemoteFailure('malformed', `the input of the tool call ${tool} is not usable JSON (${read.why})`)
  return read.value
}

function toJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    return ''
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
