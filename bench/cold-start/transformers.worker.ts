/** transformers.js, with the ONNX Runtime of the given URLs and the cache of the tokens that the last prompt began with. */
import { AutoModelForCausalLM, DynamicCache, env, Tensor } from '@huggingface/transformers'
import { measure, type Config, type Input, type Runtime } from './measure.ts'

void measure(open)

async function open({ weights, config: configUrl, ort }: Input): Promise<{ runtime: Runtime; config: Config }> {
  if (!ort || !env.backends.onnx.wasm) throw new Error('transformers.js needs an ONNX Runtime')
  const config = (await (await fetch(configUrl)).json()) as Config
  env.allowLocalModels = true
  env.allowRemoteModels = false
  env.useBrowserCache = false
  env.useWasmCache = false
  env.fetch = (url) => (String(url).endsWith('.onnx') ? fetch(weights) : Promise.resolve(new Response(null, { status: 404 })))
  env.backends.onnx.wasm.wasmPaths = ort
  env.backends.onnx.wasm.numThreads = 1
  const model = await AutoModelForCausalLM.from_pretrained('embedded', {
    config: config as never,
    device: 'wasm',
    dtype: 'q8',
    // Weights are int8 in the file and float32 in memory: without this they would be unpacked again for every token.
    session_options: { extra: { session: { disable_quant_qdq: '1' } } },
  })
  const forward = model.forward.bind(model) as (inputs: object) => Promise<Record<string, Tensor>>
  return { runtime: withPrefixReuse(forward, config.vocab_size), config }
}

function withPrefixReuse(forward: (inputs: object) => Promise<Record<string, Tensor>>, words: number): Runtime {
  let seen: readonly number[] = []
  let cache = new DynamicCache()
  return {
    async next(tokens) {
      const differs = tokens.findIndex((token, i) => token !== seen[i])
      const known = Math.min(differs < 0 ? tokens.length : differs, tokens.length - 1)
      if (known < seen.length) cache = cut(cache, known)
      const { logits, ...present } = (await forward({
        input_ids: int64(tokens.slice(known)),
        attention_mask: int64(tokens.map(() => 1)),
        past_key_values: cache,
      })) as { logits: Tensor } & Record<string, Tensor>
      cache = new DynamicCache(
        Object.fromEntries(Object.entries(present).map(([name, tensor]) => [name.replace('present', 'past_key_values'), tensor])),
      )
      seen = [...tokens]
      return (logits.data as Float32Array).slice(-words)
    },
  }
}

/** The first `length` positions of a cache. */
function cut(cache: DynamicCache, length: number): DynamicCache {
  if (length === 0) return new DynamicCache()
  return new DynamicCache(Object.fromEntries(Object.entries(cache).map(([name, tensor]) => [name, cutTensor(tensor as Tensor, length)])))
}

function cutTensor({ data, dims }: Tensor, length: number): Tensor {
  const [, heads = 1, positions = 0, width = 0] = dims
  const kept = new Float32Array(heads * length * width)
  for (let head = 0; head < heads; head++)
    kept.set((data as Float32Array).subarray(head * positions * width, (head * positions + length) * width), head * length * width)
  return new Tensor('float32', kept, [1, heads, length, width])
}

function int64(values: readonly number[]): Tensor {
  return new Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length])
}
