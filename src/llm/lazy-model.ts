/** A local model whose part of this library is itself loaded with its first use. */
import { isRepriseError, RepriseError } from '../core/errors.ts'
import type { Capabilities } from '../core/model.ts'
import { abortable, throwIfAborted } from '../util/abort.ts'
import { createStructured, type LoadStructured } from './structured/create-structured.ts'
import type { LocalModel } from './worker-model.ts'

export interface LazyModelOptions {
  id: string
  capabilities: Capabilities
  /** Loads the part and makes the model; tried again where it failed. */
  open(): Promise<LocalModel>
  loadStructured: LoadStructured
}

/** The model, which honours `responseSchema` and `tools` too. Options that are wrong reject the first call, with `invalid-options`. */
export function createLazyModel({ id, capabilities, open, loadStructured }: LazyModelOptions): LocalModel {
  let opening: Promise<LocalModel> | undefined
  const opened = async (signal: AbortSignal | undefined): Promise<LocalModel> => {
    throwIfAborted(signal)
    opening ??= open().catch((error: unknown) => {
      opening = undefined
      if (isRepriseError(error)) throw error
      throw new RepriseError('model-unavailable', `The part that runs ${id} could not be loaded: ${String(error)}`, {
        cause: error,
      })
    })
    return abortable(opening, signal)
  }
  const plain: LocalModel = {
    id,
    capabilities,
    generate: async (request) => (await opened(request.signal)).generate(request),
    load: async (options = {}) => (await opened(options.signal)).load(options),
    unload: async () => {
      const model = await opening?.catch(() => undefined)
      await model?.unload()
    },
  }
  // The same object, so that to wrap it once more changes nothing.
  return Object.assign(createStructured(plain, loadStructured), { load: plain.load, unload: plain.unload })
}
