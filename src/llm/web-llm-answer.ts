/** One answer of a WebLLM engine: the request in its words, its stream in ours. */
import type { ChatCompletionChunk, ChatCompletionRequestStreaming, CompletionUsage, MLCEngineInterface } from '@mlc-ai/web-llm'
import { createFence } from '../security/fence.ts'
import { throwIfAborted } from '../util/abort.ts'
import { contentHash } from '../util/hash.ts'
import { createStopFilter, type StopFilter } from '../util/stop.ts'
import { tidyMessages } from './chat-messages.ts'
import { withNote } from './structured/ask-for.ts'
import type { GenerationInput, GenerationOutcome } from './worker-generation.ts'

interface Listening {
  signal: AbortSignal
  emit(delta: string): void
}

/**
 * Errors: `aborted`, once the engine has come to rest; the package's own otherwise.
 * After an interruption the engine's conversation is cleared: it would carry on with half an answer (mlc-ai/web-llm#447).
 */
export async function answerWith(engine: MLCEngineInterface, input: GenerationInput, listening: Listening): Promise<GenerationOutcome> {
  const { request, warnings } = requestOf(input)
  for (let attempt = 1; ; attempt++) {
    const { text, stopped, finish, usage } = await stream(engine, request, { ...listening, stop: input.stop })
    if (stopped || listening.signal.aborted || finish === 'abort') await engine.resetChat()
    throwIfAborted(listening.signal)
    // An interruption that was meant for an earlier answer.
    if (finish === 'abort' && !stopped && text === '' && attempt === 1) continue
    return {
      kind: 'answer',
      generation: {
        text,
        toolCalls: [],
        finishReason: finish === 'length' && !stopped ? 'length' : 'stop',
        usage: { inputTokens: usage?.prompt_tokens ?? 0, outputTokens: usage?.completion_tokens ?? 0 },
      },
      speed: usage && speedOf(usage),
      warnings,
    }
  }
}

/** Errors by which the engine refuses a request and stays as it was. */
export function isRefusal(error: unknown): error is Error {
  return error instanceof Error && REFUSALS.test(error.name)
}

const REFUSALS =
  /^(ConfigValue|MinValue|Range|NonNegative|InvalidNumberString|Dependency|MessageOrder|SystemMessageOrder|ContentType|UnsupportedRole|ContextWindowSizeExceeded|UnsupportedFields|SeedType|InvalidResponseFormat\w*|GrammarMatcherInit|CustomResponseFormat|CustomSystemPrompt)Error$/

function requestOf(input: GenerationInput): { request: ChatCompletionRequestStreaming; warnings: readonly string[] } {
  const { messages, warnings } = tidyMessages(input.messages)
  const { temperature, maxTokens, seed, responseSchema, thinking } = input
  return {
    warnings,
    request: {
      messages: responseSchema ? withSchema(messages, JSON.stringify(responseSchema)) : messages,
      stream: true,
      stream_options: { include_usage: true },
      ...(temperature !== undefined && { temperature }),
      ...(maxTokens !== undefined && { max_tokens: maxTokens }),
      ...(seed !== undefined && { seed }),
      ...(responseSchema && { response_format: { type: 'json_object', schema: JSON.stringify(responseSchema) } }),
      ...(!thinking && { extra_body: { enable_thinking: false } }),
    },
  }
}

/**
 * The grammar keeps the answer to the schema; a model that is not told of it fills it with nonsense, or with white space for ever. Fenced, and
 * not among the host's own rules: schemas may come from tools of others.
 */
function withSchema(messages: GenerationInput['messages'], schema: string): GenerationInput['messages'] {
  const fence = createFence(contentHash(schema))
  return withNote(messages, `Answer with JSON that matches this JSON Schema, and with nothing else:\n${fence.wrap('schema', schema)}`)
}

interface Streamed {
  text: string
  /** Whether a stop text ended it. */
  stopped: boolean
  finish: ChatCompletionChunk.Choice['finish_reason']
  usage: CompletionUsage | undefined
}

/** Stop texts are looked for here: the package streams their beginnings before it knows them. */
async function stream(
  engine: MLCEngineInterface,
  request: ChatCompletionRequestStreaming,
  { signal, emit, stop }: Listening & { stop: readonly string[] },
): Promise<Streamed> {
  const filter = withoutEmptyThoughts(createStopFilter(stop, (delta) => void (signal.aborted || emit(delta))))
  const interrupt = (): void => engine.interruptGenerate()
  signal.addEventListener('abort', interrupt, { once: true })
  let finish: Streamed['finish'] = null
  let usage: CompletionUsage | undefined
  try {
    // To its end, interrupted or not: an engine whose stream is left half read keeps its lock.
    for await (const chunk of await engine.chat.completions.create(request)) {
      const [choice] = chunk.choices
      finish = choice?.finish_reason ?? finish
      usage = chunk.usage ?? usage
      if (filter.push(choice?.delta.content ?? '') || signal.aborted) interrupt()
    }
  } finally {
    signal.removeEventListener('abort', interrupt)
  }
  return { ...filter.end(), finish, usage }
}

const EMPTY_THOUGHTS = '<think>\n\n</think>\n\n'

/** A model that may not think is made to begin with an empty thought, which the package counts to its answer. */
function withoutEmptyThoughts({ push, end }: StopFilter): StopFilter {
  let begun = ''
  let passed = false
  return {
    push(delta) {
      if (passed) return push(delta)
      begun += delta
      if (begun.length < EMPTY_THOUGHTS.length && EMPTY_THOUGHTS.startsWith(begun)) return false
      passed = true
      return push(begun.startsWith(EMPTY_THOUGHTS) ? begun.slice(EMPTY_THOUGHTS.length) : begun)
    },
    end() {
      if (!passed) push(begun)
      return end()
    },
  }
}

function speedOf({ extra }: CompletionUsage): {
  inputTokensPerSecond: number
  outputTokensPerSecond: number
  firstTokenMilliseconds: number
} {
  return {
    inputTokensPerSecond: extra.prefill_tokens_per_s,
    outputTokensPerSecond: extra.decode_tokens_per_s,
    firstTokenMilliseconds: extra.time_to_first_token_s * 1000,
  }
}
