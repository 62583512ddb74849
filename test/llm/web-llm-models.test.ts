import { prebuiltAppConfig } from '@mlc-ai/web-llm'
import { expect, test } from 'vitest'
import { webLLMModels } from '../../src/llm/web-llm-models.ts'

test.each(webLLMModels)('$id is as the package has it', ({ id, memoryMiB, contextTokens }) => {
  const record = prebuiltAppConfig.model_list.find(({ model_id }) => model_id === id)
  expect(record?.vram_required_MB).toBeGreaterThan(memoryMiB - 1)
  expect(record?.vram_required_MB).toBeLessThanOrEqual(memoryMiB)
  expect(record?.overrides?.context_window_size).toBe(contextTokens)
})

test('the list goes from the smallest to the largest, and has a small model for GPUs without half precision', () => {
  const sizes = webLLMModels.map(({ memoryMiB }) => memoryMiB)
  expect(sizes).toEqual(sizes.toSorted((a, b) => a - b))
  expect(webLLMModels.find(({ needsF16 }) => !needsF16)?.memoryMiB).toBeLessThan(1000)
})
