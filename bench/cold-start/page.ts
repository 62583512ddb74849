/** An almost empty page that starts one runtime as soon as it can, and says when its first answer was there. */
import type { Input, Measured } from './measure.ts'

const query = new URLSearchParams(location.search)
const repetitions = Number(query.get('repetitions'))
const ort = (name: string): { mjs: string; wasm: string } => ({ mjs: at(`ort/${name}.mjs`), wasm: at(`ort/${name}.wasm`) })

const variants: Record<string, () => Promise<Measured>> = {
  asyncify: () => measureIn(transformersWorker(), ort('ort-wasm-simd-threaded.asyncify')),
  wasm: () => measureIn(transformersWorker(), ort('ort-wasm-simd-threaded')),
  plain: () => measureIn(new Worker(new URL('./plain.worker.ts', import.meta.url), { type: 'module' })),
  library: shipped,
}

function transformersWorker(): Worker {
  return new Worker(new URL('./transformers.worker.ts', import.meta.url), { type: 'module' })
}

function measureIn(worker: Worker, urls?: Input['ort']): Promise<Measured> {
  return new Promise((resolve, reject) => {
    let firstAnswer = 0
    worker.onerror = (event) => reject(new Error(event.message))
    worker.onmessage = ({ data }: MessageEvent<Measured | 'answered'>) => {
      // Counted from the navigation's start, as all times of the page are.
      if (data === 'answered') firstAnswer = performance.now()
      else resolve({ ...data, firstAnswer })
    }
    const input: Input = { weights: at('model/onnx/model_quantized.onnx'), config: at('model/config.json'), ort: urls, repetitions }
    worker.postMessage(input)
  })
}

/** The model as the library ships it: its worker, its tokenizer, its own weights. */
async function shipped(): Promise<Measured> {
  const { embeddedModel } = await import('../../src/presets/embedded.ts')
  const prompt = 'goal: put the winter spade away ; plan:'
  await embeddedModel().generate({ messages: [{ role: 'user', content: prompt }], temperature: 0, maxTokens: 6 })
  return { firstAnswer: performance.now(), cold: [], warm: [], token: [], answer: [] }
}

function at(path: string): string {
  return new URL(path, location.href).href
}

const run = variants[query.get('variant') ?? '']
if (!run) throw new Error(`there is no such variant: ${location.search}`)
Object.assign(globalThis, { measured: await run() })
document.title = 'finished'
