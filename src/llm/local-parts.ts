/** What runs models in this browser, as one part that is loaded on demand. */
export { createBuiltInModel } from './built-in-model.ts'
export { createTransformersModel } from './transformers-model.ts'
export { createWebLLM } from './web-llm.ts'
