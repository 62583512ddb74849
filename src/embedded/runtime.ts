/**
 * The transformer itself, run by transformers.js: tokens in, logits out. What it computed for the last prompt is kept,
 * and a prompt that starts the same way is computed from where it differs.
 */
import { AutoModelForCausalLM, DynamicCache, env, PreTrainedTokenizer, Tensor } from '@huggingface/transformers'
import { RepriseError } from '../core/errors.ts'
import config from './model/config.json'
import generationConfig from './model/generation_config.json'
import tokenizerFile from './model/tokenizer.json'
import tokenizerConfig from './model/tokenizer_config.json'

export interface RuntimeFiles {
  /** The ONNX file. */
  weights: Uint8Array<ArrayBuffer>
  /** URLs of the ONNX Runtime's loader and binary. */
  ort: { mjs: string; wasm: string }
  device: 'wasm' | 'webgpu'
}

export interface Runtime {
  /** Tokens a prompt and its answer may have together. */
  readonly contextLength: number
  readonly endToken: number
  encode(text: string): number[]
  decode(tokens: readonly number[]): string
  /** Logits after `tokens`, one per word of the vocabulary. */
  next(tokens: readonly number[]): Promise<Float32Array>
}

/** Where transformers.js believes the files to be; it never gets to ask for them there. */
const NAME = 'embedded'

export async function openRuntime({ weights, ort, device }: RuntimeFiles): Promise<Runtime> {
  serveFiles({ 'onnx/model_quantized.onnx': weights, 'generation_config.json': new TextEncoder().encode(JSON.stringify(generationConfig)) })
  const { wasm } = env.backends.onnx
  if (!wasm) throw new RepriseError('model-unavailable', 'The ONNX Runtime has no WebAssembly backend here.')
  wasm.wasmPaths = ort
  wasm.numThreads = 1 // the model is too small to share among threads
  const model = await AutoModelForCausalLM.from_pretrained(NAME, {
    config: config as never,
    device,
    dtype: 'q8',
    session_options: SESSION_OPTIONS,
  })
  const tokenizer = new PreTrainedTokenizer(tokenizerFile, tokenizerConfig)
  const forward = async (inputs: Record<string, unknown>): Promise<Record<string, Tensor>> =>
    (await model.forward(inputs)) as Record<string, Tensor>
  return {
    contextLength: config.n_positions,
    endToken: config.eos_token_id,
    encode: (text) => tokenizer.encode(text),
    // The tokenizer refuses to decode nothing, which is what an answer that ends at once consists of.
    decode: (tokens) =>
      tokens.length === 0 ? '' : tokenizer.decode([...tokens], { skip_special_tokens: false, clean_up_tokenization_spaces: false }),
    next: withPrefixReuse(forward),
  }
}

// Weights are int8 in the file and float32 in memory: without this they would be unpacked again for every token.
const SESSION_OPTIONS = { extra: { session: { disable_quant_qdq: '1' } } }

/** Answers transformers.js from memory for these names, and with 404 for every other: it fetches nothing by itself. */
function serveFiles(files: Record<string, Uint8Array<ArrayBuffer>>): void {
  env.allowLocalModels = true
  env.allowRemoteModels = false
  env.useBrowserCache = false
  env.useWasmCache = false // it would run ORT's loader from a blob, which a strict page forbids
  env.fetch = (url) => {
    const name = Object.keys(files).find((file) => String(url).endsWith(`${NAME}/${file}`))
    return Promise.resolve(name === undefined ? new Response(null, { status: 404 }) : new Response(files[name]))
  }
}

type Forward = (inputs: Record<string, unknown>) => Promise<Record<string, Tensor>>

function withPrefixReuse(forward: Forward): Runtime['next'] {
  let seen: readonly number[] = []
  let cache = new DynamicCache()
  return async (tokens) => {
    const known = Math.min(commonPrefix(seen, tokens), tokens.length - 1)
    const past = known === seen.length ? cache : await cut(cache, known)
    const fresh = tokens.slice(past.get_seq_length())
    seen = [] // nothing is known of a cache whose computation failed
    cache = new DynamicCache()
    const { logits, ...present } = await forward({
      input_ids: int64(fresh),
      attention_mask: int64(Array.from(tokens, () => 1)),
      past_key_values: past,
    })
    past.update(Object.fromEntries(Object.entries(present).map(([name, tensor]) => [name.replace('present', 'past_key_values'), tensor])))
    seen = [...tokens]
    cache = past
    const values = logits?.data as Float32Array
    return values.slice(-config.vocab_size)
  }
}

function commonPrefix(a: readonly number[], b: readonly number[]): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return i
  return length
}

/** The first `length` positions of a cache; an empty one where it lies on the GPU. */
async function cut(cache: DynamicCache, length: number): Promise<DynamicCache> {
  const tensors = Object.entries(cache).filter((entry): entry is [string, Tensor] => entry[1] instanceof Tensor)
  if (length === 0 || tensors.some(([, tensor]) => tensor.location !== 'cpu')) {
    await cache.dispose()
    return new DynamicCache()
  }
  return new DynamicCache(Object.fromEntries(tensors.map(([name, tensor]) => [name, cutTensor(tensor, length)])))
}

/** `[1, heads, positions, width]` down to `length` positions. */
function cutTensor({ data, dims }: Tensor, length: number): Tensor {
  const [batch = 1, heads = 1, positions = 0, width = 0] = dims
  const source = data as Float32Array
  const kept = new Float32Array(batch * heads * length * width)
  for (let head = 0; head < batch * heads; head++) {
    const start = head * positions * width
    kept.set(source.subarray(start, start + length * width), head * length * width)
  }
  return new Tensor('float32', kept, [batch, heads, length, width])
}

function int64(values: readonly number[]): Tensor {
  return new Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length])
}
