/** Reading the weights out of an ONNX file, and what damaged files lead to. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isRepriseError } from '../../../src/core/errors.ts'
import { readOnnxWeights } from '../../../src/embedded/runtime/onnx-weights.ts'
import { openTransformer } from '../../../src/embedded/runtime/transformer.ts'
import { bytes, CONFIG, integer, join, quantise, randomWeights, text, weightsFile, type Weights } from './weights-file.ts'

const weights = quantise(randomWeights(CONFIG))
const file = weightsFile(CONFIG, weights)

const unavailable = (why: string): unknown => expect.objectContaining({ code: 'model-unavailable', message: expect.stringContaining(why) })

test('config and tensors come out as they were written, constants of other types do not', () => {
  const { config, tensors } = readOnnxWeights(file)
  expect(config).toEqual(CONFIG)
  expect(Object.fromEntries(tensors)).toEqual(weights)
})

test('it reads weights that do not start where the buffer starts, and leaves them unchanged', () => {
  const shifted = join([new Uint8Array(3), file]).subarray(3)
  expect(Object.fromEntries(readOnnxWeights(shifted).tensors)).toEqual(weights)
  openTransformer(shifted)
  expect(shifted).toEqual(file)
})

test('fields that it does not know are skipped', () => {
  const fixed = Uint8Array.from([((100 << 3) % 128) | 128 | 1, (100 << 3) >> 7, 1, 2, 3, 4, 5, 6, 7, 8, (5 << 3) | 5, 1, 2, 3, 4])
  expect(readOnnxWeights(join([fixed, integer(200, 2 ** 40), bytes(201, [fixed]), file])).config).toEqual(CONFIG)
})

test('dims may be packed', () => {
  const tensor = bytes(5, [
    bytes(1, [Uint8Array.from([2, 128 | 1, 0])]),
    integer(2, 3),
    text(8, 'a'),
    bytes(9, [Uint8Array.from([255, 3])]),
  ])
  expect(readOnnxWeights(join([file, bytes(7, [tensor])])).tensors.get('a')).toEqual({ dims: [2, 1], data: Int8Array.from([-1, 3]) })
})

describe('a file is refused with what is wrong with it', () => {
  const tensor = (...parts: Uint8Array[]): Uint8Array<ArrayBuffer> => join([file, bytes(7, [bytes(5, parts)])])
  const without = (name: string): Weights => Object.fromEntries(Object.entries(weights).filter(([key]) => key !== name))
  test.each<[string, Uint8Array<ArrayBuffer>, string]>([
    ['nothing', new Uint8Array(), 'no metadata named reprise'],
    ['a web page', new TextEncoder().encode('<!doctype html><title>Not found</title>'), 'cannot be read'],
    ['no config', weightsFile({}, weights), 'vocabulary'],
    ['a config that is no JSON', join([bytes(14, [text(1, 'reprise'), text(2, '{')])]), 'no JSON'],
    ['a file cut off in its middle', file.slice(0, file.length / 2), 'bytes too early'],
    ['a missing tensor', weightsFile(CONFIG, without('blocks.1.up')), 'lacks the tensor blocks.1.up'],
    ['a missing scale', weightsFile(CONFIG, without('blocks.0.qkv.scale')), 'lacks the tensor blocks.0.qkv.scale'],
    ['scales that are int8', weightsFile(CONFIG, { ...weights, 'embedding.scale': { dims: [37], data: new Int8Array(37) } }), 'no float32'],
    ['another vocabulary', weightsFile({ ...CONFIG, vocabulary: 38 }, weights), 'embedding has the shape 37 × 32 in place of 38 × 32'],
    ['heads of odd width', weightsFile({ ...CONFIG, heads: 8 }, weights), 'multiples of 8'],
    ['too much rotation', weightsFile({ ...CONFIG, rotary: 18 }, weights), 'turns 18 numbers'],
    ['an enormous context', weightsFile({ ...CONFIG, context: 65_536, width: 8192, layers: 64 }, weights), 'MiB of memory'],
    ['more layers than there are', weightsFile({ ...CONFIG, layers: 3 }, weights), 'lacks the tensor blocks.2.norm1'],
    ['a fraction', weightsFile({ ...CONFIG, taps: 1.5 }, weights), 'taps must be'],
    ['two tensors of a name', tensor(integer(2, 3), text(8, 'norm'), bytes(9, [new Uint8Array(1)])), 'two tensors named norm'],
    ['a tensor without data', tensor(integer(2, 1), text(8, 'a')), 'a has no raw data'],
    [
      'enormous dims',
      tensor(integer(1, 2 ** 50), integer(1, 2 ** 50), integer(2, 1), text(8, 'a'), bytes(9, [])),
      'has 0 bytes in place of',
    ],
    ['data elsewhere', tensor(integer(2, 1), integer(14, 1)), 'another file'],
    ['an endless number', new Uint8Array(20).fill(255), 'too long'],
    ['groups', Uint8Array.from([(1 << 3) | 3]), 'unknown type 3'],
    ['a field of number 0', Uint8Array.from([2, 0]), 'no field 0'],
    ['a length beyond the end', Uint8Array.from([(7 << 3) | 2, 255, 255, 255, 255, 255, 127]), 'bytes too early'],
  ])('%s', (_, broken, why) => {
    expect(() => openTransformer(broken)).toThrow(unavailable(why))
  })
})

test('whatever is cut off or changed, the file opens or the error says why', () => {
  const opens = (broken: Uint8Array<ArrayBuffer>): void => {
    try {
      openTransformer(broken, { kernels: 'js' }).next([1]) // one token fits whatever context the change leaves
    } catch (error) {
      if (!isRepriseError(error, 'model-unavailable')) throw error
      expect(error.message.length).toBeLessThan(400)
    }
  }
  const small = weightsFile({ ...CONFIG, layers: 1, context: 8 }, quantise(randomWeights({ ...CONFIG, layers: 1 })))
  fc.assert(
    fc.property(fc.nat(small.length), fc.array(fc.tuple(fc.nat(small.length - 1), fc.nat(255)), { maxLength: 4 }), (length, changes) => {
      const broken = small.slice(0, length || small.length)
      for (const [at, value] of changes) if (at < broken.length) broken[at] = value
      opens(broken)
    }),
    { numRuns: 500 },
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (noise) => opens(new Uint8Array(noise))),
    { numRuns: 500 },
  )
  // Changes where the structure is, not in the numbers: the last bytes are the metadata.
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 250 }), fc.nat(255), (back, value) => {
      const broken = small.slice()
      broken[broken.length - back] = value
      opens(broken)
    }),
    { numRuns: 500 },
  )
})
