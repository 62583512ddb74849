import { InferenceSession, Tensor, env } from 'onnxruntime-web/webgpu'
import { afterEach, describe, expect, test } from 'vitest'
import type { EmbeddingProgress, TransformersEmbedder } from '../../src/embedding/transformers-embedder.ts'
import { dot, normalize } from '../../src/util/vectors.ts'
import { createWorker, ort, TEXTS, tiny } from './tiny-model.ts'

const opened: TransformersEmbedder[] = []
const open = (...options: Parameters<typeof tiny>): TransformersEmbedder => {
  const embedder = tiny(...options)
  opened.push(embedder)
  return embedder
}
afterEach(() => {
  for (const embedder of opened.splice(0)) embedder.close()
})

const furthest = (a: readonly Float32Array[], b: readonly Float32Array[]): number =>
  Math.max(...a.flatMap((vector, i) => Array.from(vector, (x, j) => Math.abs(x - (b[i]?.[j] ?? Number.NaN)))))

/** Mean of the model's last layer over the tokens of one text, without transformers.js: its vocabulary is single characters. */
async function reference(text: string): Promise<Float32Array> {
  env.wasm.wasmPaths = { ...ort }
  const session = await InferenceSession.create('/own-models/tests/tiny-bert/onnx/model.onnx', { executionProviders: ['wasm'] })
  const pieces = text.toLowerCase().match(/\w+|[^\w\s]/g) ?? []
  const code = (char: string, i: number): number => 5 + (i > 0 ? 94 : 0) + char.charCodeAt(0) - 33
  const ids = [2, ...pieces.flatMap((piece) => Array.from(piece, code)), 3]
  const input = (fill: (i: number) => number): Tensor =>
    new Tensor(
      'int64',
      BigInt64Array.from(ids, (_, i) => BigInt(fill(i))),
      [1, ids.length],
    )
  const output = await session.run({
    input_ids: input((i) => ids[i] ?? 0),
    attention_mask: input(() => 1),
    token_type_ids: input(() => 0),
  })
  const states = output['last_hidden_state']?.data as Float32Array
  await session.release()
  return normalize(Float32Array.from({ length: 32 }, (_, j) => ids.reduce((sum, _id, i) => sum + (states[i * 32 + j] ?? Number.NaN), 0)))
}

describe('vectors', () => {
  test('are the mean of the last layer at unit length, in the order of the texts, on WASM', async () => {
    const vectors = await open().embed(TEXTS)
    const expected = await Promise.all(TEXTS.map(reference))
    expect(furthest(vectors, expected)).toBeLessThan(1e-5)
    for (const vector of vectors) expect(Math.sqrt(dot(vector, vector))).toBeCloseTo(1, 5)
  })

  test('are the same on WebGPU within a thousandth', async () => {
    const gpu = open({ device: 'webgpu' })
    expect(furthest(await gpu.embed(TEXTS), await open().embed(TEXTS))).toBeLessThan(1e-3)
    expect(await gpu.device()).toBe('webgpu')
  })

  test('are the same on WebGPU and WASM with weights of 8 bits, and near those of 32', async () => {
    const wasm = await open({ dtype: 'q8' }).embed(TEXTS)
    expect(furthest(await open({ dtype: 'q8', device: 'webgpu' }).embed(TEXTS), wasm)).toBeLessThan(1e-3)
    const full = await open().embed(TEXTS)
    expect(Math.min(...wasm.map((vector, i) => dot(vector, full[i] as Float32Array)))).toBeGreaterThan(0.99)
  })

  test('do not depend on the batch that a text was in', async () => {
    const embedder = open()
    const many = Array.from({ length: 40 }, (_, i) => 'ab '.repeat(1 + ((i * 7) % 40)))
    const together = await embedder.embed(many)
    const alone = (await Promise.all([0, 13, 39].map((i) => embedder.embed([many[i] as string])))).flat()
    expect(
      furthest(
        [0, 13, 39].map((i) => together[i] as Float32Array),
        alone,
      ),
    ).toBeLessThan(1e-4)
  })

  test('of a megabyte, of lone surrogates and of every script are unit vectors', async () => {
    const vectors = await open().embed(['word '.repeat(200_000), '\ud800', '冬天的铲子', '🙂', '\u0000'])
    for (const vector of vectors) expect(Math.sqrt(dot(vector, vector))).toBeCloseTo(1, 4)
  })

  test('of no texts are none, and need no worker', async () => {
    const embedder = open({
      createWorker: () => {
        throw new Error('not needed')
      },
    })
    expect(await embedder.embed([])).toEqual([])
  })
})

