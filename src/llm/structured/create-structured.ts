/**
 * Schemas and tools for every model: a model that keeps to neither by itself is asked in words, its answer is searched for the JSON,
 * checked, and asked for once more where it is wrong. What does that is loaded with the first request that needs it.
 */
import { RepriseError } from '../../core/errors.ts'
import type { GenerateRequest, Generation, LanguageModel } from '../../core/model.ts'
import { abortable, throwIfAborted } from '../../util/abort.ts'
import { plainModel, setPlainModel } from '../../util/plain-model.ts'

/** Loads the part that asks and checks. */
export type LoadStructured = () => Promise<typeof import('./structured-answers.ts')>

/**
 * `model`, which now honours `responseSchema` and `tools`; other requests it gets as they are.
 *
 * With a schema the answer's text is JSON that matches it. Tools of a model that knows none (`capabilities.tools`) are asked for as JSON and
 * checked against their schemas; several may be called at once, and an answer in plain words is one. Where JSON is awaited `onText` hears
 * the finished text in one part, and nothing of the calls: what it hears is always what the answer is. `usage` is that of both calls where a
 * second one was needed, `stop` holds for words alone.
 *
 * Errors: those of the model; `model-output` where the second answer is unusable, too, with the model's words in the message and, up to 8,000
 * characters of them, as `cause`; `invalid-options` for a wrong schema; `model-unavailable` where the part that checks cannot be loaded.
 */
export function createStructured(model: LanguageModel, load: LoadStructured): LanguageModel {
  if (plainModel(model) !== model) return model
  const wrapped: LanguageModel = {
    id: model.id,
    get capabilities() {
      return model.capabilities ?? {}
    },
    ...(model.prompts && { prompts: model.prompts }),
    generate: (request) => generate(model, request, load),
    ...(model.unload && { unload: () => model.unload?.() ?? Promise.resolve() }),
  }
  setPlainModel(wrapped, model)
  return wrapped
}

async function generate(model: LanguageModel, request: GenerateRequest, load: LoadStructured): Promise<Generation> {
  throwIfAborted(request.signal)
  const asksForTools = request.tools && request.tools.length > 0 && !model.capabilities?.tools
  if (!request.responseSchema && !asksForTools) return model.generate(request)
  const loading = load().catch((cause: unknown) => {
    throw new RepriseError('model-unavailable', `The part that asks ${model.id} for JSON could not be loaded. Nothing was sent.`, { cause })
  })
  const { generateStructured } = await abortable(loading, request.signal)
  return generateStructured(model, request)
}
