/** The models of test/support/model-hub.mjs that write text, as tests of several files use them. */
import mjs from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url'
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url'
import { createTransformersModel, type TransformersModelOptions } from '../../src/llm/transformers-model.ts'
import type { LocalModel } from '../../src/llm/worker-model.ts'

export const ort: { mjs: string; wasm: string } = { mjs, wasm }

export const createWorker = (): Worker =>
  new Worker(new URL('../../workers/transformers-model.worker.ts', import.meta.url), { type: 'module' })

export const embedded = (options: Partial<TransformersModelOptions> = {}, id = 'tests/embedded'): LocalModel =>
  createTransformersModel(id, { dtype: 'q8', device: 'wasm', host: '/hub', createWorker, ort, ...options })

/** What the embedded model continues by several words. */
export const PROMPT = 'goal: put the pet towel away ; plan: find out about pet ; see: you hold towel , places basket safe shelf ; think:'

export const question = (content = PROMPT): { role: 'user'; content: string }[] => [{ role: 'user', content }]