describe('the device', () => {
  test('is WebGPU where it can be had', async () => {
    expect(await open({ device: 'auto' }).device()).toBe('webgpu')
  })

  test('is WASM where a device was promised but the model does not start on it', async () => {
    const embedder = open({
      device: 'auto',
      createWorker: () => new Worker(new URL('./broken-gpu.worker.ts', import.meta.url), { type: 'module' }),
    })
    const [vector] = await embedder.embed(['a'])
    expect(await embedder.device()).toBe('wasm')
    expect(furthest([vector as Float32Array], [await reference('a')])).toBeLessThan(1e-5)
  })
})

describe('weights', () => {
  test('come with their progress, file by file up to the whole', async () => {
    const heard: EmbeddingProgress[] = []
    await open({ host: '/hub', revision: 'v1', onProgress: (progress) => void heard.push(progress) }).embed(['a', 'b'])
    const model = heard.filter(({ file }) => file === 'onnx/model.onnx')
    expect(model.at(-1)).toMatchObject({ ratio: 1, loaded: model.at(-1)?.total })
    expect(model.at(-1)?.loaded).toBeGreaterThan(100_000)
    expect(model.map(({ loaded }) => loaded)).toEqual(model.map(({ loaded }) => loaded).toSorted((a, b) => a - b))
    expect(new Set(heard.map(({ file }) => file))).toEqual(
      new Set(['config.json', 'tokenizer.json', 'tokenizer_config.json', 'onnx/model.onnx']),
    )
  })

  test('are kept by the Cache API under the address of their host and revision', async () => {
    const host = `${location.origin}/hub-flaky/${crypto.randomUUID()}`
    const embedder = open({ host, revision: 'v1' })
    await expect(embedder.embed(['a'])).rejects.toMatchObject({ code: 'embedder-failed' })
    await embedder.embed(['a'])
    const cache = await caches.open('transformers-cache')
    const kept = (await cache.keys()).map(({ url }) => url).filter((url) => url.startsWith(host))
    expect(kept).toContain(`${host}/tests/tiny-bert/resolve/v1/onnx/model.onnx`)
  })

  test('come from a folder of the page, relative or not', async () => {
    for (const localPath of ['/own-models', `${location.origin}/own-models/`]) {
      const [vector] = await open({ host: '/nowhere', localPath }).embed(['spade'])
      expect(furthest([vector as Float32Array], [await reference('spade')])).toBeLessThan(1e-5)
    }
  })

  test('that are not there are named, with the ways out', async () => {
    for (const options of [{ model: 'tests/no-such' }, { host: '/hub-page' }, { host: undefined, localPath: '/own-models/empty' }]) {
      const { host, ...rest } = { host: '/hub', ...options }
      const error: unknown = await open({ ...rest, ...(host && { host }) })
        .embed(['a'])
        .catch((reason: unknown) => reason)
      expect(error).toMatchObject({ code: 'embedder-failed' })
      expect(String(error)).toMatch(/weights of the embedding model tests\/.* could not be had.*`host` or `localPath`.*hashEmbedder\(\)/s)
    }
  })

  test('that failed to arrive once are fetched again by the next call', async () => {
    const embedder = open({ host: `/hub-flaky/${crypto.randomUUID()}` })
    const both = await Promise.allSettled([embedder.embed(['a']), embedder.embed(['b'])])
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(await embedder.embed(['a'])).toHaveLength(1)
  })

  test('that arrived damaged are not found in the cache again', async () => {
    const embedder = open({ host: `/hub-damaged/${crypto.randomUUID()}` })
    await expect(embedder.embed(['a'])).rejects.toMatchObject({ code: 'embedder-failed' })
    expect(await embedder.embed(['a'])).toHaveLength(1)
  })

  test('of another width than promised fail instead of giving such vectors', async () => {
    await expect(open({ dimensions: 384 }).embed(['a'])).rejects.toMatchObject({
      code: 'embedder-failed',
      message: expect.stringContaining('32 numbers instead of 384') as string,
    })
  })
})

