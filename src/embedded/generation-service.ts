/**
 * The worker's side of the embedded model: fetches the weights, opens the runtime once, and generates one answer after
 * another. Between two tokens it looks whether the caller has given up.
 */
import { RepriseError } from '../core/errors.ts'
import { throwIfAborted } from '../util/abort.ts'
import { nextTurn } from '../util/next-turn.ts'
import type { CallContext } from '../util/worker-rpc/serve.ts'
import { createRandom } from './random.ts'
import { openTransformer, type Transformer } from './runtime/transformer.ts'
import { applyStops, sampleToken } from './sampling.ts'
import type { Tokenizer } from './tokenizer.ts'
import { embeddedTokenizer } from './vocabulary.ts'

export interface LoadInput {
  /** An absolute URL: a worker's relative ones would be resolved against its own. */
  weights: string
}

export interface GenerateInput {
  prompt: string
  /** 0 takes the likeliest token each time. */
  temperature: number
  seed: number
  maxTokens: number
  stop: readonly string[]
}

/** How much of the weights has arrived. */
export interface LoadProgress {
  /** Bytes so far. */
  loaded: number
  /** Bytes in all; 0 where the server does not say. */
  total: number
}

export interface Generated {
  text: string
  finishReason: 'stop' | 'length'
  usage: { inputTokens: number; outputTokens: number }
  /** Different unknown words of the prompt for which there was no spare token left. */
  lost: readonly string[]
}

export type GenerationApi = {
  load(input: LoadInput, context: CallContext): Promise<void>
  /** Emits the answer piece by piece as strings. */
  generate(input: GenerateInput, context: CallContext): Promise<Generated>
}

export interface GenerationServiceOptions {
  fetchFile?: typeof fetch
}

interface Runtime {
  transformer: Transformer
  tokenizer: Tokenizer
  endToken: number
}

/** Methods for `serve`. Errors: `model-unavailable`, `model-failed`, `aborted`. */
export function createGenerationService({ fetchFile = (url, init) => fetch(url, init) }: GenerationServiceOptions = {}): GenerationApi {
  let runtime: Runtime | undefined
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work)
    last = result.catch(() => {})
    return result
  }
  return {
    load: ({ weights }, { signal, emit }) =>
      inTurn(async () => {
        runtime ??= open(await fetchWeights(weights, { fetchFile, signal, emit }), weights)
      }),
    generate: (input, context) =>
      inTurn(async () => {
        if (!runtime) throw new RepriseError('model-unavailable', 'The embedded model was asked before it was loaded.')
        return generate(runtime, input, context)
      }),
  }
}

async function generate(
  { transformer, tokenizer, endToken }: Runtime,
  input: GenerateInput,
  { signal, emit }: CallContext,
): Promise<Generated> {
  const encoder = tokenizer.begin()
  const prompt = [tokenizer.startToken, ...encoder.encode(input.prompt)]
  const room = transformer.contextLength - prompt.length
  if (room < 1) throw tooLong(prompt.length, transformer.contextLength)
  const limit = Math.min(input.maxTokens, room)
  const random = createRandom(input.seed)
  const answer: number[] = []
  let sent = 0
  const send = (text: string): void => {
    if (text.length > sent) emit(text.slice(sent))
    sent = Math.max(sent, text.length)
  }
  const finish = (text: string, finishReason: Generated['finishReason'], extra = 0): Generated => {
    send(text)
    return { text, finishReason, usage: { inputTokens: prompt.length, outputTokens: answer.length + extra }, lost: encoder.lost() }
  }
  while (answer.length < limit) {
    await nextTurn()
    const token = sampleToken(await transformer.nextInTurns([...prompt, ...answer], signal), input.temperature, random)
    if (token === endToken) return finish(encoder.decode(answer), 'stop', 1)
    answer.push(token)
    const { text, stopped } = applyStops(encoder.decode(answer), input.stop, true)
    if (stopped) return finish(text, 'stop')
    send(text)
  }
  return finish(encoder.decode(answer), 'length')
}

function tooLong(length: number, contextLength: number): RepriseError {
  return new RepriseError(
    'model-failed',
    `The prompt has ${length} tokens; the embedded model reads ${contextLength}, its answer included. Use its own prompt format, which keeps to that.`,
  )
}

function open(bytes: Uint8Array<ArrayBuffer>, url: string): Runtime {
  const tokenizer = embeddedTokenizer()
  const endToken = tokenizer.tokenOf(';')
  const transformer = openTransformer(bytes)
  if (endToken === undefined || transformer.vocabularySize !== tokenizer.size) {
    const message = `The model at ${url} knows ${transformer.vocabularySize} words, this version of the library ${tokenizer.size}. Serve the weights that came with it.`
    throw new RepriseError('model-unavailable', message)
  }
  return { transformer, tokenizer, endToken }
}

interface Download {
  fetchFile: typeof fetch
  signal: AbortSignal
  emit(progress: LoadProgress): void
}

async function fetchWeights(url: string, { fetchFile, signal, emit }: Download): Promise<Uint8Array<ArrayBuffer>> {
  const unavailable = (what: string, cause?: unknown): RepriseError =>
    new RepriseError('model-unavailable', `The embedded model's weights at ${url} ${what}. Check the address that was given as weights.`, {
      cause,
    })
  let bytes: Uint8Array<ArrayBuffer>
  try {
    const response = await fetchFile(url, { signal })
    if (!response.ok) throw unavailable(`could not be loaded (HTTP ${response.status})`)
    bytes = await read(response, emit)
  } catch (cause) {
    throwIfAborted(signal)
    throw cause instanceof RepriseError ? cause : unavailable('could not be loaded', cause)
  }
  // Servers that answer every address with a page are common; an ONNX file starts with its version field.
  if (bytes[0] !== 0x08) throw unavailable('are no ONNX file')
  return bytes
}

async function read(response: Response, emit: Download['emit']): Promise<Uint8Array<ArrayBuffer>> {
  const total = Number(response.headers.get('content-length') ?? 0)
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let loaded = 0
  const reader = response.body?.getReader()
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    chunks.push(part.value)
    loaded += part.value.length
    emit({ loaded, total: Math.max(total, total && loaded) }) // a compressed answer is longer than it says
  }
  const bytes = new Uint8Array(loaded)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.length
  }
  return bytes
}
