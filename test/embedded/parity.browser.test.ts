/** The shipped files in transformers.js, which is not what this library runs them with: they are an ordinary model of its layout. */
import { AutoModelForCausalLM, env, PreTrainedTokenizer, Tensor, type PreTrainedModel } from '@huggingface/transformers'
import { beforeAll, describe, expect, test } from 'vitest'
import mjs from '../../node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.asyncify.mjs?url'
import wasm from '../../node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.asyncify.wasm?url'

interface Reference {
  /** The prompt, `<bos>` included. */
  ids: number[]
  /** The greedy answer, its end token included where it has one. */
  output: number[]
  /** The first logits of the answer's first step. */
  logits: number[]
}

const FOLDER = '../../src/embedded/model/'
const jsonFiles = import.meta.glob<unknown>('../../src/embedded/model/*.json', { eager: true, import: 'default' })
const weights = import.meta.glob<string>('../../src/embedded/model/onnx/model_quantized.onnx', {
  eager: true,
  query: '?url',
  import: 'default',
})
const references = (jsonFiles[`${FOLDER}references.json`] ?? []) as Reference[]
const config = jsonFiles[`${FOLDER}config.json`] as { eos_token_id: number; vocab_size: number }

describe('the exported model in transformers.js', () => {
  let model: PreTrainedModel
  beforeAll(async () => {
    model = await openModel()
  })

  test('generates what was computed from the weights alone', async () => {
    expect(references.length).toBeGreaterThanOrEqual(20)
    for (const { ids, output } of references) {
      const generated = await model.generate({ inputs: int64(ids), max_new_tokens: 24, do_sample: false } as never)
      const answer = Array.from((generated as Tensor).data as BigInt64Array, Number).slice(ids.length)
      expect({ ids, output: answer }).toEqual({ ids, output })
    }
  })

  test('gives the logits that were computed from the weights alone', async () => {
    for (const { ids, logits } of references) {
      const result = (await model({ input_ids: int64(ids), attention_mask: int64(ids.map(() => 1)) })) as { logits: Tensor }
      const last = (result.logits.data as Float32Array).slice(-config.vocab_size)
      logits.forEach((expected, i) => expect(last[i]).toBeCloseTo(expected, 2))
    }
  })

  test('gives a prompt the same logits in a batch, where it is filled up on its left', async () => {
    const { ids: long } = references.reduce((a, b) => (b.ids.length > a.ids.length ? b : a))
    const { ids: short, logits } = references.reduce((a, b) => (b.ids.length < a.ids.length ? b : a))
    const filling = Array.from({ length: long.length - short.length }, () => 0)
    const result = (await model({
      input_ids: int64([...filling, ...short], long),
      attention_mask: int64(
        [...filling, ...short.map(() => 1)],
        Array.from(long, () => 1),
      ),
    })) as { logits: Tensor }
    const row = (long.length - 1) * config.vocab_size
    logits.forEach((expected, i) => expect(result.logits.data[row + i]).toBeCloseTo(expected, 2))
  })

  test('brings a tokenizer that writes and reads every prompt', () => {
    const tokenizer = new PreTrainedTokenizer(jsonFiles[`${FOLDER}tokenizer.json`], jsonFiles[`${FOLDER}tokenizer_config.json`])
    for (const { ids } of references.filter((reference) => reference.ids.length > 1)) {
      const text = tokenizer.decode(ids.slice(1), { skip_special_tokens: false, clean_up_tokenization_spaces: false })
      expect(tokenizer.encode(text)).toEqual(ids)
    }
  })
})

/** transformers.js as its documentation uses it, except that it asks this page for the files. */
async function openModel(): Promise<PreTrainedModel> {
  env.allowRemoteModels = false
  env.useBrowserCache = false
  env.useWasmCache = false
  env.fetch = (url) => {
    const name = String(url).split('/parity/')[1] ?? ''
    const json = jsonFiles[FOLDER + name]
    const onnx = weights[FOLDER + name]
    if (onnx) return fetch(onnx)
    return Promise.resolve(json ? new Response(JSON.stringify(json)) : new Response(null, { status: 404 }))
  }
  if (!env.backends.onnx.wasm) throw new Error('ORT has no WASM backend here')
  env.backends.onnx.wasm.wasmPaths = { mjs, wasm }
  env.backends.onnx.wasm.numThreads = 1
  env.allowLocalModels = true
  return AutoModelForCausalLM.from_pretrained('parity', { device: 'wasm', dtype: 'q8' })
}

function int64(...rows: number[][]): Tensor {
  return new Tensor('int64', BigInt64Array.from(rows.flat(), BigInt), [rows.length, rows[0]?.length ?? 0])
}
