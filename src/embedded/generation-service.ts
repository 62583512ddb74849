/**
 * The worker's side of the embedded model: fetches the weights, opens the runtime once, and generates one answer after
 * another. Between two tokens it looks whether the caller has given up.
 */
import { RepriseError } from '../core/errors.ts'
import { throwIfAborted } from '../util/abort.ts'
import { nextTurn } from '../util/next-turn.ts'
import type { CallContext } from '../util/worker-rpc/serve.ts'
import { createRandom } from './random.ts'
import { openRuntime, type Runtime } from './runtime.ts'
import { applyStops, sampleToken } from './sampling.ts'

/** All URLs are absolute: a worker's relative ones would be resolved against its own. */
export interface LoadInput {
  weights: string
  ort: { mjs: string; wasm: string }
  device: 'wasm' | 'webgpu' | 'auto'
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
}

export type GenerationApi = {
  load(input: LoadInput, context: CallContext): Promise<{ device: 'wasm' | 'webgpu' }>
  /** Emits the answer piece by piece as strings. */
  generate(input: GenerateInput, context: CallContext): Promise<Generated>
}

export interface GenerationServiceOptions {
  /** Ends the worker. Called when inference broke: transformers.js chains its runs, so that after one that rejected all later ones do. */
  end(): void
  fetchFile?: typeof fetch
}

/** Methods for `serve`. Errors: `model-unavailable`, `model-failed`, `invalid-options`, `aborted`. */
export function createGenerationService({ end, fetchFile = (url, init) => fetch(url, init) }: GenerationServiceOptions): GenerationApi {
  let opened: { runtime: Runtime; device: 'wasm' | 'webgpu' } | undefined
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work)
    last = result.catch(() => {})
    return result
  }
  return {
    load: ({ weights, ort, device }, { signal, emit }) =>
      inTurn(async () => {
        if (!opened) {
          const chosen = await chooseDevice(device)
          const bytes = await fetchWeights(weights, { fetchFile, signal, emit })
          opened = { runtime: await open(bytes, ort, chosen), device: chosen }
        }
        return { device: opened.device }
      }),
    generate: (input, context) =>
      inTurn(async () => {
        if (!opened) throw new RepriseError('model-unavailable', 'The embedded model was asked before it was loaded.')
        try {
          return await generate(opened.runtime, input, context)
        } catch (error) {
          if (error instanceof RepriseError) throw error
          setTimeout(end) // once the answer is on its way
          throw new RepriseError('model-failed', `The embedded model broke: ${String(error)}. Its worker is replaced at the next call.`, {
            cause: error,
          })
        }
      }),
  }
}

async function generate(runtime: Runtime, input: GenerateInput, { signal, emit }: CallContext): Promise<Generated> {
  const prompt = runtime.encode(input.prompt)
  const room = runtime.contextLength - prompt.length
  if (room < 1) throw tooLong(prompt.length, runtime.contextLength)
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
    return { text, finishReason, usage: { inputTokens: prompt.length, outputTokens: answer.length + extra } }
  }
  while (answer.length < limit) {
    await nextTurn()
    throwIfAborted(signal)
    const token = sampleToken(await runtime.next([...prompt, ...answer]), input.temperature, random)
    if (token === runtime.endToken) return finish(runtime.decode(answer), 'stop', 1)
    answer.push(token)
    const { text, stopped } = applyStops(runtime.decode(answer), input.stop, true)
    if (stopped) return finish(text, 'stop')
    send(text)
  }
  return finish(runtime.decode(answer), 'length')
}

function tooLong(length: number, contextLength: number): RepriseError {
  return new RepriseError(
    'model-failed',
    `The prompt has ${length} tokens; the embedded model reads ${contextLength}, its answer included. Use its own prompt format, which keeps to that.`,
  )
}

async function chooseDevice(device: LoadInput['device']): Promise<'wasm' | 'webgpu'> {
  if (device === 'wasm') return 'wasm'
  const { gpu } = navigator as { gpu?: { requestAdapter(): Promise<object | null> } }
  const adapter = await gpu?.requestAdapter().catch(() => null)
  if (adapter) return 'webgpu'
  if (device === 'auto') return 'wasm'
  throw new RepriseError('model-unavailable', "There is no WebGPU adapter here. Use device 'wasm', which is faster for this model anyway.")
}

async function open(weights: Uint8Array<ArrayBuffer>, ort: LoadInput['ort'], device: 'wasm' | 'webgpu'): Promise<Runtime> {
  try {
    return await openRuntime({ weights, ort, device })
  } catch (cause) {
    const message = `The embedded model could not be started (are ${ort.mjs} and ${ort.wasm} served, and does the page's policy allow 'wasm-unsafe-eval'?): ${String(cause)}`
    throw new RepriseError('model-unavailable', message, { cause })
  }
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
