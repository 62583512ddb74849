/**
 * What runs inside the embedding worker: transformers.js' feature extraction, mean-pooled and scaled to unit length.
 * The library itself is handed in, so that only the worker's bundle holds it.
 */
import type { FeatureExtractionPipeline as Pipeline, ProgressInfo } from '@huggingface/transformers'
import { isRepriseError, RepriseError } from '../core/errors.ts'
import { throwIfAborted } from '../util/abort.ts'
import { nextTurn } from '../util/next-turn.ts'
import { serve } from '../util/worker-rpc/serve.ts'
import type { Device, EmbeddingApi, EmbeddingProgress, LoadInput } from './embedding-api.ts'
import { weightsFetch } from './weights-fetch.ts'

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
    probe,
    async load(input, { emit }) {
      configure(transformers, input)
      try {
        extract = await loadPipeline(transformers, input, progressReporter(emit))
      } catch (error) {
        await forgetUnreadable(error, { transformers, input })
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

async function probe(): Promise<Device> {
  try {
    const { gpu } = navigator as { gpu?: { requestAdapter(): Promise<{ requestDevice(): Promise<{ destroy(): void }> } | null> } }
    const device = await (await gpu?.requestAdapter())?.requestDevice()
    device?.destroy()
    return device ? 'webgpu' : 'wasm'
  } catch {
    return 'wasm'
  }
}

function configure({ env, LogLevel }: Transformers, { host, localPath, revision = 'main', ort }: LoadInput): void {
  env.logLevel = LogLevel.NONE
  env.fetch = weightsFetch(fetch)
  // The library would import the runtime from a blob, which a strict page forbids; the HTTP cache keeps these files anyway.
  env.useWasmCache = false
  if (env.backends.onnx.wasm) env.backends.onnx.wasm.wasmPaths = { ...ort }
  // A folder is treated as a host with a short layout: in the library's own local mode a full URL loses the tokenizer.
  env.remoteHost = localPath ?? host ?? env.remoteHost
  env.remotePathTemplate = localPath === undefined ? `{model}/resolve/${encodeURIComponent(revision)}/` : '{model}/'
  // Files of the page's own server change with its releases: the HTTP cache knows, the Cache API does not.
  if (localPath !== undefined) env.useBrowserCache = false
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

/** Passes on the progress of each file in steps of a hundredth. */
function progressReporter(emit: (progress: EmbeddingProgress) => void): (info: ProgressInfo) => void {
  const sent = new Map<string, number>()
  return (info) => {
    if (info.status !== 'progress') return
    const { file, loaded } = info
    const total = info.total > 0 ? Math.max(info.total, loaded) : null
    if (loaded < (total ?? Infinity) && loaded - (sent.get(file) ?? 0) < (total ?? 1e8) / 100) return
    if (sent.get(file) === loaded) return
    sent.set(file, loaded)
    emit({ file, loaded, total, ratio: total && loaded / total })
  }
}

/** A file that arrived damaged must not be found in the cache again. Anything else stays there: it may be a large download. */
async function forgetUnreadable(
  error: unknown,
  { transformers: { env }, input }: { transformers: Transformers; input: LoadInput },
): Promise<void> {
  if (!(error instanceof SyntaxError) && !/protobuf|invalid model/i.test(String(error))) return
  try {
    const cache = await caches.open(env.cacheKey)
    const folder = `${env.remoteHost.replace(/\/$/, '')}/${input.model}/`
    const requests = await cache.keys()
    await Promise.all(requests.filter(({ url }) => url.startsWith(folder)).map((request) => cache.delete(request)))
  } catch {
    // No cache here, so nothing is kept in it.
  }
}

function loadFailure(error: unknown, { model, dtype, host, localPath, ort }: LoadInput): RepriseError {
  const source = localPath ?? host ?? 'the Hugging Face hub'
  const what = error instanceof Error ? error.message : String(error)
  return new RepriseError(
    'embedder-failed',
    /backend|wasm/i.test(what) && !/protobuf/i.test(what)
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
