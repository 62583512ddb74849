/** An embedder whose model runs in a worker. What talks to that worker is itself loaded with the first use. */
import * as z from 'zod/mini'
import type { Embedder, EmbedderLink } from '../core/embedder.ts'
import type { Awaitable } from '../core/json.ts'
import { RepriseError } from '../core/errors.ts'
import { abortable, throwIfAborted } from '../util/abort.ts'
import { parse } from '../util/validate.ts'
import type { OrtUrls } from '../util/transformers/weights.ts'
import { clip } from './clip.ts'
import type { Device, Dtype, EmbeddingProgress } from './embedding-api.ts'
import type { EmbeddingWorker, EmbeddingWorkerPart } from './embedding-worker.ts'

export type { Device, Dtype, EmbeddingProgress, OrtUrls }

const DEFAULT_MODEL = 'Xenova/all-MiniLM-L6-v2'

/** Models whose sentence vectors are means over tokens, with the numbers per vector. */
const KNOWN: Readonly<Record<string, number>> = {
  [DEFAULT_MODEL]: 384,
  'onnx-community/all-MiniLM-L6-v2-ONNX': 384,
  'Xenova/all-MiniLM-L12-v2': 384,
  'Xenova/paraphrase-multilingual-MiniLM-L12-v2': 384,
  'Xenova/gte-small': 384,
  'Xenova/gte-base': 768,
  'Xenova/all-mpnet-base-v2': 768,
}

/** More text than 512 tokens hold, the most that these models read. */
const MOST_CHARACTERS = 8192

/** What `createTransformersEmbedder` takes. */
export interface TransformersEmbedderOptions {
  /** Id on the hub, or folder below `localPath` (default `Xenova/all-MiniLM-L6-v2`, 384 numbers per vector). */
  model?: string
  /** `'auto'` (default) takes WebGPU where an adapter answers and the model starts on it, else WASM. */
  device?: 'auto' | Device
  /**
   * Number format of the weights; the same on every device, so that vectors made on either can be compared. Default `q8`:
   * of MiniLM a download of 23 MB instead of 90, and in WASM up to twice as fast. Its whole-number products may run on
   * the CPU even under WebGPU: who counts on a GPU takes `fp32`.
   */
  dtype?: Dtype
  /** Numbers per vector, 1 to 65,536. Needed for models that this library does not know. */
  dimensions?: number
  /** Branch, tag or commit on the hub (default `main`). */
  revision?: string
  /** Server to load from instead of the hub, with the hub's layout: `{host}/{model}/resolve/{revision}/…`. */
  host?: string
  /** Folder to load from, `{localPath}/{model}/…`, as a URL or relative to the page; then nothing is asked elsewhere. */
  localPath?: string
  /** Hears how much of each file has arrived. */
  onProgress?: (progress: EmbeddingProgress) => void
  /** Makes a worker that runs `workers/embedding.worker.ts`. */
  createWorker: () => Awaitable<Worker>
  /** URLs of ONNX Runtime's `ort-wasm-simd-threaded.asyncify` files, or what finds them when they are needed. */
  ort: OrtUrls | (() => Awaitable<OrtUrls>)
  /** Loads the part that talks to the worker; tried again where it failed. */
  loadPart: () => Promise<EmbeddingWorkerPart>
}

/** An embedder in a worker, which the first call starts. Vectors are `Float32Array`s of `dimensions` numbers and unit length. */
export interface TransformersEmbedder extends Embedder {
  /** A new port at each call, to be transferred to one worker. Nothing is loaded before that worker embeds. */
  link(): EmbedderLink
  /** Ends the worker. Calls under way and later ones reject with `embedder-failed`. */
  close(): void
  /** What it runs on; loads the model if that has not happened yet. Errors as `embed`. */
  device(options?: { signal?: AbortSignal }): Promise<Device>
}

const text = z.string().check(z.minLength(1))
const callable = z.custom<never>((value) => typeof value === 'function', 'must be a function')

const optionsSchema = z.strictObject({
  model: z.exactOptional(z.string().check(z.regex(/^[\w.-]+(\/[\w.-]+)?$/))),
  device: z.exactOptional(z.enum(['auto', 'webgpu', 'wasm'])),
  dtype: z.exactOptional(z.enum(['fp32', 'fp16', 'q8', 'int8', 'uint8', 'q4', 'q4f16', 'bnb4'])),
  dimensions: z.exactOptional(z.int().check(z.gte(1), z.lte(65536))),
  revision: z.exactOptional(text),
  host: z.exactOptional(text),
  localPath: z.exactOptional(text),
  onProgress: z.exactOptional(callable),
  createWorker: callable,
  loadPart: callable,
  ort: z.union([z.strictObject({ mjs: text, wasm: text }), callable]),
})

/**
 * Sentence vectors from a transformer, made in a worker of its own. Weights are downloaded at the first call (cached by
 * the Cache API where there is one) and shared by all calls; a load that fails is tried again at the next call.
 * Texts are cut to 8,192 UTF-16 code units, and by the model to 512 tokens.
 * Errors: `invalid-options`; `embedder-failed` where weights or runtime cannot be had or the model breaks; `worker-lost`
 * where the worker's script cannot be loaded or the worker dies (the next call starts a fresh one); `aborted`, which
 * ends the waiting of one call and leaves a shared download running.
 */
export function createTransformersEmbedder(options: TransformersEmbedderOptions): TransformersEmbedder {
  parse(optionsSchema, options, 'transformersEmbedder options')
  const { model = DEFAULT_MODEL, revision, dtype = 'q8' } = options
  const id = `transformers/${model}${revision === undefined ? '' : `@${revision}`}/${dtype}`
  const dimensions = options.dimensions ?? dimensionsOf(model)
  let opening: Promise<EmbeddingWorker> | undefined
  let closed: RepriseError | undefined
  const worker = (): Promise<EmbeddingWorker> => {
    if (closed) return Promise.reject(closed)
    opening ??= options.loadPart().then(
      (part) => part.openEmbeddingWorker({ id, dimensions, model, revision, dtype, setup: options }),
      (cause: unknown) => {
        opening = undefined
        throw new RepriseError('worker-lost', `The part that runs ${id} could not be loaded: ${String(cause)}`, { cause })
      },
    )
    return opening
  }

  return {
    id,
    dimensions,
    async embed(texts, { signal } = {}) {
      throwIfAborted(signal)
      if (texts.length === 0) return []
      const clipped = Array.from(texts, (one) => clip(one, MOST_CHARACTERS))
      return (await abortable(worker(), signal)).embed(clipped, signal)
    },
    async device({ signal } = {}) {
      throwIfAborted(signal)
      return (await abortable(worker(), signal)).device(signal)
    },
    link() {
      const { port1, port2 } = new MessageChannel()
      // What is asked meanwhile waits in the port.
      worker().then(
        (running) => running.introduce(port2),
        () => port2.close(),
      )
      return { kind: 'port', port: port1 }
    },
    close() {
      closed ??= new RepriseError('embedder-failed', 'The embedder was closed.')
      const reason = closed
      opening?.then(
        (running) => running.close(reason),
        () => {},
      )
    },
  }
}

function dimensionsOf(model: string): number {
  const known = Object.hasOwn(KNOWN, model) ? KNOWN[model] : undefined
  if (known !== undefined) return known
  throw new RepriseError(
    'invalid-options',
    `transformersEmbedder options: dimensions is missing; how many numbers per vector ${model} gives is not known here.`,
  )
}
