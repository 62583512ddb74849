import { expect, test } from 'vitest'
import { builtInModel, transformersModel, webLLM } from '../../src/presets/models.ts'

const hello = { messages: [{ role: 'user' as const, content: 'goal:' }], temperature: 0, maxTokens: 2 }

test('a model of transformers.js answers from the library’s own worker and runtime', async () => {
  const model = transformersModel('tests/embedded-small', { host: '/hub', dtype: 'q8', device: 'wasm' })
  expect(await model.generate(hello)).toMatchObject({ usage: { inputTokens: 2, outputTokens: 2 }, finishReason: 'length' })
  await model.unload()
})

test('WebLLM answers from the library’s own worker, here with what it lacks', async () => {
  const model = webLLM('Qwen3-0.6B-q4f16_1-MLC')
  await expect(model.generate(hello)).rejects.toMatchObject({
    code: 'model-unavailable',
    message: expect.stringContaining('shader-f16') as string,
  })
})

test('the browser’s model is asked where there is one', async () => {
  await expect(builtInModel().generate(hello)).rejects.toMatchObject({ code: 'model-unavailable' })
})

test('a worker is taken from a copy of the package where one is named', async () => {
  for (const model of [webLLM('m', { assetBase: '/no/such/' }), transformersModel('m', { assetBase: '/no/such/' })])
    await expect(model.load()).rejects.toMatchObject({ code: 'worker-lost' })
})

test('wrong options reject the first call', async () => {
  for (const model of [webLLM('m', { onProgres: 1 } as never), transformersModel('a/b/c'), builtInModel({ patience: -1 })])
    await expect(model.load()).rejects.toMatchObject({ code: 'invalid-options' })
})
