/**
 * Asks a language model object of the AI SDK one question, and reads its answer: the mapping of messages, settings, schemas, tools,
 * streams, finish reasons and usage, once for all vendors.
 */
import type { JsonValue } from '../core/json.ts'
import type { GenerateRequest, Generation, Message } from '../core/model.ts'
import { createStopFilter } from '../util/stop.ts'
import { toFailure } from './ai-sdk-failure.ts'
import type { AISDKCallOptions, AISDKModel, AISDKPart } from './ai-sdk-types.ts'
import { readFinish, readUsage, readWarnings, type Finish } from './ai-sdk-read.ts'
import { RemoteFailure } from './remote-failure.ts'
import type { OptionalSetting, RemoteQuirks } from './remote-presets.ts'

export interface AskOptions {
  /** Settings that are not to be sent. */
  withheld: ReadonlySet<OptionalSetting>
  quirks: RemoteQuirks
  /** Called with each part of a stream: the model is alive. */
  onPart?(): void
}

/** One attempt. Throws `RemoteFailure` for all that goes wrong. */
export async function askModel(model: AISDKModel, request: GenerateRequest, options: AskOptions): Promise<Generation> {
  const call = toCallOptions(request, options)
  const answer = request.onText ? await stream(model, call, { request, options }) : await whole(model, call, request)
  return toGeneration(answer, options.quirks)
}

function toCallOptions(request: GenerateRequest, { withheld, quirks }: AskOptions): AISDKCallOptions {
  const { temperature, maxTokens, seed, responseSchema, tools, signal } = request
  const strictJsonSchema = isStrict(responseSchema)
  const stopSequences = withheld.has('stop') ? [] : sendableStops(request, quirks)
  return {
    prompt: toMessages(request, quirks).map(toPromptMessage),
    ...(temperature !== undefined && !withheld.has('temperature') && { temperature }),
    ...(maxTokens !== undefined && { maxOutputTokens: maxTokens }),
    ...(stopSequences.length > 0 && { stopSequences }),
    ...(seed !== undefined && !withheld.has('seed') && { seed }),
    ...(responseSchema && { responseFormat: { type: 'json' as const, schema: responseSchema } }),
    ...(tools && tools.length > 0 && { tools: tools.map((tool) => ({ type: 'function' as const, ...tool })) }),
    ...(signal && { abortSignal: signal }),
    providerOptions: { openai: { strictJsonSchema }, openaiCompatible: { strictJsonSchema } },
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

/** Whether a schema keeps the rules of OpenAI's strict mode; others are sent as a wish, which the server does not refuse. */
function isStrict(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(isStrict)
  if (typeof schema !== 'object' || schema === null) return true
  const { type, properties, required, additionalProperties } = schema as Record<string, unknown>
  if (type === 'object' || properties !== undefined) {
    const names = Object.keys((properties as object | undefined) ?? {})
    if (additionalProperties !== false || !names.every((name) => Array.isArray(required) && required.includes(name))) return false
  }
  return Object.values(schema).every(isStrict)
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
  for (const part of result.content) if (part.type === 'text') filter.push(textOf(part.text))
  return { ...filter.end(), calls: result.content.filter(isToolCall), finish: readFinish(result.finishReason), usage: result.usage }
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
  const cancel = (): void => void reader.cancel().catch(() => {}) // it is broken already, or nobody listens any more
  request.signal?.addEventListener('abort', cancel, { once: true })
  try {
    for (let next = await failing(reader.read(), true); !next.done; next = await failing(reader.read(), true)) {
      const part = next.value
      options.onPart?.()
      if (part.type === 'stream-start') warn(part.warnings, request)
      else if (part.type === 'text-delta') filter.push(textOf(part.delta))
      else if (isToolCall(part)) calls.push(part)
      else if (part.type === 'finish') end = part
      else if (part.type === 'error') throw toFailure(part.error, true)
    }
  } catch (error) {
    cancel()
    throw error
  } finally {
    request.signal?.removeEventListener('abort', cancel)
  }
  const finish = readFinish(end?.finishReason)
  if (!end || finish.cut) throw new RemoteFailure('cut', 'the stream ended without a finish reason (is it an event stream?)')
  return { ...filter.end(), calls, finish, usage: end.usage }
}

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
    input: typeof input === 'string' ? parseJson(input || '{}', `the input of the tool call ${String(toolName)} is no JSON`) : {},
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

function parseJson(text: string, complaint: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue
  } catch {
    throw new RemoteFailure('malformed', complaint)
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
