/**
 * What runs inside the embedding worker: transformers.js' feature extraction, mean-pooled and scaled to unit length.
 * The library itself is handed in, so that only the worker's bundle holds it.
 */
import type { FeatureExtractionPipeline as Pipeline, ProgressInfo } from '@huggingface/transformers'
import { isRepriseError, RepriseError } from '../core/errors.ts'
import { throwIfAborted } from '../util/abort.ts'
import { nextTurn } from '../util/next-turn.ts'
import { configureTransformers, forgetUnreadable, isRuntimeFailure, probeDevice, progressReporter } from '../util/transformers/runtime.ts'
import { serve } from '../util/worker-rpc/serve.ts'
import type { EmbeddingApi, LoadInput } from './embedding-api.ts'

/** What is used of transformers.js. */
export type Transformers = Pick<
  typeof import('@huggingface/transformers'),
  'AutoModel' | 'AutoTokenizer' | 'FeatureExtractionPipeline' | 'env' | 'LogLevel'
>

/** Texts in one run of the model. More gain little on a GPU and much memory everywhere. */
const BATCH = 16

/**
 * The handler behind `workers/embedding.worker.ts`.
 * @param end ends the worker. Called when inference broke: transformers.js chains its runs, so that after one that
 * rejected all later ones reject too, and only a fresh worker helps.
 */
export function createEmbeddingService(transformers: Transformers, end: () => void): EmbeddingApi {
  let extract: Pipeline | undefined
  const api: EmbeddingApi = {
    probe: probeDevice,
    async load(input, { emit }) {
      configureTransformers(transformers, input)
      try {
        extract = await loadPipeline(transformers, input, progressReporter(emit))
      } catch (error) {
        await forgetUnreadable(transformers, input, error)
        throw loadFailure(error, input)
      }
    },
    async embed(texts, { signal }) {
      if (!extract) throw new RepriseError('embedder-failed', 'The embedding worker was asked before its weights were loaded.')
      try {
        return await embedInBatches(extract, texts, signal)
      } catch (error) {
        if (!isRepriseError(error, 'aborted')) setTimeout(end) // once the answer is on its way
        throw error
      }
    },
    connect: ({ port }) => serve({ embed: api.embed }, port),
  }
  return api
}

/** The pipeline in its parts: `pipeline()` would look for the model's files at the main revision first. */
async function loadPipeline(
  { AutoModel, AutoTokenizer, FeatureExtractionPipeline }: Transformers,
  { model: name, dtype, device }: LoadInput,
  progress: (info: ProgressInfo) => void,
): Promise<Pipeline> {
  const [tokenizer, model] = await Promise.all([
    AutoTokenizer.from_pretrained(name, { progress_callback: progress }),
    AutoModel.from_pretrained(name, { progress_callback: progress, dtype, device }),
  ])
  return new FeatureExtractionPipeline({ task: 'feature-extraction', model, tokenizer })
}

function loadFailure(error: unknown, { model, dtype, host, localPath, ort }: LoadInput): RepriseError {
  const source = localPath ?? host ?? 'the Hugging Face hub'
  const what = error instanceof Error ? error.message : String(error)
  return new RepriseError(
    'embedder-failed',
    isRuntimeFailure(what)
      ? `The runtime of the embedding model did not start: ${what}. Check that ${ort.mjs} and ${ort.wasm} are served, or use hashEmbedder(), which needs neither.`
      : `The weights of the embedding model ${model} (${dtype}) could not be had from ${source}: ${what}. ` +
          'Serve them yourself and name the place with `host` or `localPath`, or use hashEmbedder(), which needs none.',
    { cause: error },
  )
}

/** In order of length, so that little of a batch is padding. */
async function embedInBatches(extract: Pipeline, texts: readonly string[], signal: AbortSignal): Promise<Float32Array[]> {
  const order = Array.from(texts, (text, index) => ({ text, index })).toSorted((a, b) => a.text.length - b.text.length)
  const vectors = Array.from<Float32Array>({ length: texts.length })
  for (let start = 0; start < order.length; start += BATCH) {
    await nextTurn()
    throwIfAborted(signal)
    const batch = order.slice(start, start + BATCH)
    const rows = await run(
      extract,
      batch.map(({ text }) => text),
    )
    batch.forEach(({ index }, row) => (vectors[index] = rows[row] as Float32Array))
  }
  return vectors
}

async function run(extract: Pipeline, texts: string[]): Promise<Float32Array[]> {
  try {
    const output = await extract(texts, { pooling: 'mean', normalize: true })
    const data = output.data as Float32Array
    const width = data.length / texts.length
    return texts.map((_, row) => data.slice(row * width, (row + 1) * width))
  } catch (error) {
    throw new RepriseError('embedder-failed', `The embedding model broke: ${String(error)}. Its worker is replaced at the next call.`, {
      cause: error,
    })
  }
}
