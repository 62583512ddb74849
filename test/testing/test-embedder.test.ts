import fc from 'fast-check'
import { expect, test } from 'vitest'
import { testEmbedder } from '../../src/testing/test-embedder.ts'
import { checkVectors, dot } from '../../src/util/vectors.ts'

test('every text, however odd, gets the same valid unit vector each time, and other texts get others', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
      const embedder = testEmbedder({ dimensions: 24 })
      const vectors = await embedder.embed([text, `${text}!`, text])
      checkVectors(vectors, { id: embedder.id, count: 3, dimensions: 24 })
      expect(vectors[0]).toEqual(vectors[2])
      expect(dot(vectors[0] as Float32Array, vectors[1] as Float32Array)).toBeLessThan(0.999)
    }),
  )
})

test('texts are recorded', async () => {
  const embedder = testEmbedder()
  await embedder.embed(['a'])
  await embedder.embed(['b', 'c'])
  expect(embedder.texts).toEqual(['a', 'b', 'c'])
})
