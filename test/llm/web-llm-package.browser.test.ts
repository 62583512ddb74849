/**
 * The real package in the real worker, on WebGPU without a graphics card, as far as it goes without a compiled model: it is loaded,
 * makes an engine, downloads, caches, compiles, and fails.
 */
import { afterEach, expect, test } from 'vitest'
import { createWebLLM, type WebLLMOptions } from '../../src/llm/web-llm.ts'
import type { LocalModel } from '../../src/llm/worker-model.ts'

const workers: Worker[] = []
const opened: LocalModel[] = []
const createWorker = (): Worker => {
  const worker = new Worker(new URL('../../workers/web-llm.worker.ts', import.meta.url), { type: 'module' })
  workers.push(worker)
  return worker
}

afterEach(async () => {
  for (const model of opened.splice(0)) await model.unload()
  workers.splice(0)
})

/** A model of test/support/mlc-hub.mjs, whose code is `lib`. */
const open = (token: string, lib: string, options: Partial<WebLLMOptions> = {}): LocalModel => {
  const model_list = [{ model_id: 'tiny-q4f32', model: `/mlc/${token}/`, model_lib: `/mlc/${token}/${lib}` }]
  const model = createWebLLM('tiny-q4f32', { createWorker, appConfig: { model_list }, ...options })
  opened.push(model)
  return model
}

const SETTINGS = 'resolve/main/mlc-chat-config.json'
const newToken = (name: string): string => `${name}-${crypto.randomUUID()}`
const counts = async (token: string): Promise<Record<string, number>> =>
  (await (await fetch(`/mlc/${token}/count`)).json()) as Record<string, number>
const hello = { messages: [{ role: 'user' as const, content: 'Hello' }] }

test('the package knows its own list, and of this browser that it lacks half precision, before anything is downloaded', async () => {
  const model = createWebLLM('Qwen3-0.6B-q4f16_1-MLC', { createWorker })
  opened.push(model)
  await expect(model.generate(hello)).rejects.toMatchObject({
    code: 'model-unavailable',
    message: expect.stringMatching(/lacks shader-f16.*q4f32/) as string,
  })
})

test('a model that is in no list is named', async () => {
  const model = createWebLLM('no-such-model', { createWorker })
  opened.push(model)
  await expect(model.generate(hello)).rejects.toMatchObject({ code: 'invalid-options' })
})

test('weights that are not there are named with their address', async () => {
  const model_list = [{ model_id: 'tiny-q4f32', model: '/mlc/nowhere/resolve/lost/', model_lib: '/mlc/nowhere/empty.wasm' }]
  const model = createWebLLM('tiny-q4f32', { createWorker, appConfig: { model_list } })
  opened.push(model)
  await expect(model.load()).rejects.toMatchObject({
    code: 'model-unavailable',
    message: expect.stringMatching(/could not be downloaded, its weights from http.*\/mlc\/nowhere\/resolve\/lost\/.*appConfig/) as string,
  })
})

test('code that is a page, or that is not there, is told apart from weights', async () => {
  for (const lib of ['page.wasm', 'missing.wasm'])
    await expect(open(newToken('lib'), lib).load()).rejects.toMatchObject({
      code: 'model-unavailable',
      message: expect.stringContaining(`${lib} is no WebAssembly`) as string,
    })
})

test('code that compiles and is not for this package fails as clearly', async () => {
  await expect(open(newToken('empty'), 'empty.wasm').load()).rejects.toMatchObject({
    code: 'model-unavailable',
    message: expect.stringContaining('tiny-q4f32 could not be loaded') as string,
  })
})

test('what was downloaded is kept by the browser, and downloaded again once it is gone', async () => {
  for (const cacheBackend of ['cache', 'indexeddb'] as const) {
    const token = newToken(cacheBackend)
    const model_list = [{ model_id: 'tiny-q4f32', model: `/mlc/${token}/`, model_lib: `/mlc/${token}/empty.wasm` }]
    const model = open(token, 'empty.wasm', { appConfig: { cacheBackend, model_list } })
    await model.load().catch(() => {})
    await model.load().catch(() => {})
    expect((await counts(token))[SETTINGS]).toBe(1)
    if (cacheBackend === 'cache') await caches.delete('webllm/config')
    else await deleteDatabase('webllm/config')
    await model.load().catch(() => {})
    expect((await counts(token))[SETTINGS]).toBe(2)
  }
})

test('settings that arrived damaged are not found in the cache again', async () => {
  const token = newToken('torn')
  const model = open(token, 'empty.wasm')
  await expect(model.load()).rejects.toMatchObject({ message: expect.stringContaining('is no JSON') as string })
  await expect(model.load()).rejects.toMatchObject({ message: expect.stringContaining('could not be loaded') as string })
  expect((await counts(token))[SETTINGS]).toBe(2)
})

test('an abort while it loads ends the worker, and the next call starts another', async () => {
  const token = newToken('stalled')
  const model = open(token, 'stalled.wasm')
  const controller = new AbortController()
  const call = model.generate({ ...hello, signal: controller.signal })
  await expect.poll(async () => (await counts(token))['stalled.wasm'], { timeout: 30_000 }).toBe(1)
  controller.abort()
  await expect(call).rejects.toMatchObject({ code: 'aborted' })
  const again = model.load().catch((error: unknown) => error)
  await expect.poll(async () => (await counts(token))['stalled.wasm'], { timeout: 30_000 }).toBe(2)
  expect(workers).toHaveLength(2)
  await model.unload()
  expect(await again).toMatchObject({ code: 'model-unavailable' })
})

function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name)
    request.onsuccess = () => resolve()
    request.onerror = () => reject(new Error(`could not delete ${name}`))
  })
}
