/**
 * A language model that lives in a worker, as the page sees it: started with the first question, ended when the last one who waits
 * for its load gives up, replaced once where it breaks in the middle.
 */
import { RepriseError, type ErrorCode } from '../core/errors.ts'
import type { Capabilities, GenerateRequest, Generation, LanguageModel } from '../core/model.ts'
import { abortable, throwIfAborted } from '../util/abort.ts'
import { tell } from '../util/tell.ts'
import type { WorkerClient } from '../util/worker-rpc/client.ts'
import type { GenerationApi, GenerationInput, GenerationOutcome, GenerationSpeed } from './worker-generation.ts'

/** A model that runs in this browser. */
export interface LocalModel extends LanguageModel {
  /**
   * Loads it, which the first `generate` does otherwise. Where the last one who waits for a load aborts, the load is broken off;
   * files that had arrived stay in the browser's cache. Errors: as `generate`.
   */
  load(options?: { signal?: AbortSignal }): Promise<void>
  /** Frees its memory. Calls under way reject with `model-unavailable`; a later call loads it again, from the cache where it can. */
  unload(): Promise<void>
}

/** Starts a worker where there is none, and ends it. */
export interface ModelWorker {
  get(): Promise<WorkerClient<GenerationApi>>
  close(error: RepriseError): void
}

export interface WorkerModelOptions {
  id: string
  capabilities: Capabilities
  worker: ModelWorker
  /** The code of an answer that two workers could not give. */
  failure: ErrorCode
  thinking: boolean
  onSpeed: ((speed: GenerationSpeed) => void) | undefined
}

export function createWorkerModel(options: WorkerModelOptions): LocalModel {
  const { id, capabilities, worker } = options
  const ready = waitTogether(worker, id)
  const attend = retireLost(worker, id)
  return {
    id,
    capabilities,
    async load({ signal } = {}) {
      await ready(signal)
    },
    async unload() {
      worker.close(new RepriseError('model-unavailable', `${id} was unloaded while it was working. The next call loads it again.`))
    },
    async generate(request) {
      throwIfAborted(request.signal)
      let heard = 0
      const onText = (delta: string): void => {
        heard += delta.length
        request.onText?.(delta)
      }
      for (let attempt = 1; ; attempt++) {
        const client = await ready(request.signal)
        const outcome = await attend(client, ask(client, request, { onText, thinking: options.thinking }))
        if (outcome.kind === 'answer') return answer(outcome, request, options)
        if (attempt === 2 || heard > 0) throw lost(outcome.why, heard, options)
      }
    },
  }
}

/** Waits for the worker; the last one to give up ends a load that nobody needs any more, since it cannot be stopped otherwise. */
function waitTogether(worker: ModelWorker, id: string): (signal: AbortSignal | undefined) => Promise<WorkerClient<GenerationApi>> {
  let waiting = 0
  return async (signal) => {
    throwIfAborted(signal)
    let settled = false
    const ready = worker.get().finally(() => (settled = true))
    waiting++
    try {
      return await abortable(ready, signal)
    } finally {
      waiting--
      if (!settled && waiting === 0) worker.close(new RepriseError('aborted', `The load of ${id} was broken off: nobody waited for it.`))
    }
  }
}

/** Ends a worker that gives no answers any more. Questions that still waited in it are lost without a fault of their own. */
function retireLost(
  worker: ModelWorker,
  id: string,
): (client: WorkerClient<GenerationApi>, asked: Promise<GenerationOutcome>) => Promise<GenerationOutcome> {
  const retired = new WeakMap<object, string>()
  return async (client, asked) => {
    try {
      const outcome = await asked
      if (outcome.kind === 'lost' && !client.gone()) {
        const end = new RepriseError('worker-lost', `The worker of ${id} was ended: ${outcome.why}`)
        retired.set(end, outcome.why)
        worker.close(end)
      }
      return outcome
    } catch (error) {
      const why = retired.get(error as object)
      if (why === undefined) throw error
      return { kind: 'lost', why }
    }
  }
}

interface Asking {
  onText(delta: string): void
  thinking: boolean
}

function ask(client: WorkerClient<GenerationApi>, request: GenerateRequest, { onText, thinking }: Asking): Promise<GenerationOutcome> {
  const { messages, temperature, maxTokens, stop = [], seed, responseSchema, signal } = request
  const input: GenerationInput = { messages, temperature, maxTokens, stop, seed, responseSchema, thinking }
  return client.call('generate', input, { signal, onEvent: request.onText && onText })
}

function answer(
  { generation, speed, warnings }: Extract<GenerationOutcome, { kind: 'answer' }>,
  { onWarning }: GenerateRequest,
  { onSpeed }: WorkerModelOptions,
): Generation {
  for (const warning of warnings) onWarning?.(warning)
  if (speed) tell(onSpeed, speed)
  return generation
}

function lost(why: string, heard: number, { id, failure }: WorkerModelOptions): RepriseError {
  return heard > 0
    ? new RepriseError('model-failed', `${id} broke off after ${heard} characters: ${why} The next call starts it afresh.`)
    : new RepriseError(failure, `${id} broke twice in a row, on a fresh engine too: ${why} Close other pages, or take a smaller model.`)
}
