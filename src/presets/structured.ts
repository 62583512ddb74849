/** Structured output, with the part that asks and checks loaded on demand. */
import type { LanguageModel } from '../core/model.ts'
import { createStructured } from '../llm/structured/create-structured.ts'
import { loadStructured } from './lazy.ts'

export { generateObject, type GeneratedObject, type GenerateObjectOptions } from '../llm/structured/generate-object.ts'
export type { AnySchema, OutputOf, StandardSchema } from '../util/schema/any-schema.ts'

/**
 * `model`, which now honours `responseSchema` and `tools` even where it knows neither: it is asked in words, what it writes is searched
 * for the JSON, checked, and asked for once more where it is wrong. The models of this package come wrapped already.
 * Errors: those of the model; `model-output` where the second answer is unusable, too; `invalid-options` for a wrong schema.
 *
 * @example
 * const model = structured(myOwnModel)
 * const { toolCalls } = await model.generate({ messages, tools })
 */
export function structured(model: LanguageModel): LanguageModel {
  return createStructured(model, loadStructured)
}
