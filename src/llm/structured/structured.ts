/** `createStructured` for whoever bundles with code splitting: its heavier part is a file of its own. */
import type { LanguageModel } from '../../core/model.ts'
import { createStructured } from './create-structured.ts'

/** `model`, which now honours `responseSchema` and `tools`: see `createStructured`. Wrapping twice is wrapping once. */
export function structured(model: LanguageModel): LanguageModel {
  return createStructured(model, () => import('./structured-answers.ts'))
}
