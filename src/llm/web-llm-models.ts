/** Models for `webLLM` that answer well for their size, as data. The package knows many more: see its `prebuiltAppConfig`. */

export interface WebLLMModel {
  id: string
  /** Memory of the GPU that it needs, in MiB, with the context below; the download is somewhat smaller. */
  memoryMiB: number
  /** Tokens of prompt and answer together, as the package sets them. */
  contextTokens: number
  /** Whether the GPU must have `shader-f16`; most have, some older and all software ones have not. */
  needsF16: boolean
  /** Of the weights, as their makers name it. Read it: some restrict what the model may be used for. */
  licence: string
}

/** By memory, the smallest first. Numbers are those of @mlc-ai/web-llm 0.2.86; a test compares them. */
export const webLLMModels: readonly WebLLMModel[] = [
  model('SmolLM2-360M-Instruct-q4f16_1-MLC', 376.06, 'Apache-2.0'),
  model('SmolLM2-360M-Instruct-q4f32_1-MLC', 579.61, 'Apache-2.0'),
  model('Llama-3.2-1B-Instruct-q4f16_1-MLC', 879.04, 'Llama 3.2 Community License'),
  model('Qwen2.5-0.5B-Instruct-q4f16_1-MLC', 944.62, 'Apache-2.0'),
  model('Qwen2.5-0.5B-Instruct-q4f32_1-MLC', 1060.2, 'Apache-2.0'),
  model('Llama-3.2-1B-Instruct-q4f32_1-MLC', 1128.82, 'Llama 3.2 Community License'),
  model('Qwen3-0.6B-q4f16_1-MLC', 1403.34, 'Apache-2.0'),
  model('Qwen3-0.6B-q4f32_1-MLC', 1924.98, 'Apache-2.0'),
  model('Qwen3-1.7B-q4f16_1-MLC', 2036.66, 'Apache-2.0'),
  model('Llama-3.2-3B-Instruct-q4f16_1-MLC', 2263.69, 'Llama 3.2 Community License'),
  model('Qwen3-1.7B-q4f32_1-MLC', 2635.44, 'Apache-2.0'),
  model('Qwen3-4B-q4f16_1-MLC', 3431.59, 'Apache-2.0'),
  model('Phi-4-mini-instruct-q4f16_1-MLC', 3437.58, 'MIT'),
  model('Qwen3-4B-q4f32_1-MLC', 4327.71, 'Apache-2.0'),
  model('Llama-3.1-8B-Instruct-q4f16_1-MLC', 5001, 'Llama 3.1 Community License'),
  model('Qwen3-8B-q4f16_1-MLC', 5695.78, 'Apache-2.0'),
]

function model(id: string, memory: number, licence: string): WebLLMModel {
  return { id, memoryMiB: Math.ceil(memory), contextTokens: 4096, needsF16: /q\df16/.test(id), licence }
}