describe('failures', () => {
  test('a runtime that is not served is told apart from weights', async () => {
    const absent = { mjs: '/no/such/ort.mjs', wasm: '/no/such/ort.wasm' }
    const error: unknown = await open({ ort: absent })
      .embed(['a'])
      .catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'embedder-failed' })
    expect(String(error)).toContain('/no/such/ort.mjs')
  })

  test('a worker script that is not there rejects with worker-lost, and a later one is tried', async () => {
    let attempts = 0
    const embedder = open({
      createWorker: () => (attempts++ === 0 ? new Worker('/no/such/worker.js', { type: 'module' }) : createWorker()),
    })
    await expect(embedder.embed(['a'])).rejects.toMatchObject({ code: 'worker-lost' })
    expect(await embedder.embed(['a'])).toHaveLength(1)
  })

  test('a worker that may not be made rejects with worker-lost', async () => {
    const refuse = (): Worker => {
      throw new DOMException('refused', 'SecurityError')
    }
    await expect(open({ createWorker: refuse }).embed(['a'])).rejects.toMatchObject({ code: 'worker-lost' })
  })

  test('worker and runtime URLs may be found asynchronously, and a URL that is none is named', async () => {
    const embedder = open({ createWorker: async () => createWorker(), ort: async () => ort })
    expect(await embedder.embed(['a'])).toHaveLength(1)
    await expect(open({ host: 'http://[' }).embed(['a'])).rejects.toMatchObject({ code: 'invalid-options' })
    await expect(open({ ort: () => '/ort/' as never }).embed(['a'])).rejects.toMatchObject({ code: 'invalid-options' })
  })

  test('a model that breaks fails the call, and the next call is answered by a fresh worker', async () => {
    let workers = 0
    const embedder = open({
      host: '/hub-torn',
      createWorker: () => {
        workers++
        return createWorker()
      },
    })
    await embedder.embed(['a'])
    await expect(embedder.embed(['~'])).rejects.toMatchObject({
      code: 'embedder-failed',
      message: expect.stringContaining('broke') as string,
    })
    expect(await embedder.embed(['a'])).toHaveLength(1)
    expect(workers).toBe(2)
  })

  test('a worker killed while it loads rejects every call, and the next call starts another', async () => {
    const workers: Worker[] = []
    const heard: EmbeddingProgress[] = []
    const keep = (): Worker => {
      const worker = createWorker()
      workers.push(worker)
      return worker
    }
    const embedder = open({ host: '/hub-stalled', createWorker: keep, onProgress: (progress) => void heard.push(progress) })
    const waiting = Promise.allSettled([embedder.embed(['a']), embedder.device()])
    await expect.poll(() => heard.length).toBeGreaterThan(0)
    workers[0]?.terminate()
    for (const call of await waiting) expect(call).toMatchObject({ status: 'rejected', reason: { code: 'worker-lost' } })
    void embedder.embed(['a']).catch(() => {})
    await expect.poll(() => workers.length).toBe(2)
  })

  test('a worker killed in the middle of a batch rejects it, and the next call is answered by a fresh one', async () => {
    const workers: Worker[] = []
    const embedder = open({
      createWorker: () => {
        const worker = createWorker()
        workers.push(worker)
        return worker
      },
    })
    await embedder.embed(['a'])
    const waiting = embedder.embed(Array.from({ length: 2000 }, (_, i) => `${i} `.repeat(100)))
    workers[0]?.terminate()
    await expect(waiting).rejects.toMatchObject({ code: 'worker-lost' })
    expect(await embedder.embed(['a'])).toHaveLength(1)
    expect(workers).toHaveLength(2)
  })

  test('an abort rejects its call alone, before, while and after the weights load', async () => {
    const embedder = open()
    await expect(embedder.embed(['a'], { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' })
    const loading = new AbortController()
    const aborted = embedder.embed(['a'], { signal: loading.signal })
    const other = embedder.embed(['b'])
    loading.abort()
    await expect(aborted).rejects.toMatchObject({ code: 'aborted' })
    expect(await other).toHaveLength(1)
    const running = new AbortController()
    const long = embedder.embed(
      Array.from({ length: 2000 }, (_, i) => `${i} `.repeat(100)),
      { signal: running.signal },
    )
    const next = embedder.embed(['c'])
    running.abort()
    await expect(long).rejects.toMatchObject({ code: 'aborted' })
    expect(await next).toHaveLength(1)
  })

  test('close ends calls under way and later ones', async () => {
    const embedder = open({ host: '/hub-stalled' })
    const waiting = embedder.embed(['a'])
    embedder.close()
    await expect(waiting).rejects.toMatchObject({ code: 'embedder-failed' })
    await expect(embedder.embed(['a'])).rejects.toMatchObject({ code: 'embedder-failed' })
  })
})
