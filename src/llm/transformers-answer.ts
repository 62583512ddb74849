/** One answer of a model of transformers.js: the prompt by its chat template, its tokens as text, and when to stop. */
import type { PreTrainedModel, PreTrainedTokenizer, Tensor } from '@huggingface/transformers'
import { RepriseError } from '../core/errors.ts'
import type { Message } from '../core/message.ts'
import { throwIfAborted } from '../util/abort.ts'
import { createStopFilter } from '../util/stop.ts'
import { tidyMessages } from './chat-messages.ts'
import type { GenerationInput, GenerationOutcome, GenerationSpeed } from './worker-generation.ts'

/** What is used of transformers.js. */
export type TransformersGeneration = Pick<
  typeof import('@huggingface/transformers'),
  'InterruptableStoppingCriteria' | 'random' | 'TextStreamer'
>

type Loaded = TransformersGeneration & { tokenizer: PreTrainedTokenizer; model: PreTrainedModel }

interface Listening {
  signal: AbortSignal
  emit(delta: string): void
}

/** Tokens of an answer where the request does not limit it. */
const DEFAULT_MAX_TOKENS = 512

/** Errors: `model-failed` (a prompt that does not fit, or that the model's template refuses), `aborted`. A run that breaks is `lost`. */
export async function answerFrom(loaded: Loaded, input: GenerationInput, listening: Listening): Promise<GenerationOutcome> {
  const { inputs, warnings } = encode(loaded.tokenizer, input)
  const length = inputs.input_ids.dims.at(-1) ?? 0
  const room = contextOf(loaded.model) - length
  if (room < 1)
    throw new RepriseError(
      'model-failed',
      `The prompt has ${length} tokens; the model reads ${contextOf(loaded.model)}, its answer included.`,
    )
  const limit = Math.min(input.maxTokens ?? DEFAULT_MAX_TOKENS, room)
  try {
    const run = await generate(loaded, input, { ...listening, inputs, limit })
    throwIfAborted(listening.signal)
    const { text, stopped, tokens, ended } = run
    const finishReason = stopped || ended ? 'stop' : 'length'
    const usage = { inputTokens: length, outputTokens: tokens }
    return { kind: 'answer', generation: { text, toolCalls: [], finishReason, usage }, speed: run.speed, warnings }
  } catch (error) {
    throwIfAborted(listening.signal)
    return { kind: 'lost', why: `The model broke: ${error instanceof Error ? error.message : String(error)}.` }
  }
}

interface Encoded {
  input_ids: Tensor
  attention_mask: Tensor
}

/** By the chat template where the tokenizer has one, else the messages' texts one after another, a line each. */
function encode(tokenizer: PreTrainedTokenizer, input: GenerationInput): { inputs: Encoded; warnings: readonly string[] } {
  if (!tokenizer.chat_template) {
    const text = input.messages.map(({ content }) => content).join('\n')
    return { inputs: tokenizer(text, { add_special_tokens: tokenizer.add_bos_token ?? false }) as Encoded, warnings: [] }
  }
  const { messages, warnings } = tidyMessages(input.messages)
  const text = render(tokenizer, messages, input.thinking)
  return { inputs: tokenizer(text, { add_special_tokens: false }) as Encoded, warnings }
}

/** Some templates know no system role: there its text stands before the first question. */
function render(tokenizer: PreTrainedTokenizer, messages: Message[], thinking: boolean): string {
  // The template's own variables are handed through; those that know none of this name ignore it.
  const options = { tokenize: false, add_generation_prompt: true, enable_thinking: thinking }
  const apply = (conversation: Message[]): string => tokenizer.apply_chat_template(conversation, options) as unknown as string
  const [first, second, ...rest] = messages
  try {
    return apply(messages)
  } catch (error) {
    if (first?.role !== 'system' || !second) throw refused(error)
  }
  try {
    return apply([{ role: second.role, content: `${first.content}\n\n${second.content}` }, ...rest])
  } catch (error) {
    throw refused(error)
  }
}

function refused(error: unknown): RepriseError {
  return new RepriseError('model-failed', `The model's chat template refused the conversation: ${String(error)}`, { cause: error })
}

interface Run extends Listening {
  inputs: Encoded
  /** Tokens of the answer at most. */
  limit: number
}

interface Ran {
  text: string
  /** Whether a stop text ended it. */
  stopped: boolean
  /** Of the answer. */
  tokens: number
  /** Whether the model itself ended it. */
  ended: boolean
  speed: GenerationSpeed
}

async function generate(
  { InterruptableStoppingCriteria, random, TextStreamer, tokenizer, model }: Loaded,
  { temperature, seed, stop }: GenerationInput,
  { signal, emit, inputs, limit }: Run,
): Promise<Ran> {
  const interruption = new InterruptableStoppingCriteria()
  const interrupt = (): void => interruption.interrupt()
  const filter = createStopFilter(stop, (delta) => void (signal.aborted || emit(delta)))
  const counter = countTokens(model)
  const streamer = new TextStreamer(tokenizer, {
    skip_prompt: true,
    skip_special_tokens: true,
    callback_function: (delta) => void (filter.push(delta) && interrupt()),
  })
  const put = streamer.put.bind(streamer)
  // The token that ends an answer is no part of it, though not every tokenizer marks it as special.
  streamer.put = (tokens) => void (counter.isEnd(tokens) || put(tokens))
  signal.addEventListener('abort', interrupt, { once: true })
  // The library's own generator; left unseeded, answers to a later call would repeat those that followed a seed.
  random.seed(seed === undefined ? undefined : Math.abs(seed))
  try {
    await model.generate({
      ...inputs,
      max_new_tokens: limit,
      ...(temperature !== undefined && (temperature > 0 ? { do_sample: true, temperature } : { do_sample: false })),
      streamer,
      stopping_criteria: interruption,
    } as Parameters<typeof model.generate>[0])
  } finally {
    signal.removeEventListener('abort', interrupt)
  }
  return { ...filter.end(), ...counter.result() }
}

interface TokenCounter {
  /** Counts what it is shown: the prompt first, then one token at a time. */
  isEnd(tokens: bigint[][]): boolean
  result(): Pick<Ran, 'tokens' | 'ended' | 'speed'>
}

function countTokens(model: PreTrainedModel): TokenCounter {
  const ends = new Set([model.generation_config?.eos_token_id ?? []].flat().map(BigInt))
  const start = performance.now()
  let first = start
  let tokens = -1
  let ended = false
  return {
    isEnd([row = []]) {
      tokens++
      if (tokens === 0) return false
      if (tokens === 1) first = performance.now()
      ended = row.length === 1 && row.every((token) => ends.has(token))
      return ended
    },
    result() {
      const seconds = (performance.now() - first) / 1000
      const outputTokensPerSecond = tokens > 1 && seconds > 0 ? (tokens - 1) / seconds : 0
      return { tokens: Math.max(0, tokens), ended, speed: { outputTokensPerSecond, firstTokenMilliseconds: first - start } }
    },
  }
}

/** Tokens that the model reads, prompt and answer together. */
function contextOf(model: PreTrainedModel): number {
  const config = model.config as unknown as Record<string, unknown>
  const text = (config['text_config'] ?? {}) as Record<string, unknown>
  const named = ['max_position_embeddings', 'n_positions', 'n_ctx'].map((name) => config[name] ?? text[name])
  return named.find((value): value is number => typeof value === 'number' && value > 0) ?? Infinity
}
