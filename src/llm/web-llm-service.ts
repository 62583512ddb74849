/**
 * What runs inside the WebLLM worker: one engine with one model, asked one question after another. The package itself is handed
 * in, so that only the worker's bundle holds its six megabytes.
 */
import type { AppConfig, MLCEngineConfig, MLCEngineInterface } from '@mlc-ai/web-llm'
import { isRepriseError, RepriseError } from '../core/errors.ts'
import { throwIfAborted } from '../util/abort.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { gpuHere, lackOfGpu, watchGpu, type Gpu } from './watch-gpu.ts'
import type { LoadOutcome, WebLLMApi, WebLLMLoadInput, WebLLMProgress } from './web-llm-api.ts'
import { answerWith, isRefusal } from './web-llm-answer.ts'
import { forgetDamaged, loadFailure, readProgress } from './web-llm-load.ts'
import type { GenerationOutcome } from './worker-generation.ts'

/** What is used of the package. */
export interface WebLLMPackage {
  prebuiltAppConfig: AppConfig
  createEngine(config: MLCEngineConfig): MLCEngineInterface
  deleteChatConfigInCache(modelId: string, appConfig?: AppConfig): Promise<void>
  deleteModelWasmInCache(modelId: string, appConfig?: AppConfig): Promise<void>
}

export interface WebLLMServiceOptions {
  /** The GPU that the package will ask too; by default this worker's own. */
  gpu?: Gpu | undefined
  /** Longest wait in ms for an engine that was told to stop, before it is given up (default 20,000). */
  patience?: number
}

/** The handler behind `workers/web-llm.worker.ts`. Errors: `model-unavailable`, `model-failed`, `invalid-options`, `aborted`. */
export function createWebLLMService(webllm: WebLLMPackage, options: WebLLMServiceOptions = {}): WebLLMApi {
  const { gpu = gpuHere(), patience = 20_000 } = options
  const inTurn = oneAtATime()
  let engine: MLCEngineInterface | undefined
  let why: string | undefined
  let announce: (why: string) => void = () => {}
  const lost = new Promise<{ kind: 'lost'; why: string }>((resolve) => {
    announce = (reason) => {
      why ??= reason
      resolve({ kind: 'lost', why })
    }
  })
  if (gpu) watchGpu(gpu, announce)

  return {
    async load(input, { emit }) {
      const made = await prepare(webllm, { input, gpu, emit })
      // The package waits for ever where its device goes away at the wrong moment.
      const outcome = await Promise.race([made.load(), lost])
      if (outcome.kind === 'loaded') engine = made.engine
      return outcome
    },
    generate: (input, { signal, emit }) =>
      inTurn(async (): Promise<GenerationOutcome> => {
        throwIfAborted(signal)
        if (why !== undefined) return { kind: 'lost', why }
        if (!engine) throw new RepriseError('model-unavailable', 'The WebLLM worker was asked before its model was loaded.')
        const stuck = watchForStop(signal, patience, announce)
        try {
          return await Promise.race([answerWith(engine, input, { signal, emit }), lost])
        } catch (error) {
          throwIfAborted(signal)
          if (isRepriseError(error)) throw error
          if (isRefusal(error)) throw new RepriseError('model-failed', `WebLLM refused the request: ${error.message}`, { cause: error })
          announce(`WebLLM broke: ${String(error)}.`)
          return lost
        } finally {
          stuck.end()
        }
      }),
  }
}

interface Preparation {
  input: WebLLMLoadInput
  gpu: Gpu | undefined
  emit(progress: WebLLMProgress): void
}

/** An engine, and the way to load it. What the browser lacks is told before anything is downloaded. */
async function prepare(
  webllm: WebLLMPackage,
  { input: { id, appConfig }, gpu, emit }: Preparation,
): Promise<{ engine: MLCEngineInterface; load(): Promise<LoadOutcome> }> {
  const config = { ...webllm.prebuiltAppConfig, ...appConfig } as AppConfig
  const record = config.model_list.find(({ model_id }) => model_id === id)
  if (!record)
    throw new RepriseError('invalid-options', `WebLLM knows no model ${id}. webLLMModels lists some; others are named with appConfig.`)
  // The package's list names this feature for some of the models alone, though all in half precision need it.
  const features = new Set([...(record.required_features ?? []), ...(/q\df16/.test(id) ? ['shader-f16'] : [])])
  const lack = await lackOfGpu(gpu, [...features])
  if (lack !== undefined) throw new RepriseError('model-unavailable', `${id} cannot run here. ${lack}`)
  const engine = webllm.createEngine({
    appConfig: config,
    initProgressCallback: (report) => emit(readProgress(report)),
    logLevel: 'SILENT',
  })
  const load = async (): Promise<LoadOutcome> => {
    try {
      await reload(engine, id)
      return { kind: 'loaded' }
    } catch (error) {
      if (error instanceof Error && error.name === 'DeviceLostError') return { kind: 'lost', why: 'The GPU device was lost while loading.' }
      await forgetDamaged(webllm, { id, config, error })
      throw loadFailure(error, record)
    }
  }
  return { engine, load }
}

/** What the browser throws away between its download and its use is fetched once more. */
async function reload(engine: MLCEngineInterface, id: string): Promise<void> {
  try {
    await engine.reload(id)
  } catch (error) {
    if (!/^Cannot fetch |IndexedDBCache failed to fetch/.test(error instanceof Error ? error.message : '')) throw error
    await engine.reload(id)
  }
}

/** An engine that does not stop when it is told to would block all questions that follow. */
function watchForStop(signal: AbortSignal, patience: number, announce: (why: string) => void): { end(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined
  const onAbort = (): void => {
    timer = setTimeout(() => announce(`The engine did not stop within ${patience} ms after an abort.`), patience)
  }
  signal.addEventListener('abort', onAbort, { once: true })
  return {
    end() {
      signal.removeEventListener('abort', onAbort)
      clearTimeout(timer)
    },
  }
}
