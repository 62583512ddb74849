/** A model that says what a script tells it: for tests of agents, policies and prompts, without a network. */
import { isRepriseError, RepriseError } from '../core/errors.ts'
import type { Awaitable } from '../core/json.ts'
import type { Capabilities, GenerateRequest, Generation, LanguageModel } from '../core/model.ts'
import { shorten } from '../security/fence.ts'
import { createStopFilter } from '../util/stop.ts'
import { abortable, throwIfAborted } from '../util/abort.ts'

/** A text, parts of a `Generation`, or an error to fail with. */
export type ScriptedAnswer = string | Partial<Generation> | Error

/** Answers in order, or a function of the request and of how many came before it. */
export type ModelScript = readonly ScriptedAnswer[] | ((request: GenerateRequest, index: number) => Awaitable<ScriptedAnswer>)

/** What a model was asked, as it was at that moment. */
export type RecordedRequest = Omit<GenerateRequest, 'signal' | 'onText' | 'onWarning'>

/** What `scriptedModel` takes besides the script. */
export interface ScriptedModelOptions {
  /** Default `scripted/model`. */
  id?: string
  /** What the script is written for, e.g. `{ tools: true }` where its answers hold tool calls. */
  capabilities?: Capabilities
}

/** A model that keeps what it was asked. */
export interface ScriptedModel extends LanguageModel {
  /** One per call, oldest first; calls that were aborted before they began are not among them. */
  readonly requests: readonly RecordedRequest[]
}

/**
 * A model that answers from a list, or by a function. It keeps the contract of `LanguageModel`: texts stream in small
 * parts, stop texts and `maxTokens` cut them (a token is a word), an abort ends the call at once.
 *
 * Errors: `model-failed` when the script has no answer left, naming the call; `aborted`; what the script throws,
 * as `model-failed` where it is no `RepriseError`.
 *
 * @example
 * const model = scriptedModel(['Look first.', 'I should look.', 'look around'])
 * await agent.run(environment, 'Find the key')
 * expect(model.requests[0]?.messages.at(-1)?.content).toContain('Find the key')
 */
export function scriptedModel(script: ModelScript, { id = 'scripted/model', capabilities }: ScriptedModelOptions = {}): ScriptedModel {
  const requests: RecordedRequest[] = []
  return {
    id,
    ...(capabilities && { capabilities }),
    requests,
    async generate(request) {
      throwIfAborted(request.signal)
      const index = requests.push(record(request)) - 1
      const answer = await abortable(answerOf(script, { id, request, index }), request.signal)
      return deliver(request, answer)
    },
  }
}

function record({ signal: _signal, onText: _onText, onWarning: _onWarning, ...data }: GenerateRequest): RecordedRequest {
  return structuredClone(data)
}

interface Call {
  id: string
  request: GenerateRequest
  index: number
}

async function answerOf(script: ModelScript, { id, request, index }: Call): Promise<Partial<Generation>> {
  const answer = typeof script === 'function' ? await attempt(() => script(request, index)) : script[index]
  if (answer === undefined)
    throw new RepriseError(
      'model-failed',
      `The script of ${id} has no answer for call ${index + 1}, counted from 1 (${typeof script === 'function' ? 'its function returned none' : `it holds ${script.length}`}). ${question(request)}`,
    )
  if (answer instanceof Error) throw asRepriseError(answer)
  return typeof answer === 'string' ? { text: answer } : answer
}

async function attempt<T>(work: () => Awaitable<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw asRepriseError(error)
  }
}

function asRepriseError(error: unknown): RepriseError {
  if (isRepriseError(error)) return error
  return new RepriseError('model-failed', error instanceof Error ? error.message : String(error), { cause: error })
}

/** How the last message begins and ends, without what is fenced as data: of an agent's prompt, its goal and what is asked. */
function question({ messages }: GenerateRequest): string {
  const content = messages.at(-1)?.content ?? ''
  const spoken = content.replaceAll(/<data-([^\s>]+)[^>]*>[^]*?<\/data-\1>/g, '…').replaceAll(/\s+/g, ' ')
  return `It was asked: ${JSON.stringify(shorten(spoken, 300))}`
}

async function deliver(request: GenerateRequest, answer: Partial<Generation>): Promise<Generation> {
  const { signal, onText, maxTokens, stop } = request
  const { text, cut } = limit(answer.text ?? '', maxTokens)
  const filter = createStopFilter(stop, (delta) => onText?.(delta))
  for (const delta of text.match(/[^]{1,8}/gu) ?? []) {
    filter.push(delta)
    await Promise.resolve() // a place for an abort to come between
    throwIfAborted(signal)
  }
  const spoken = filter.end()
  throwIfAborted(signal)
  const toolCalls = answer.toolCalls ?? []
  const natural = toolCalls.length > 0 ? 'tool-calls' : 'stop'
  return {
    text: spoken.text,
    toolCalls,
    finishReason: spoken.stopped ? 'stop' : cut ? 'length' : (answer.finishReason ?? natural),
    usage: answer.usage ?? {
      inputTokens: countTokens(request.messages.map(({ content }) => content).join(' ')),
      outputTokens: countTokens(spoken.text),
    },
  }
}

function limit(text: string, maxTokens = Infinity): { text: string; cut: boolean } {
  const tokens = text.match(/\s*\S+/g) ?? []
  return tokens.length <= maxTokens ? { text, cut: false } : { text: tokens.slice(0, maxTokens).join(''), cut: true }
}

function countTokens(text: string): number {
  return text.match(/\S+/g)?.length ?? 0
}
