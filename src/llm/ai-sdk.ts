/**
 * Asks OpenAI, and servers that speak its language, through the AI SDK's packages. Loaded on demand, since they are large.
 *
 * OpenAI is asked by chat completions, not by the Responses API that the package would choose: only the former knows
 * stop texts and seeds, and it stores nothing on the server unless told to.
 */
import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import type { JsonValue } from '../core/json.ts'
import type { GenerateRequest, Generation, Message } from '../core/model.ts'
import { RemoteFailure } from './remote-failure.ts'
import type { Vendor } from './remote-options.ts'
import { createStopFilter } from '../util/stop.ts'

/** The settings that a model may refuse and that an answer can do without. */
export type Optional = 'temperature' | 'seed' | 'stop'

export interface Target {
  vendor: Vendor
  /** The vendor's name of the model. */
  model: string
  baseURL: string
  /** Adds the key. */
  fetch: typeof globalThis.fetch
  /** Settings that this model refused before. */
  withheld: ReadonlySet<Optional>
}

/** One attempt. Throws `RemoteFailure` for all that goes wrong. */
export async function generate(target: Target, request: GenerateRequest): Promise<Generation> {
  const model = languageModel(target)
  try {
    const options = toCallOptions(target, request)
    const answer = request.onText ? await stream(model, options, request) : await whole(model, options, request)
    return toGeneration(answer, request)
  } catch (error) {
    throw toFailure(error)
  }
}

type Model = ReturnType<ReturnType<typeof createOpenAI>['chat']>
type CallOptions = Parameters<Model['doGenerate']>[0]
type Result = Awaited<ReturnType<Model['doGenerate']>>
type StreamPart = Awaited<ReturnType<Model['doStream']>>['stream'] extends ReadableStream<infer Part> ? Part : never
type Warning = Result['warnings'][number]

function languageModel({ vendor, model, baseURL, fetch }: Target): Model {
  // The key is none of the SDK's business: `fetch` adds it. Without one the SDK would look into the environment.
  if (vendor === 'openai') return createOpenAI({ baseURL, fetch, apiKey: 'added-later' }).chat(model)
  return createOpenAICompatible({ name: vendor, baseURL, fetch, includeUsage: true, supportsStructuredOutputs: true }).chatModel(model)
}

function toCallOptions({ withheld }: Target, request: GenerateRequest): CallOptions {
  const { temperature, maxTokens, stop, seed, responseSchema, tools, signal } = request
  const strictJsonSchema = isStrict(responseSchema)
  return {
    prompt: request.messages.map(toPromptMessage),
    ...(temperature !== undefined && !withheld.has('temperature') && { temperature }),
    ...(maxTokens !== undefined && { maxOutputTokens: maxTokens }),
    // OpenAI takes four at most; the rest is cut off here.
    ...(stop && stop.length > 0 && !withheld.has('stop') && { stopSequences: stop.slice(0, 4) }),
    ...(seed !== undefined && !withheld.has('seed') && { seed }),
    ...(responseSchema && { responseFormat: { type: 'json' as const, schema: responseSchema } }),
    ...(tools && tools.length > 0 && { tools: tools.map((tool) => ({ type: 'function' as const, ...tool })) }),
    ...(signal && { abortSignal: signal }),
    providerOptions: { openai: { strictJsonSchema }, openaiCompatible: { strictJsonSchema } },
  }
}

function toPromptMessage({ role, content }: Message): CallOptions['prompt'][number] {
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
  calls: { toolCallId: string; toolName: string; input: string }[]
  finishReason: Result['finishReason']
  usage: Result['usage'] | undefined
}

async function whole(model: Model, options: CallOptions, request: GenerateRequest): Promise<Answer> {
  const { content, finishReason, usage, warnings } = await model.doGenerate(options)
  warn(warnings, request)
  const filter = createStopFilter(request.stop)
  const calls: Answer['calls'] = []
  for (const part of content) {
    if (part.type === 'text') filter.push(part.text)
    else if (part.type === 'tool-call') calls.push(part)
  }
  return { ...filter.end(), calls, finishReason, usage }
}

