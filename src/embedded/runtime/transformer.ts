/**
 * The embedded model's own runtime: a small transformer on one thread, without ONNX Runtime. It keeps what it computed
 * for the last prompt, so that of a prompt that starts the same way only the rest is computed.
 */
import { RepriseError } from '../../core/errors.ts'
import { throwIfAborted } from '../../util/abort.ts'
import { nextTurn } from '../../util/next-turn.ts'
import { createKernels } from './create-kernels.ts'
import { forward, type Model } from './forward.ts'
import type { KernelName } from './kernels.ts'
import { BLOCK, planLayout } from './layout.ts'
import { placeTensors, writeAngles, writeTensor } from './load-weights.ts'
import { readOnnxWeights, type TransformerConfig } from './onnx-weights.ts'

export interface TransformerOptions {
  /** `'wasm'` needs WebAssembly with SIMD. By default that where it runs, else `'js'`. */
  kernels?: KernelName
}

export interface Transformer {
  /** Tokens a prompt and its answer may have together. */
  readonly contextLength: number
  /** Logits per call. */
  readonly vocabularySize: number
  /** Which kernels run. */
  readonly kernels: KernelName
  /** What the file says of its model. */
  readonly config: Readonly<TransformerConfig>
  /**
   * Logits after `tokens`, one per word of the vocabulary, in an array of the caller's. They do not depend on what was
   * asked before. Errors: `model-failed` for no or too many tokens, `invalid-options` for one that the model does not know.
   */
  next(tokens: readonly number[]): Float32Array<ArrayBuffer>
  /**
   * The same, letting a worker hear its messages every few milliseconds. One call runs after the other. What was computed
   * when `signal` fired is kept for the next call. Errors: also `aborted`.
   */
  nextInTurns(tokens: readonly number[], signal?: AbortSignal): Promise<Float32Array<ArrayBuffer>>
}

/**
 * Opens a model from the bytes of its ONNX file, which are not needed any more afterwards.
 * Errors: `model-unavailable` where the file cannot be used, memory is short, or the kernels asked for do not run here.
 *
 * @example
 * const transformer = openTransformer(new Uint8Array(await (await fetch(url)).arrayBuffer()))
 * const logits = transformer.next([2, 17, 5])
 */
export function openTransformer(bytes: Uint8Array<ArrayBuffer>, options: TransformerOptions = {}): Transformer {
  const model = openModel(bytes, options)
  const { config, kernels } = model
  const advance = createAdvance(model)
  let last: Promise<unknown> = Promise.resolve()
  return {
    contextLength: config.context,
    vocabularySize: config.vocabulary,
    kernels: kernels.name,
    config,
    next(tokens) {
      checkTokens(tokens, config)
      for (;;) {
        const logits = advance(tokens)
        if (logits) return logits
      }
    },
    nextInTurns(tokens, signal) {
      const result = last.then(async () => {
        checkTokens(tokens, config)
        for (;;) {
          throwIfAborted(signal)
          const logits = advance(tokens)
          if (logits) return logits
          await nextTurn()
        }
      })
      last = result.catch(() => {})
      return result
    },
  }
}

function openModel(bytes: Uint8Array<ArrayBuffer>, options: TransformerOptions): Model {
  const weights = readOnnxWeights(bytes)
  const { config } = weights
  const layout = planLayout(config)
  const placed = placeTensors(weights, layout)
  const kernels = createKernels(layout.length, options.kernels)
  for (const tensor of placed) writeTensor(kernels.numbers, tensor)
  writeAngles(kernels.numbers, layout.angles, config)
  return { config, layout, kernels }
}

/** A function that computes up to a block of what is new in `tokens`, and returns logits once nothing is left. */
function createAdvance(model: Model): (tokens: readonly number[]) => Float32Array<ArrayBuffer> | undefined {
  let seen: readonly number[] = []
  return (tokens) => {
    const start = Math.min(commonPrefix(seen, tokens), tokens.length - 1)
    const end = Math.min(start + BLOCK, tokens.length)
    seen = tokens.slice(0, end)
    return forward(model, { tokens: tokens.slice(start, end), start, last: end === tokens.length })
  }
}

function commonPrefix(a: readonly number[], b: readonly number[]): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return i
  return length
}

function checkTokens(tokens: readonly number[], { vocabulary, context }: TransformerConfig): void {
  if (tokens.length === 0) throw new RepriseError('model-failed', 'The model was asked to continue nothing. Give it at least one token.')
  if (tokens.length > context)
    throw new RepriseError(
      'model-failed',
      `The model was given ${tokens.length} tokens; it reads ${context}. What was computed before is kept; shorten the prompt.`,
    )
  const strange = tokens.find((token) => !Number.isInteger(token) || token < 0 || token >= vocabulary)
  if (strange !== undefined)
    throw new RepriseError('invalid-options', `The model knows the tokens 0 to ${vocabulary - 1}; ${strange} is none of them.`)
}
