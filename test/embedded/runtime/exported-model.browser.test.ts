/** The same file in the browser: the runtime against ONNX Runtime, and under pages' policies. */
import { AutoModelForCausalLM, DynamicCache, env, Tensor } from '@huggingface/transformers'
import { beforeAll, expect, test } from 'vitest'
import mjs from '../../../node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.asyncify.mjs?url'
import wasm from '../../../node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.asyncify.wasm?url'
import { openTransformer } from '../../../src/embedded/runtime/transformer.ts'
import config from './exported/config.json'
import weightsUrl from './exported/model_quantized.onnx?url'
import references from './exported/references.json'

const transformerUrl = new URL('../../../src/embedded/runtime/transformer.ts', import.meta.url).href

let weights: Uint8Array<ArrayBuffer>
beforeAll(async () => {
  weights = new Uint8Array(await (await fetch(weightsUrl)).arrayBuffer())
})

test('greedy answers of 60 tokens and their logits are those of transformers.js', async () => {
  const onnx = await openOnnx()
  const transformer = openTransformer(weights, { kernels: 'wasm' })
  for (const { ids } of references.slice(0, 3)) {
    const tokens = ids.slice(0, 300)
    for (let step = 0; step < 60; step++) {
      const expected = await onnx(tokens)
      const actual = transformer.next(tokens)
      const furthest = expected.reduce((most, logit, i) => Math.max(most, Math.abs(logit - (actual[i] ?? Number.NaN))), 0)
      expect(furthest).toBeLessThan(1e-3)
      expect(best(actual)).toBe(best(expected))
      tokens.push(best(expected))
    }
  }
})

test.each([
  ["'self' 'unsafe-inline' 'wasm-unsafe-eval'", 'wasm'],
  ["'self' 'unsafe-inline'", 'js'],
])('under the policy script-src %s the %s kernels run', async (policy, kernels) => {
  const frame = document.createElement('iframe')
  const answer = new Promise((resolve) =>
    window.addEventListener('message', (event) => event.source === frame.contentWindow && resolve(event.data)),
  )
  frame.srcdoc = `<meta http-equiv="content-security-policy" content="script-src ${policy}">
    <script type="module">
      import { openTransformer } from ${JSON.stringify(transformerUrl)}
      const weights = new Uint8Array(await (await fetch(${JSON.stringify(new URL(weightsUrl, location.href).href)})).arrayBuffer())
      const transformer = openTransformer(weights)
      const answer = { kernels: transformer.kernels, logits: Array.from(transformer.next([2, 3, 4])) }
      try {
        openTransformer(weights, { kernels: 'wasm' })
      } catch (error) {
        answer.refused = error.code
      }
      parent.postMessage(answer, '*')
    </script>`
  document.body.append(frame)
  const logits = Array.from(openTransformer(weights).next([2, 3, 4]), (logit): unknown => expect.closeTo(logit, 4))
  expect(await answer).toEqual({ kernels, logits, ...(kernels === 'js' && { refused: 'model-unavailable' }) })
  frame.remove()
})

async function openOnnx(): Promise<(tokens: readonly number[]) => Promise<Float32Array>> {
  env.allowLocalModels = true
  env.allowRemoteModels = false
  env.useBrowserCache = false
  env.useWasmCache = false
  env.fetch = (url) => Promise.resolve(String(url).endsWith('.onnx') ? new Response(weights) : new Response(null, { status: 404 }))
  if (!env.backends.onnx.wasm) throw new Error('no WebAssembly backend')
  env.backends.onnx.wasm.wasmPaths = { mjs, wasm }
  env.backends.onnx.wasm.numThreads = 1
  const model = await AutoModelForCausalLM.from_pretrained('exported', { config: config as never, device: 'wasm', dtype: 'q8' })
  return async (tokens) => {
    const inputs = { input_ids: int64(tokens), attention_mask: int64(tokens.map(() => 1)), past_key_values: new DynamicCache() }
    const { logits } = (await model.forward(inputs)) as { logits: Tensor }
    return (logits.data as Float32Array).slice(-config.vocab_size)
  }
}

const best = (logits: Float32Array): number => logits.indexOf(Math.max(...logits))

function int64(values: readonly number[]): Tensor {
  return new Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length])
}