async function stream(model: Model, options: CallOptions, request: GenerateRequest): Promise<Answer> {
  const reader = (await model.doStream(options)).stream.getReader()
  const filter = createStopFilter(request.stop, (delta) => request.onText?.(delta))
  const calls: Answer['calls'] = []
  let finish: Extract<StreamPart, { type: 'finish' }> | undefined
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      const part = next.value
      if (part.type === 'stream-start') warn(part.warnings, request)
      else if (part.type === 'text-delta') filter.push(part.delta)
      else if (part.type === 'tool-call') calls.push(part)
      else if (part.type === 'finish') finish = part
      else if (part.type === 'error') throw part.error
    }
  } catch (error) {
    reader.cancel().catch(() => {}) // it is broken already
    throw error
  }
  // Without a reason the connection ended early, however orderly.
  if (!finish || (finish.finishReason.raw === undefined && finish.finishReason.unified !== 'stop'))
    throw new RemoteFailure('cut', 'the stream ended without a finish reason (is it an event stream?)')
  return { ...filter.end(), calls, finishReason: finish.finishReason, usage: finish.usage }
}

function warn(warnings: readonly Warning[], { onWarning }: GenerateRequest): void {
  for (const warning of warnings) {
    const feature =
      warning.type === 'other' ? warning.message : `${warning.feature} was left out: ${warning.details ?? 'the model does not take it'}`
    onWarning?.(feature)
  }
}

function toGeneration({ text, stopped, calls, finishReason, usage }: Answer, { responseSchema }: GenerateRequest): Generation {
  const toolCalls = calls.map(({ toolCallId, toolName, input }) => ({
    id: toolCallId,
    name: toolName,
    input: parseJson(input || '{}', `the input of the tool call ${toolName} is no JSON`),
  }))
  const reason = stopped ? 'stop' : toFinishReason(finishReason.unified, toolCalls.length > 0)
  if (text === '' && toolCalls.length === 0 && reason === 'length')
    throw new RemoteFailure('empty', 'maxTokens is too small, or all of it went into thinking')
  if (responseSchema && toolCalls.length === 0 && reason !== 'filtered')
    parseJson(text, reason === 'length' ? 'maxTokens cut the JSON off' : 'a schema was given, and the text is no JSON')
  return {
    text,
    toolCalls,
    finishReason: reason,
    usage: { inputTokens: usage?.inputTokens.total ?? 0, outputTokens: usage?.outputTokens.total ?? 0 },
  }
}

function toFinishReason(unified: string, hasCalls: boolean): Generation['finishReason'] {
  if (unified === 'content-filter') return 'filtered'
  if (unified === 'length') return 'length'
  return hasCalls ? 'tool-calls' : 'stop'
}

function parseJson(text: string, complaint: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue
  } catch {
    throw new RemoteFailure('malformed', complaint)
  }
}

/** The fields that errors of the AI SDK may have. They also carry the request, which is left behind here. */
interface SdkError {
  name?: unknown
  message?: unknown
  statusCode?: unknown
  code?: unknown
  cause?: unknown
  responseHeaders?: Record<string, string>
  data?: { error?: { code?: unknown; param?: unknown } }
}

function toFailure(error: unknown): RemoteFailure {
  for (let inner = error; inner; inner = (inner as SdkError).cause) if (inner instanceof RemoteFailure) return inner
  const { name, message, statusCode, code, responseHeaders, data } = (
    typeof error === 'object' && error ? error : { message: error }
  ) as SdkError
  const text = typeof message === 'string' ? message : ''
  if (typeof statusCode === 'number' && statusCode >= 400)
    return new RemoteFailure('status', text, {
      status: statusCode,
      code: asText(data?.error?.code),
      param: asText(data?.error?.param),
      retryAfterMs: retryAfter(responseHeaders ?? {}),
    })
  if (text.includes('without a finish reason')) return new RemoteFailure('cut', 'the stream ended without a finish reason')
  if (typeof name === 'string' && UNREADABLE.has(name)) return new RemoteFailure('malformed', unreadable(name, text))
  return error instanceof Error ? new RemoteFailure('other', text) : new RemoteFailure('status', text, { code: asText(code) })
}

const UNREADABLE: ReadonlySet<string> = new Set(
  ['APICall', 'JSONParse', 'TypeValidation', 'InvalidResponseData', 'EmptyResponseBody'].map((kind) => `AI_${kind}Error`),
)

/** The SDK's own text would repeat the whole answer. */
function unreadable(name: string, text: string): string {
  if (name === 'AI_EmptyResponseBodyError') return 'the answer has no body'
  if (text.includes('choices')) return 'the answer has no choices'
  return 'it is not JSON of the expected form'
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

/** What a server asks to wait, in ms: `retry-after-ms`, or `retry-after` as seconds or as a date. */
function retryAfter(headers: Record<string, string>): number | undefined {
  const exact = Number.parseFloat(headers['retry-after-ms'] ?? '')
  if (Number.isFinite(exact)) return Math.max(0, exact)
  const value = headers['retry-after']
  if (!value) return undefined
  const seconds = Number(value)
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - Date.now()
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined
}
