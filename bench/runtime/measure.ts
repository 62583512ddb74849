/** What `run.mjs` runs, bundled: one model of the default size with random weights, since speed does not depend on their values. */
import { createKernels } from '../../src/embedded/runtime/create-kernels.ts'
import { PANEL, type KernelName } from '../../src/embedded/runtime/kernels.ts'
import type { TransformerConfig } from '../../src/embedded/runtime/onnx-weights.ts'
import { openTransformer } from '../../src/embedded/runtime/transformer.ts'
import { quantise, randomWeights, weightsFile } from '../../test/embedded/runtime/weights-file.ts'

export interface Figures {
  kernels: KernelName
  /** ms */
  open: number
  /** Tokens per second; the best ones say what the code can do where others use the machine too. */
  prefill: number
  decode: number
  bestPrefill: number
  bestDecode: number
  /** Multiply-adds per second, in billions, at best. */
  prefillRate: number
  decodeRate: number
  boundRate: number
}

export const config: TransformerConfig = {
  vocabulary: 512,
  width: 128,
  layers: 4,
  heads: 4,
  hidden: 512,
  context: 1536,
  rotary: 16,
  ropeBase: 10_000,
  taps: 3,
  epsilon: 1e-5,
}

export const PROMPT = 400
export const ANSWER = 60

export const makeFile = (): Uint8Array<ArrayBuffer> => weightsFile(config, quantise(randomWeights(config)))

/** Medians and bests over `rounds`, after some that warm up and do not count. */
export function measure(file: Uint8Array<ArrayBuffer>, kernels: KernelName, rounds: number): Figures {
  const times = Array.from({ length: rounds + WARM_UP }, (_, round) => measureOnce(file, kernels, round)).slice(WARM_UP)
  const prefills = times.map((time) => time.prefill)
  const decodes = times.map((time) => time.decode)
  return {
    kernels,
    open: median(times.map((time) => time.open)),
    prefill: (1000 * PROMPT) / median(prefills),
    decode: (1000 * ANSWER) / median(decodes),
    bestPrefill: (1000 * PROMPT) / Math.min(...prefills),
    bestDecode: (1000 * ANSWER) / Math.min(...decodes),
    prefillRate: multiplyAdds(0, PROMPT) / Math.min(...prefills) / 1e6,
    decodeRate: multiplyAdds(PROMPT, PROMPT + ANSWER) / Math.min(...decodes) / 1e6,
    boundRate: boundRate(kernels),
  }
}

const WARM_UP = 3

function measureOnce(file: Uint8Array<ArrayBuffer>, kernels: KernelName, round: number): { open: number; prefill: number; decode: number } {
  const start = performance.now()
  const transformer = openTransformer(file, { kernels })
  const opened = performance.now()
  const tokens = Array.from({ length: PROMPT }, (_, i) => (i * i + round) % config.vocabulary)
  let logits = transformer.next(tokens)
  const prefilled = performance.now()
  for (let i = 0; i < ANSWER; i++) {
    tokens.push(logits.indexOf(Math.max(...logits)))
    logits = transformer.next(tokens)
  }
  return { open: opened - start, prefill: prefilled - opened, decode: performance.now() - prefilled }
}

/**
 * Multiply-adds of the tokens from `start` to `end` as the definition has them: also those that the runtime spares itself,
 * but not the logits of all tokens but the last.
 */
function multiplyAdds(start: number, end: number): number {
  const { width, layers, hidden } = config
  const perToken = layers * (4 * width * width + 2 * width * hidden)
  const attended = ((end - start) * (start + end + 1)) / 2
  return (end - start) * perToken + attended * layers * 2 * width
}

/** What the product reaches at its best: a block of rows by one small matrix, both in the nearest cache. */
function boundRate(name: KernelName): number {
  const [rows, inner, columns, times] = [64, 64, 64, 10]
  const kernels = createKernels(3 * 64 * 64, name)
  const product = {
    rows,
    inner,
    columns,
    mode: 'store' as const,
    a: { at: 0, stride: inner },
    b: { at: rows * inner, stride: inner * PANEL },
    out: { at: 2 * rows * inner, stride: columns },
  }
  const run = (): number => {
    const start = performance.now()
    for (let i = 0; i < times; i++) kernels.multiply(product)
    return (rows * inner * columns * times) / (performance.now() - start) / 1e6
  }
  return Math.max(...Array.from({ length: 300 }, run))
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
