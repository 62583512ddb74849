import { describe, expect, test } from 'vitest'
import { createTransformersEmbedder, type TransformersEmbedderOptions } from '../../src/embedding/transformers-embedder.ts'

const needed: TransformersEmbedderOptions = {
  createWorker: () => {
    throw new Error('no call was made')
  },
  ort: { mjs: '/ort.mjs', wasm: '/ort.wasm' },
  loadPart: () => Promise.reject(new Error('no call was made')),
}

describe('the id', () => {
  test('names model, revision and number format, and not the device', () => {
    const ids = (['auto', 'webgpu', 'wasm'] as const).map((device) => createTransformersEmbedder({ ...needed, device }).id)
    expect(new Set(ids).size).toBe(1)
    expect(ids[0]).toMatch(/^transformers\/Xenova\/all-MiniLM-L6-v2\//)
    expect(createTransformersEmbedder({ ...needed, revision: 'v1', dtype: 'fp32' }).id).toBe('transformers/Xenova/all-MiniLM-L6-v2@v1/fp32')
  })
})

describe('dimensions', () => {
  test('are known for the usual models', () => {
    expect(createTransformersEmbedder(needed).dimensions).toBe(384)
    expect(createTransformersEmbedder({ ...needed, model: 'Xenova/all-mpnet-base-v2' }).dimensions).toBe(768)
  })

  test.each(['my/model', 'constructor', 'toString'])('must be given for others: %s', (model) => {
    expect(() => createTransformersEmbedder({ ...needed, model })).toThrow(expect.objectContaining({ code: 'invalid-options' }))
    expect(createTransformersEmbedder({ ...needed, model, dimensions: 7 }).dimensions).toBe(7)
  })
})

test.each<[string, object]>([
  ['model', { model: '' }],
  ['model', { model: 'https://example.com/model' }],
  ['model', { model: '../secrets/model' }],
  ['device', { device: 'cuda' }],
  ['dtype', { dtype: 'q3' }],
  ['dimensions', { dimensions: 0 }],
  ['revision', { revision: '' }],
  ['host', { host: 8 }],
  ['localPath', { localPath: '' }],
  ['onProgress', { onProgress: 'loud' }],
  ['createWorker', { createWorker: undefined }],
  ['createWorker', { createWorker: '/worker.js' }],
  ['ort', { ort: '/ort/' }],
  ['ort', { ort: { mjs: '/ort.mjs' } }],
  ['devise', { devise: 'wasm' }],
])('a wrong %s is refused and named: %j', (field, options) => {
  expect(() => createTransformersEmbedder({ ...needed, ...options } as TransformersEmbedderOptions)).toThrow(
    expect.objectContaining({ code: 'invalid-options', message: expect.stringContaining(field) as string }),
  )
})
