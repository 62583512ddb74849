/** Which models wrap a plainer one for schemas and tools. What asks and checks by itself (`generateObject`) asks the plain one. */
import type { LanguageModel } from '../core/model.ts'

/** The model that `model` wraps for schemas and tools, or `model` itself. */
export function plainModel(model: LanguageModel): LanguageModel {
  return PLAIN.get(model) ?? model
}

/** To be told of a new wrapper. */
export function setPlainModel(wrapped: LanguageModel, plain: LanguageModel): void {
  PLAIN.set(wrapped, plain)
}

/**
 * `model` within a wrapper that counts or keeps what is asked. Around the plain model within `model` there is the same wrapper, so that whoever
 * asks that one is seen as well.
 */
export function wrapModel<T extends LanguageModel>(model: LanguageModel, wrap: (model: LanguageModel) => T): T {
  const wrapped = wrap(model)
  const plain = plainModel(model)
  if (plain !== model) setPlainModel(wrapped, wrap(plain))
  return wrapped
}

const PLAIN = new WeakMap<LanguageModel, LanguageModel>()
